import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StoreMemory } from '../../../scripts/durable/store-memory.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'athanor-memory-'));
});
afterEach(() => rm(home, { recursive: true }));

const mark = (beats: number, life = 1, id = 'a') => ({ id, life, beats });
const older = 'the database is an older state of the one that was worked with here';

it('knows a database that stands further back than it did, also in a later worker', async () => {
  const memory = new StoreMemory(home);
  for (const beats of [7, 8, 9]) await memory.heed(mark(beats));
  expect(memory.faultOf(mark(7))?.message).toContain(older);
  // Asked before the last was heard, or a moment that a server which was killed has lost.
  expect(memory.faultOf(mark(8))).toBeNull();
  // Another database, of which nothing is known.
  expect(memory.faultOf(mark(1, 1, 'b'))).toBeNull();
  await expect(memory.heed(mark(7))).rejects.toThrow(older);
  await expect(new StoreMemory(home).heed(mark(7))).rejects.toThrow(older);
  await memory.leave();
  await expect(new StoreMemory(home).heed(mark(8))).rejects.toThrow('--restored');
  await new StoreMemory(home).heed(mark(9));
});

it('goes on from an older state once a person has said so, in workers that begin after that alone', async () => {
  const before = new StoreMemory(home);
  for (const beats of [7, 8]) await before.heed(mark(beats));
  await before.leave();
  expect(before.faultOf(mark(3, 2))?.message).toContain('start this worker anew');
  await expect(before.heed(mark(3, 2))).rejects.toThrow('start this worker anew');
  const after = new StoreMemory(home);
  for (const beats of [3, 4]) await after.heed(mark(beats, 2));
  await after.leave();
  await expect(new StoreMemory(home).heed(mark(20))).rejects.toThrow(older);
});
