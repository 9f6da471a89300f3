import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parameterSchema, parameterTypeNames, typeOf } from '../models/domain/parameters/parameter.js';
import { runCli } from './support/cli.js';

const root = fileURLToPath(new URL('../', import.meta.url));

let readme: string;
let folder: string;

beforeAll(async () => {
  readme = await readFile(path.join(root, 'README.md'), 'utf8');
  folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-readme-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Contents of the fenced blocks in a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
}

/** Cells of the rows of the table whose heading begins with a text. */
function table(heading: string): string[][] {
  const [, rows = ''] = new RegExp(`^\\| *${heading}[^\\n]*\\n\\|[-| ]+\\n((?:\\|.*\\n)+)`, 'm').exec(readme) ?? [];
  return rows
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('README', () => {
  it('links to what exists, as the other READMEs do', async () => {
    const files = ['README.md'];
    for (const top of ['workflows', 'activities', 'models', 'lab-adapters', 'scripts', 'test', 'examples']) {
      const below = await readdir(path.join(root, top), { recursive: true });
      files.push(...below.filter((name) => name.endsWith('README.md')).map((name) => path.join(top, name)));
    }
    const lost: string[] = [];
    for (const file of files) {
      const text = (await readFile(path.join(root, file), 'utf8')).replace(/^```[\s\S]*?^```/gm, '');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)) {
        const place = path.join(root, path.dirname(file), target);
        if (!(await stat(place).catch(() => null))) lost.push(`${file}: ${target}`);
      }
    }
    expect(lost).toEqual([]);
  });

  it('names every verb of the command line, and no other', async () => {
    const { stdout } = await runCli(['--help']);
    const [, listed = ''] = /^Commands:\n([\s\S]*?)\n\n/m.exec(stdout) ?? [];
    const verbs = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, verb]) => verb).filter((verb) => verb !== 'help');
    const named = table('verb').flatMap(([cell = '']) => [...cell.matchAll(/`([a-z]+)/g)].map(([, verb]) => verb));
    expect(verbs.length).toBeGreaterThan(10);
    expect(named.sort()).toEqual(verbs.sort());
  });

  it('names every template of init', async () => {
    const { stdout } = await runCli(['init', '--help']);
    const [, listed = ''] = /^Templates:\n([\s\S]*?)\n\n/m.exec(stdout) ?? [];
    const names = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(readme).toContain(`# templates: ${names.join(', ')}\n`);
  });

  it('gives the exit codes in the words of --help', async () => {
    const { stdout } = await runCli(['--help']);
    const told = [...stdout.matchAll(/^ {2}(\d+) {2,}(.+)$/gm)].map(([, code, words]) => [code, words]);
    const shown = table('exit code').map(([code, words = '']) => [code, words.replaceAll('`', "'")]);
    expect(told.length).toBeGreaterThan(5);
    expect(shown).toEqual(told);
  });

  it('has a row for each type of parameter, with an example that is right', () => {
    const rows = table('`type`');
    expect(rows.map(([type = '']) => type.replaceAll('`', ''))).toEqual([...parameterTypeNames]);
    for (const [type = '', , example = ''] of rows) {
      const [, keys = ''] = /^`([^`]+)`/.exec(example) ?? [];
      const given = parse(`{name: x, type: ${type.replaceAll('`', '')}, ${keys}}`) as unknown;
      const parameter = parameterSchema.parse(given);
      expect(typeOf(parameter).faults(parameter), type).toEqual([]);
    }
  });

  it('shows a campaign file that is right, and a program that runs', async () => {
    const [yaml = ''] = blocks('yaml');
    const file = path.join(folder, 'campaign.yaml');
    await writeFile(file, yaml);
    const validated = await runCli(['validate', file]);
    expect(`${validated.stdout}${validated.stderr}`).not.toMatch(/fault/);
    expect(validated.code).toBe(0);

    const [program = ''] = blocks('ts');
    await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
    const modules = path.join(folder, 'node_modules');
    await mkdir(modules);
    await symlink(root, path.join(modules, 'athanor'));
    await writeFile(path.join(folder, 'use.js'), program);
    const { stdout } = await promisify(execFile)(process.execPath, ['use.js'], { cwd: folder });
    expect(stdout).toMatch(/\S+ 0\n$/);
  }, 120_000);
});
