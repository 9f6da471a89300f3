import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportJson } from '../../scripts/record/export.js';
import { runCli } from '../support/cli.js';
import { someRecord } from '../support/record.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-source-'));
  execFileSync('mkfifo', [join(folder, 'pipe.json'), join(folder, 'pipe')]);
  await mkdir(join(folder, 'runs.json'));
  const record = someRecord([{ value: 1 }, { value: 2 }]);
  const [first] = record.trials;
  await writeFile(join(folder, 'twice.json'), exportJson({ ...record, trials: [first!, first!] }));
  const values = { gap: 1e150 };
  const huge = { ...first!, observation: { ...first!.observation!, values } };
  await writeFile(join(folder, 'huge.json'), exportJson({ ...record, trials: [huge] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['pipe.json', 'report', /it is a FIFO, not a file/],
  ['pipe', 'verify', /it is a FIFO, not a file/],
  ['runs.json', 'verify', /it is a folder, not a file/],
  ['twice.json', 'export', /'some\/r1\/p1' stands there twice/],
  ['huge.json', 'report', /1e\+150 of a trial that was measured/],
])('%s is refused by %s in words', async (name, verb, words) => {
  const { code, stderr } = await runCli([verb, name], { cwd: folder });
  expect(stderr).toMatch(words);
  expect(code).toBe(2);
});
