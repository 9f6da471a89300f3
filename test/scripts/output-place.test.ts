import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../models/domain/errors.js';
import { reportPath } from '../../scripts/commands/report-path.js';
import { checkOutputs, keepResult } from '../../scripts/output-place.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { type CliResult, callCli, runCli } from '../support/cli.js';
import { someRecord } from '../support/record.js';

const cli = fileURLToPath(new URL('../../dist/scripts/cli.js', import.meta.url));
let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const athanor = (...args: string[]) => callCli(args, { cwd: folder, env: { ATHANOR_HOME: at('home') } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-places-'));
  await mkdir(at('a-folder'));
  await mkdir(at('taken', 'seed-1.json'), { recursive: true });
  await writeFile(at('a-file'), 'kept as it is\n');
  await writeFile(at('record.json'), exportJson(someRecord([{ value: 1 }, { value: 2 }])));
  await runCli(['init', folder]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function refused({ code, stdout, stderr }: CliResult, wanted: RegExp) {
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(wanted);
  expect(stderr).not.toMatch(/^\s+at /m);
}

describe('places that cannot be written', () => {
  const places: [what: string, path: string, why: RegExp][] = [
    ['below a file system of the kernel', '/proc/nope/x', /cannot be made/],
    ['a folder where a file is wanted', 'a-folder', /is a folder; a file is wanted/],
    ['a name that ends as a folder', 'new/', /names a folder/],
    ['below a file', 'a-file/x', /is a file, where/],
    ['a name of a workbook', 'table.XLSX', /would not be a workbook: tables are written as \.csv/],
    ['a name too long', `${'n'.repeat(300)}`, /too long/],
  ];
  const verbs: [verb: string, args: string[]][] = [
    ['simulate --report', ['simulate', 'campaign.yaml', '-t', '2', '--report']],
    ['suggest --out', ['suggest', 'campaign.yaml', '--out']],
    ['report --output', ['report', 'record.json', '--output']],
    ['export --output', ['export', 'record.json', '-o']],
  ];
  it.each(verbs)('%s refuses them before the run', async (_, args) => {
    for (const [, path, why] of places) refused(await athanor(...args, path), why);
  });

  it('simulate --save refuses them, and folders in the place of its files', async () => {
    const save = (path: string) => athanor('simulate', 'campaign.yaml', '-t', '2', '--save', path);
    refused(await save('/proc/nope'), /--save.*\/proc\/nope/);
    refused(await save('a-file'), /is a file; a folder is wanted/);
    refused(await save('taken'), /seed-1.json is a folder/);
  });

  it('names all of them at once, and leaves nothing behind', async () => {
    const before = await readdir(folder);
    const wrong = await athanor('simulate', 'campaign.yaml', '--save', 'a-file', '--report', 'a-folder');
    refused(wrong, /--save[\s\S]*--report/);
    expect(await readdir(folder)).toEqual(before);
    expect(await readFile(at('a-file'), 'utf8')).toBe('kept as it is\n');
  });

  it('replaces pages, tables and records by their like only', async () => {
    const campaign = await readFile(at('campaign.yaml'), 'utf8');
    refused(
      await athanor('export', 'record.json', '-o', 'campaign.yaml'),
      /campaign.yaml is there and no table of ours/,
    );
    refused(await athanor('report', 'record.json', '-o', 'a-file'), /a-file is there and no page of ours/);
    const simulate = ['simulate', 'campaign.yaml', '-t', '2', '--report', 'campaign.yaml'];
    refused(await athanor(...simulate), /--report.*campaign.yaml is there and no page/);
    expect(await readFile(at('campaign.yaml'), 'utf8')).toBe(campaign);
    for (let time = 0; time < 2; time++) {
      expect((await athanor('export', 'record.json', '-o', 'again.csv')).code).toBe(0);
      expect((await athanor('export', 'record.json', '--json', '-o', 'again.json')).code).toBe(0);
      expect((await athanor('report', 'record.json', '-o', 'again.html')).code).toBe(0);
    }
    refused(await athanor('export', 'record.json', '--json', '-o', 'again.csv'), /no record of ours/);
  });

  it('a link to what is not there is left as it is', async () => {
    await symlink(at('nowhere', 'x.csv'), at('link.csv'));
    refused(await athanor('export', 'record.json', '-o', 'link.csv'), /link.csv is a link to what is not there/);
  });

  it('commands that look at one place at once are not in the way of each other', async () => {
    const look = () => checkOutputs([{ option: '-o', path: at('shared.csv'), kind: 'table' }]);
    const before = await readdir(folder);
    await Promise.all(Array.from({ length: 100 }, look));
    expect(await readdir(folder)).toEqual(before);
  });

  it('init and a home that cannot be had end likewise', async () => {
    refused(await athanor('init', '/proc/nope'), /\/proc\/nope/);
    refused(await athanor('init', 'a-file/x'), /a-file/);
    refused(
      await runCli(['run', 'campaign.yaml'], { cwd: folder, env: { ATHANOR_HOME: '/proc/nope' } }),
      /ATHANOR_HOME/,
    );
  });
});

describe('a table of proposals', () => {
  it('is said to be written, or added to, and a folder made for it is named', async () => {
    const first = await athanor('suggest', 'campaign.yaml', '-n', '2', '--out', 'lab/week 1/r.csv');
    expect(first.stderr).toBe('made the folder lab/week 1\nwritten to lab/week 1/r.csv\n');
    const again = await athanor('suggest', 'campaign.yaml', 'lab/week 1/r.csv', '-n', '1', '--out', 'lab/week 1/r.csv');
    expect(again.stderr).toBe('added to lab/week 1/r.csv\n');
    const other = await athanor('export', 'record.json', '-o', 'lab/out/t.csv');
    expect(other.stderr).toBe('made the folder lab/out\nwritten to lab/out/t.csv\n');
  });
});

describe('the next step that init names', () => {
  it.each(["lab of o'Neil (new) & $HOME", '-n', 'plain/Öfen', '~tilde*'])('runs as it is pasted: %s', async (name) => {
    const made = await athanor('init', '--json', '--template', 'experiments', '--', name);
    const { next } = JSON.parse(made.stdout) as { next: string };
    const command = `athanor() { "${process.execPath}" "${cli}" "$@"; }; ${next}`;
    const ran = await promisify(execFile)('sh', ['-c', command], { cwd: folder });
    expect(ran.stdout).toContain('my-experiments');
    expect(await readdir(at(name))).toEqual(['campaign.yaml', 'results.csv']);
    expect(next.includes("'")).toBe(!/^(?:-n|plain)/.test(name));
  });
});

describe('a result that cannot be written after all', () => {
  it('of a report on a full disk is kept elsewhere and said so, and the rest is printed', async () => {
    const { code, stdout, stderr } = await athanor('simulate', 'campaign.yaml', '-t', '2', '--report', '/dev/full');
    expect(code).toBe(2);
    expect(stdout).toContain('branin');
    const instead = /no space left.*it is in (\S+) instead/.exec(stderr)![1]!;
    expect(await readFile(instead, 'utf8')).toContain('</html>');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('stays out of the way of a file that came into being since', async () => {
    const notes: string[] = [];
    const kept = await keepResult(at('a-file'), 'new', (line) => notes.push(line), true);
    expect(kept.asWanted).toBe(false);
    expect(await readFile(at('a-file'), 'utf8')).toBe('kept as it is\n');
    expect(await readFile(kept.file!, 'utf8')).toBe('new');
    expect(notes.join()).toContain(kept.file);
    await rm(kept.file!);
  });

  it('makes the folders it needs and writes over a file', async () => {
    const file = at('deep', 'er', 'x.txt');
    await checkOutputs([{ option: '-o', path: file, kind: 'file' }]);
    await expect(keepResult(file, 'first', () => {})).resolves.toEqual({ file, asWanted: true });
    await keepResult(file, 'second', () => {});
    expect(await readFile(file, 'utf8')).toBe('second');
    expect(await readdir(at('deep', 'er'))).toEqual(['x.txt']);
  });
});

describe('an id that names another folder', () => {
  const ids = ['../../x', '..', 'a/b', 'a\\b', '/etc/x', 'a\u0000b', '.hidden', 'x'.repeat(300), ' a', 'a\nb'];

  it.each(ids)('%j is refused in a record', (id) => {
    const record = someRecord([{ value: 1 }]);
    const text = exportJson({ ...record, campaign: { ...record.campaign, id } });
    expect(() => parseRecord(text, 'r.json')).toThrow(InvalidInputError);
    expect(() => reportPath('/home/me', id)).toThrow(InvalidInputError);
  });

  it('is refused by every verb that takes a record, and nothing is written', async () => {
    const record = someRecord([{ value: 1 }]);
    await writeFile(at('evil.json'), exportJson({ ...record, campaign: { ...record.campaign, id: '../../evil' } }));
    for (const verb of ['report', 'export', 'verify']) refused(await athanor(verb, 'evil.json'), /campaign\.id/);
    expect(await readdir(join(folder, '..'))).not.toContain('evil.html');
  });
});
