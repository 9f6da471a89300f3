import { describe, expect, it } from 'vitest';
import { type BatchTask, batchRun, distance, modes } from '../../../scripts/bench/batch-run.js';
import { someCampaign } from '../../support/campaigns.js';

const starts = [0.1, 0.4, 0.7, 0.95].map((x, i) => ({ x, y: i - 1.5 }));

/** A bowl from four given designs, or the same upside down. */
function bowl(direction: 'minimise' | 'maximise'): BatchTask {
  const sign = direction === 'minimise' ? 1 : -1;
  return {
    name: 'bowl',
    optimum: 0,
    n0: starts.length,
    evaluations: 10,
    noise: 0,
    truth: ({ design: { x, y } }) => sign * (((x as number) - 0.3) ** 2 + ((y as number) / 4) ** 2),
    campaign: (seed) =>
      someCampaign({
        seed,
        fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
        objectives: [{ name: 'f', direction }],
        strategy: { initial: { designs: starts, trials: starts.length } },
        budget: { trials: 100 },
      }),
  };
}

describe('batchRun', () => {
  it.each(modes)('%s: proposes no more than it runs, and tells the best of what has ended', async (mode) => {
    for (const direction of ['minimise', 'maximise'] as const) {
      const task = bowl(direction);
      const { best, proposed, near } = await batchRun(task, 4, mode, 1);
      const sign = direction === 'minimise' ? 1 : -1;
      expect(best).toHaveLength(task.n0 + task.evaluations);
      expect(proposed).toBe(task.evaluations);
      expect(near).toBe(0);
      expect(best[0]).toBeCloseTo(task.truth({ design: starts[0]! } as never), 12);
      for (const [i, value] of best.entries()) if (i > 0) expect(sign * value).toBeLessThanOrEqual(sign * best[i - 1]!);
      expect(Math.abs(best.at(-1)!)).toBeLessThan(Math.abs(best[task.n0 - 1]!));
    }
  });

  it('is the same for the same seed', async () => {
    const run = async () => (await batchRun(bowl('minimise'), 3, 'pending', 2)).best;
    expect(await run()).toEqual(await run());
  });
});

describe('distance', () => {
  it('is the largest difference in a share of a range, and 1 between names', () => {
    const space = someCampaign().space;
    expect(distance({ space }, { x: 0.5, y: 0 }, { x: 0.6, y: 1 })).toBeCloseTo(0.25, 12);
    const named = { ...space, parameters: [{ name: 's', type: 'categorical', levels: ['a', 'b'] } as const] };
    expect(distance({ space: named as never }, { s: 'a' }, { s: 'b' })).toBe(1);
    expect(distance({ space: named as never }, { s: 'a' }, { s: 'a' })).toBe(0);
  });
});
