import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Query } from '../../../activities/store/client.js';
import type { Submission } from '../../../activities/store/submission.js';
import { LineMemory } from '../../../scripts/durable/line-memory.js';
import { type TemporaryHome, temporaryHome } from '../../support/home.js';

let home: TemporaryHome;
beforeAll(async () => {
  home = await temporaryHome();
});
afterAll(() => home?.remove());

const line = (i: number, state: Submission['state']): Submission => ({
  key: `c/r${i}/p1/g1`,
  trialId: `c/r${i}/p1`,
  adapter: 'http',
  fidelity: 'f',
  requestSha: 'a'.repeat(64),
  state,
  job: `job-${i}`,
  home: 'h',
  generation: 1,
  instrument: 'lab/oven',
  fence: i,
  step: 'run',
  slot: null,
  adopted: null,
});

it('is bounded: what the store has as ended goes, but for the newest; all else stays as it stood last', async () => {
  const memory = new LineMemory(home.path);
  // Of the store: all but the seventh, which a dump has lost.
  const query: Query = async (_, [keys] = []) =>
    (keys as string[]).filter((key) => key !== line(7, 'ended').key).map((key) => ({ key }));
  const limits = { bytes: 4_000, ended: 5 };
  let largest = 0;
  for (let i = 1; i <= 400; i++) {
    memory.keep(line(i, 'called'));
    // The ninth never ends.
    if (i !== 9) memory.keep(line(i, 'ended'));
    await memory.bound(query, limits);
    const files = ['lines.jsonl', 'lines.0.jsonl', 'lines.1.jsonl'].map((name) => join(home.path, name));
    largest = Math.max(largest, ...files.map((file) => (existsSync(file) ? statSync(file).size : 0)));
  }
  expect(largest).toBeLessThan(6_000);
  const all = memory.all();
  const kept = all.map(({ fence }) => fence);
  expect(kept.slice(0, 2)).toEqual([7, 9]);
  expect(kept.at(-1)).toBe(400);
  expect(all.find(({ fence }) => fence === 9)).toEqual(line(9, 'called'));
  expect(all.find(({ fence }) => fence === 400)).toEqual(line(400, 'ended'));
  // None between two that are kept is missing.
  expect(kept.slice(2)).toEqual(Array.from({ length: kept.length - 2 }, (_, i) => 400 - (kept.length - 3) + i));
});
