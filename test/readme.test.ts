import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parameterSchema, parameterTypeNames, typeOf } from '../models/domain/parameters/parameter.js';
import { runCli } from './support/cli.js';
import { anchorsOf, blocksOf, pages, pageText, proseOf, tableOf } from './support/page.js';

const root = fileURLToPath(new URL('../', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-readme-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The first block of a page in a language. */
const firstBlock = (page: string, language: string) =>
  blocksOf(pageText(page)).find((block) => block.language === language)?.text ?? '';

describe('pages', () => {
  it('link to what exists, and to headings that there are', async () => {
    expect(pages.length).toBeGreaterThan(20);
    const lost: string[] = [];
    for (const page of pages) {
      const links = proseOf(pageText(page)).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g);
      for (const [, target = '', anchor] of links) {
        const place = target === '' ? page : path.join(path.dirname(page), target);
        if (!(await stat(path.join(root, place)).catch(() => null))) lost.push(`${page}: ${target}`);
        else if (anchor !== undefined && !anchorsOf(pageText(place)).includes(anchor))
          lost.push(`${page}: ${target}#${anchor}`);
      }
    }
    expect(lost).toEqual([]);
  });
});

describe('docs/command-line', () => {
  const page = pageText('docs/command-line.md');

  it('names every verb of the command line, and no other', async () => {
    const verbsOf = async (...group: string[]) => {
      const { stdout } = await runCli([...group, '--help']);
      const [, listed = ''] = /^Commands:\n([\s\S]*?)\n(?:\n|$)/m.exec(stdout) ?? [];
      const words = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, word]) => word!);
      return words.filter((word) => word !== 'help').map((word) => [...group, word].join(' '));
    };
    // What is done to a lab is a group of verbs.
    const verbs = [...(await verbsOf()).filter((verb) => verb !== 'lab'), ...(await verbsOf('lab'))];
    const named = tableOf(page, 'verb').flatMap(([cell = '']) =>
      [...cell.matchAll(/`((?:lab )?[a-z]+)/g)].map(([, verb]) => verb),
    );
    expect(verbs.length).toBeGreaterThan(10);
    expect([...new Set(named)].sort()).toEqual(verbs.sort());
  });

  it('gives the exit codes in the words of --help', async () => {
    const { stdout } = await runCli(['--help']);
    const told = [...stdout.matchAll(/^ {2}(\d+) {2,}(.+)$/gm)].map(([, code, words]) => [code, words]);
    const shown = tableOf(page, 'exit code').map(([code, words = '']) => [code, words.replaceAll('`', "'")]);
    expect(told.length).toBeGreaterThan(5);
    expect(shown).toEqual(told);
  });
});

describe('docs/campaign-file', () => {
  const page = pageText('docs/campaign-file.md');

  it('has a row for each type of parameter, with an example that is right', () => {
    const rows = tableOf(page, '`type`');
    expect(rows.map(([type = '']) => type.replaceAll('`', ''))).toEqual([...parameterTypeNames]);
    for (const [type = '', , example = ''] of rows) {
      const [, keys = ''] = /^`([^`]+)`/.exec(example) ?? [];
      const given = parse(`{name: x, type: ${type.replaceAll('`', '')}, ${keys}}`) as unknown;
      const parameter = parameterSchema.parse(given);
      expect(typeOf(parameter).faults(parameter), type).toEqual([]);
    }
  });
});

describe('README', () => {
  it('names every template of init', async () => {
    const { stdout } = await runCli(['init', '--help']);
    const [, listed = ''] = /^Templates:\n([\s\S]*?)\n\n/m.exec(stdout) ?? [];
    const names = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(pageText('README.md')).toContain(`# templates: ${names.join(', ')}\n`);
  });

  it('shows a campaign file that is right, as docs/campaign-file does, and a program that runs', async () => {
    for (const page of ['docs/campaign-file.md', 'README.md']) {
      const file = path.join(folder, 'campaign.yaml');
      await writeFile(file, firstBlock(page, 'yaml'));
      const validated = await runCli(['validate', file]);
      expect(`${validated.stdout}${validated.stderr}`).not.toMatch(/fault/);
      expect(validated.code).toBe(0);
    }
    await writeFile(path.join(folder, 'package.json'), '{"type": "module"}');
    const modules = path.join(folder, 'node_modules');
    await mkdir(modules);
    await symlink(root, path.join(modules, 'athanor'));
    await writeFile(path.join(folder, 'use.js'), firstBlock('README.md', 'ts'));
    const { stdout } = await promisify(execFile)(process.execPath, ['use.js'], { cwd: folder });
    expect(stdout).toMatch(/\S+ 0\n$/);
  });
});
