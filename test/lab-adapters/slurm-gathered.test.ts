import { expect, test, vi } from 'vitest';
import { gathered } from '../../lab-adapters/slurm/gathered.js';

test('what comes within the time goes together, by group, a full group at once, and each is told its own', async () => {
  vi.useFakeTimers();
  try {
    const acts: (readonly string[])[] = [];
    const one = gathered(
      { upTo: 3, withinMs: 1_000 },
      (text: string) => text[0]!,
      async (all) => {
        acts.push(all);
        return all.map((text) => () => {
          if (text === 'bad') throw new Error('not this one');
          return text.toUpperCase();
        });
      },
    );
    const told = Promise.allSettled(['a1', 'a2', 'bad', 'a3', 'a4'].map(one));
    expect(acts).toEqual([['a1', 'a2', 'a3']]);
    await vi.advanceTimersByTimeAsync(999);
    expect(acts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(acts).toEqual([['a1', 'a2', 'a3'], ['bad'], ['a4']]);
    expect((await told).map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual([
      'A1',
      'A2',
      'Error: not this one',
      'A3',
      'A4',
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test('what fails for all fails for each', async () => {
  const one = gathered(
    { upTo: 2, withinMs: 1 },
    () => '',
    async (): Promise<readonly (() => number)[]> => {
      throw new Error('no shell');
    },
  );
  const told = await Promise.allSettled([one(1), one(2)]);
  expect(told.map((each) => each.status)).toEqual(['rejected', 'rejected']);
});
