import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { threadsFor } from '../../scripts/decide-threads.js';

const unset = { decideThreads: null, decideMemoryMb: null };

describe('the threads for decisions', () => {
  it('leave a core to the event loop, and the rest of the memory to others', () => {
    expect(threadsFor(unset, { cores: 8, memoryMb: 16_000 })).toEqual({ threads: 7, memoryMb: 1371 });
    expect(threadsFor(unset, { cores: 1, memoryMb: 2000 })).toEqual({ threads: 1, memoryMb: 1200 });
  });

  it('are what the environment says', () => {
    expect(threadsFor({ decideThreads: 2, decideMemoryMb: null }, { cores: 8, memoryMb: 16_000 })).toEqual({
      threads: 2,
      memoryMb: 4800,
    });
    expect(threadsFor({ decideThreads: 12, decideMemoryMb: 100 }, { cores: 2, memoryMb: 500 })).toEqual({
      threads: 12,
      memoryMb: 100,
    });
  });

  it('never are none, and together stay below the memory of any machine that has enough for each', () => {
    const size = fc.record({ cores: fc.integer({ min: 1, max: 256 }), memoryMb: fc.integer({ min: 1, max: 1e6 }) });
    fc.assert(
      fc.property(size, (machine) => {
        const { threads, memoryMb } = threadsFor(unset, machine);
        expect(threads).toBeGreaterThanOrEqual(1);
        expect(memoryMb).toBeGreaterThanOrEqual(256);
        if (memoryMb > 256) expect(threads * memoryMb).toBeLessThan(machine.memoryMb);
      }),
      { seed: 1 },
    );
  });

  it('are found for this machine', () => {
    const { threads, memoryMb } = threadsFor(unset);
    expect(Number.isSafeInteger(threads) && Number.isSafeInteger(memoryMb)).toBe(true);
  });
});
