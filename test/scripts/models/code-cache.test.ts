import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CodeCache } from '../../../scripts/models/code-cache.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-codes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('keeps what a model gave and what it could not take, by model, over a torn end', async () => {
  const home = path.join(folder, 'home');
  const of = { identity: 'model', output: 'output' };
  const first = await CodeCache.open(home, of);
  expect(first.get('C')).toBeUndefined();
  await first.add(['C', 'CC'], [[1, 2.5], null]);
  await first.add(['CCC'], [[3, 4]]);
  const again = await CodeCache.open(home, of);
  expect(['C', 'CC', 'CCC', 'N'].map((one) => again.get(one))).toEqual([
    Float32Array.of(1, 2.5),
    null,
    Float32Array.of(3, 4),
    undefined,
  ]);
  expect((await CodeCache.open(home, { ...of, identity: 'other' })).get('C')).toBeUndefined();
  const [name] = await readdir(path.join(home, 'encodings'));
  const file = path.join(home, 'encodings', name!);
  const whole = await readFile(file);
  await writeFile(file, whole.subarray(0, -3));
  const torn = await CodeCache.open(home, of);
  expect([torn.get('CC'), torn.get('CCC')]).toEqual([null, undefined]);
  // What is made anew is not hidden behind the torn record.
  await torn.add(['CCC'], [[3, 4]]);
  const mended = await CodeCache.open(home, of);
  expect([mended.get('C'), mended.get('CCC')]).toEqual([Float32Array.of(1, 2.5), Float32Array.of(3, 4)]);
});
