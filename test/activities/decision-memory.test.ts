import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimatedArraysMb,
  isOutOfMemory,
  memoryLimits,
  outOfMemory,
  refuseIfOutgrown,
} from '../../activities/decision-memory.js';
import { largeCampaign } from '../support/large-campaign.js';

const mb = 2 ** 20;

describe('the memory of a decision', () => {
  it('is shared by objects and arrays, of which neither gets less than 16 MB', () => {
    expect(memoryLimits(1000)).toEqual({ heapMb: 500, arraysMb: 500 });
    expect(memoryLimits(64_000)).toEqual({ heapMb: 4096, arraysMb: 59_904 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (memoryMb) => {
        const { heapMb, arraysMb } = memoryLimits(memoryMb);
        expect(Math.min(heapMb, arraysMb)).toBeGreaterThanOrEqual(16);
        expect(heapMb + arraysMb).toBe(Math.max(memoryMb, heapMb + 16));
      }),
      { seed: 1 },
    );
  });

  it('is estimated to grow with the square of the trials, and with the pool', async () => {
    const { campaign, trials } = await largeCampaign('some', { rows: 4000, columns: 3, observations: 2000 });
    const asked = { campaign, round: 2, count: 1, pending: [], remainingCost: null };
    const megabytes = (n: number) => estimatedArraysMb({ ...asked, trials: trials.slice(0, n) });
    // 8 bytes · (12 · 2001² + 2048 · 2001 · 3 + 4000 · 7)
    expect(megabytes(2000)).toBeCloseTo((8 * (12 * 2001 ** 2 + 2048 * 2001 * 3 + 28_000)) / mb, 9);
    expect(megabytes(2000) / megabytes(1000)).toBeGreaterThan(3);
    // Of a pool that has grown by 1,000 rows both are held: 5000 · 7 and 4000 · 3.
    const grown = estimatedArraysMb({ ...asked, trials }, 1000);
    expect(grown - megabytes(2000)).toBeCloseTo((8 * (7000 + 12_000)) / mb, 9);
    const withdrawn = trials.map((trial) => ({ ...trial, state: 'withdrawn' as const, observation: null }));
    expect(estimatedArraysMb({ ...asked, trials: withdrawn })).toBeLessThan(1);
  });

  it('is watched: arrays that have outgrown it end the decision', () => {
    const limits = { heapMb: 32, arraysMb: 32 };
    expect(() => refuseIfOutgrown({ external: 32 * mb, arrayBuffers: 32 * mb }, limits)).not.toThrow();
    for (const used of [
      { external: 33 * mb, arrayBuffers: 0 },
      { external: 0, arrayBuffers: 33 * mb },
    ])
      expect(() => refuseIfOutgrown(used, limits)).toThrow(/taken 33 MB so far, 32 MB are allowed; .*_DECIDE_MEMORY/);
  });
});

describe('a refusal to give memory', () => {
  it('is told from other errors', () => {
    const refusals: unknown[] = [Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })];
    for (const size of [2 ** 53, -1])
      try {
        refusals.push(new Float64Array(size));
      } catch (error) {
        refusals.push(error);
      }
    expect(refusals.map(isOutOfMemory)).toEqual([true, true, true]);
    const runtime = 'Failed to allocate memory for requested buffer of size 1125899906842624';
    expect(isOutOfMemory(new Error(`Non-zero status code returned while running Expand node. ${runtime}`))).toBe(true);
    expect([new RangeError('precision'), new Error('array length'), 'text'].map(isOutOfMemory)).toEqual([
      false,
      false,
      false,
    ]);
    expect(outOfMemory('why')).toMatchObject({ code: 'MEMORY', message: expect.stringContaining('memory: why; give') });
  });
});
