import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CodeCache, type CodeShare, inputOf } from '../../../scripts/models/code-cache.js';

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

/** A share in memory, which counts what it is asked. */
function countedShare() {
  const kept = new Map<string, Buffer>();
  const asked: string[] = [];
  const of = (inputs: readonly Buffer[]) => inputs.map((input) => input.toString('hex'));
  const share: CodeShare = {
    find: async (_, inputs) => {
      asked.push('find');
      return of(inputs).flatMap((key) => kept.get(key) ?? []);
    },
    lacking: async (_, inputs) => {
      asked.push('lacking');
      return inputs.filter((input) => !kept.has(input.toString('hex')));
    },
    add: async (_, records) => {
      asked.push('add');
      for (const record of records) kept.set(inputOf(record).toString('hex'), record);
    },
  };
  return { share, kept, asked };
}

it('shares ten thousand molecules by a few calls, and keeps at home what it was given', async () => {
  const of = { identity: 'model', output: 'output' };
  const molecules = Array.from({ length: 10_000 }, (_, i) => `C${i}`);
  const { share, kept, asked } = countedShare();
  const first = await CodeCache.open(path.join(folder, 'first'), of, share);
  await first.recall(molecules);
  await first.add(
    molecules,
    molecules.map((_, i) => (i === 7 ? null : [i, -i])),
  );
  await first.offer(molecules);
  expect(kept.size).toBe(10_000);
  expect(asked).toHaveLength(60);
  asked.length = 0;
  const damaged = Buffer.from([...kept.values()][3]!);
  damaged.writeFloatLE(1, 20);
  kept.set(inputOf(damaged).toString('hex'), damaged);
  const second = await CodeCache.open(path.join(folder, 'second'), of, share);
  await second.recall(molecules);
  await second.offer(molecules);
  expect(asked.filter((call) => call !== 'lacking')).toEqual(Array(20).fill('find'));
  expect([second.get('C7'), second.get('C9999'), second.get('C3')]).toEqual([
    null,
    Float32Array.of(9999, -9999),
    undefined,
  ]);
  const alone = await CodeCache.open(path.join(folder, 'second'), of);
  expect([alone.get('C7'), alone.get('C9999'), alone.get('C3')]).toEqual([
    null,
    Float32Array.of(9999, -9999),
    undefined,
  ]);
});
