import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { datasetSettings } from '../../lab-adapters/dataset/settings.js';
import { tableSource } from '../../lab-adapters/dataset/table.js';
import { JobFolder } from '../../lab-adapters/internal/job-folder.js';
import { problem } from '../../lab-adapters/problem/index.js';
import { readGeometries } from '../../lab-adapters/xtb/geometry-store.js';
import { virtualClock } from './virtual-clock.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-damaged-'));
afterAll(() => rm(base, { recursive: true }));

const request: JobRequest = {
  design: { x1: 2, x2: 5 },
  rowId: null,
  substances: {},
  fidelity: 'exact',
  objectives: ['value'],
};

describe('the record of a simulated job that was changed', () => {
  let folders = 0;
  async function damaged(change: (text: string) => string) {
    folders += 1;
    const folder = join(base, String(folders));
    const settings = problem.settings.parse({ problem: 'branin' });
    const lab = problem.create(settings, { clock: virtualClock(), folder, log: () => {} });
    const job = await lab.submit('c/r1/p1', request, { fence: 1 });
    const file = join(folder, `${job}.json`);
    await writeFile(file, change(await readFile(file, 'utf8')));
    return { lab, job };
  }

  test.each<[string, (text: string) => string, string]>([
    ['is cut off', (text) => text.slice(0, 40), 'not the record of a job'],
    ['is another kind of document', () => '[]', 'all of it'],
    ['lacks its request', (text) => text.replace('"request"', '"wish"'), 'request'],
    ['has a text for a time', (text) => text.replace(/"acceptedAt":\d+/, '"acceptedAt":"now"'), 'acceptedAt'],
    ['has a list for a design', (text) => text.replace('{"x1":2,"x2":5}', '{"x1":[2],"x2":5}'), 'design'],
    ['has an endless time', (text) => text.replace(/"durationMs":\d+/, '"durationMs":1e999'), 'durationMs'],
    ['is that of another job', (text) => text.replace('c/r1/p1', 'c/r1/p2'), 'another job'],
  ])('%s: refused where it is read', async (_, change, words) => {
    const { lab, job } = await damaged(change);
    const refusal = { code: 'DAMAGED', message: expect.stringContaining(words) };
    await expect(lab.status(job)).rejects.toMatchObject(refusal);
    await expect(lab.result(job)).rejects.toMatchObject(refusal);
    await expect(lab.find('c/r1/p1', { fence: 1 })).rejects.toMatchObject(refusal);
    await expect(lab.submit('c/r1/p1', request, { fence: 1 })).rejects.toMatchObject(refusal);
  });
});

test('what a program wrote into the ledger of starts is passed over', async () => {
  const folder = join(base, 'ledger');
  const kind = { environment: {}, parse: () => Promise.reject(new Error('not asked')), spent: async () => 0 };
  const jobs = new JobFolder(folder, kind);
  await mkdir(folder);
  await appendFile(jobs.ledger, '{"key":"\\x"}\n{"key":"a"b"}\n{"key":"known"}\n');
  expect(await jobs.find('unknown')).toBeNull();
  expect(await jobs.find('known')).toBe(JobFolder.nameOf('known'));
  expect(await readdir(folder)).toContain('starts.log');
});

describe('files that a campaign names', () => {
  test('start geometries from a pipe, a device or a huge file are refused at once', async () => {
    execFileSync('mkfifo', [join(base, 'fifo')]);
    execFileSync('truncate', ['-s', '200M', join(base, 'huge.jsonl')]);
    await expect(readGeometries(join(base, 'fifo'))).rejects.toThrow('a pipe or a device; give a file');
    await expect(readGeometries('/dev/zero')).rejects.toThrow('a pipe or a device; give a file');
    await expect(readGeometries(join(base, 'huge.jsonl'))).rejects.toThrow('at most 67108864 bytes');
    await expect(readGeometries(base)).rejects.toThrow('a folder; give a file');
    await expect(readGeometries(join(base, 'absent'))).rejects.toThrow('there is no such file');
  });

  test('a line that is no geometry says which, and why', async () => {
    const file = join(base, 'wrong.jsonl');
    await writeFile(file, '\n{"idcode":"a","elements":["C"],"positions":[[0,0]],"bonds":[],"charge":0}\n');
    await expect(readGeometries(file)).rejects.toThrow(/line 2 holds no start geometry: positions\[0\]/);
  });

  test('so is the description of a data set', async () => {
    const folder = join(base, 'set');
    await mkdir(folder);
    const settings = datasetSettings.parse({ folder });
    execFileSync('mkfifo', [join(folder, 'meta.json')]);
    await expect(tableSource(settings)).rejects.toThrow('a pipe or a device');
    await rm(join(folder, 'meta.json'));
    await writeFile(join(folder, 'meta.json'), '{"columns":[{"name":5}]}');
    await expect(tableSource(settings)).rejects.toThrow(/description of a data set: columns\[0\]\.name/);
  });
});
