import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Block, blocksOf, pageText } from './support/page.js';
import { createTestDatabase, type TestDatabase, testNamespace, testTemporal } from './support/services.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const cli = path.join(root, 'dist/scripts/cli.js');
const tutorials = readdirSync(path.join(root, 'docs/tutorials')).filter((name) => name.endsWith('.md'));
const ended: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ended.reverse()) await end();
});

/** Runs a line of a page in a folder: `athanor …` or `node FILE`, with the exit code that a comment says, else 0. */
function runLine(line: string, cwd: string, env: Record<string, string>): Promise<string> {
  const [, command = '', comment = ''] = /^(.*?)(?: {2,}#(.*))?$/.exec(line) ?? [];
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const [program, ...rest] = words;
  expect(['athanor', 'node'], `program of '${line}'`).toContain(program);
  const args = program === 'athanor' ? [cli, ...rest] : rest;
  const expected = Number(/ends with (\d+)/.exec(comment)?.[1] ?? 0);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (code === expected) resolve(`${stdout}\n${stderr}`);
      else reject(new Error(`'${line}' ended with ${code}, not ${expected}:\n${stdout}\n${stderr}`));
    });
  });
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Lines that a page shows and the output does not have; `…` stands for anything. */
function missing(shown: string, output: string): string[] {
  const said = output.split('\n').map((line) => line.trimEnd());
  return shown
    .split('\n')
    .filter((line) => line.trim() !== '' && line.trim() !== '…')
    .filter((line) => {
      const parts = line.trimEnd().split('…');
      const pattern = new RegExp(`^${parts.map((part) => escaped(part)).join('.*')}$`);
      return !said.some((text) => pattern.test(text));
    });
}

/** Servers of the run for a page that needs them. */
async function environment(folder: string, blocks: readonly Block[]): Promise<Record<string, string>> {
  const home = path.join(folder, 'home');
  await mkdir(home);
  if (!blocks.some(({ language, text }) => language === 'sh' && /^athanor run /m.test(text)))
    return { ATHANOR_HOME: home };
  const database: TestDatabase = await createTestDatabase();
  ended.push(() => database.drop());
  const { address } = await testTemporal();
  const namespace = await testNamespace(address, 'tutorial');
  return { ATHANOR_HOME: home, DATABASE_URL: database.url, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

describe('tutorials', () => {
  it('are those of the three users', () => {
    expect(tutorials.sort()).toEqual(['durable-campaign.md', 'library.md', 'spreadsheet.md']);
  });

  it.concurrent.each(tutorials)(
    '%s does what it says: files are written, commands run, and print what is shown',
    async (page) => {
      const folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-tutorial-'));
      ended.push(() => rm(folder, { recursive: true, force: true }));
      await mkdir(path.join(folder, 'node_modules'));
      await symlink(root, path.join(folder, 'node_modules', 'athanor'));
      const blocks = blocksOf(pageText(`docs/tutorials/${page}`));
      const env = await environment(folder, blocks);
      let output = '';
      for (const { language, info, text } of blocks) {
        if (info !== '') {
          await mkdir(path.dirname(path.join(folder, info)), { recursive: true });
          await writeFile(path.join(folder, info), text);
        } else if (language === 'sh') {
          output = '';
          for (const line of text.trim().split('\n')) output += await runLine(line, folder, env);
        } else if (language === 'text') expect(missing(text, output), output).toEqual([]);
        else expect(language, 'blocks without a file are run, shown or for the reader').toBe('shell');
      }
    },
  );
});
