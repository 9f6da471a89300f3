import { describe, expect, it } from 'vitest';
import { inLanes } from '../../../scripts/bench/lanes.js';

describe('lanes', () => {
  it('do no more at a time than there are of them, and give results in the order of the items', async () => {
    const waiting: (() => void)[] = [];
    let [running, most] = [0, 0];
    const done: number[] = [];
    const results = inLanes(
      [1, 2, 3, 4, 5],
      2,
      async (item) => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          // The second of two goes on first.
          if (waiting.length === 2 || item === 5) for (const go of waiting.splice(0).reverse()) go();
        });
        running -= 1;
        return 10 * item;
      },
      (count) => done.push(count),
    );
    expect(await results).toEqual([10, 20, 30, 40, 50]);
    expect(most).toBe(2);
    expect(done).toEqual([1, 2, 3, 4, 5]);
  });

  it('throw what failed first, and begin nothing after it', async () => {
    const begun: number[] = [];
    const work = (item: number) => {
      begun.push(item);
      return item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item);
    };
    await expect(inLanes([1, 2, 3, 4, 5, 6], 1, work)).rejects.toThrow('two');
    expect(begun).toEqual([1, 2]);
  });

  it('give nothing for nothing', async () => {
    expect(await inLanes([], 3, () => Promise.resolve(1))).toEqual([]);
  });
});
