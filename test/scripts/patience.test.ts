import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sayingWhat } from '../../scripts/commands/patience.js';

describe('work that may take a while', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is silent if it is over in a moment, says what it waits for if not, and nothing once it is over', async () => {
    const notes: string[] = [];
    const told = <T>(work: () => Promise<T>) =>
      sayingWhat(
        (line) => notes.push(line),
        () => `for ${notes.length}`,
        work,
      );
    expect(await told(async () => 7)).toBe(7);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(notes).toEqual([]);
    let fail = (_: Error) => {};
    const failing = told(() => new Promise((_, reject) => (fail = reject)));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(notes).toEqual(['for 0']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(notes).toEqual(['for 0', 'for 1', 'for 2']);
    fail(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(notes).toHaveLength(3);
  });
});
