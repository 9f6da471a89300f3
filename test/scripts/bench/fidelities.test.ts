import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../../models/domain/proposal.js';
import { problemNamed } from '../../../models/problems/problems.js';
import { inRanks, valueOfRank } from '../../../scripts/bench/fidelity-ranks.js';
import {
  bestWithin,
  costTo,
  type FidelityRun,
  fidelityRun,
  labRun,
  poolLab,
  targetLab,
} from '../../../scripts/bench/fidelity-run.js';
import { reached } from '../../../scripts/bench/fidelity-score.js';
import {
  computedLab,
  computedNames,
  type FidelityPool,
  fidelityPool,
  fidelitySets,
  varied,
} from '../../../scripts/bench/fidelity-sets.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

function run(...steps: [number, number][]): FidelityRun {
  return { steps, low: 0, cost: 60, decisions: 1, trials: [] };
}

/** Correlation of two columns. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [a.map((value) => value - mean(a)), b.map((value) => value - mean(b))];
  const dot = (u: readonly number[], v: readonly number[]) => u.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

describe('the score of lower fidelities', () => {
  const early = run([5, 1], [10, 3]);
  const late = run([5, 2], [50, 3]);

  it('is the median cost to the marks as shares of 40, what is not reached counting as 60', () => {
    expect([costTo(early, 2), costTo(late, 4), bestWithin(late, 49), bestWithin(late, 50)]).toEqual([
      10,
      Infinity,
      2,
      3,
    ]);
    expect(reached([early, late], [2, 3])).toEqual({ median: 10 / 40, q75: (10 + 10) / 40, never: 0 });
    expect(reached([early], [4])).toEqual({ median: 1.5, q75: 1.5, never: 1 });
  });

  it('compares single fidelity with the marks of its other seeds alone', () => {
    expect(reached([early, late], [1, 3], true)).toEqual({ median: (10 + 5) / 2 / 40, q75: 8.75 / 40, never: 0 });
  });
});

describe('ranks in a pool', () => {
  const values = [3, 9, 9, 5, 1];

  it('say which row a run had reached, and are reached when the values are', () => {
    const own = run([5, 1], [10, 5], [20, 9]);
    expect(inRanks(own, values).steps).toEqual([
      [5, -5],
      [10, -3],
      [20, -1],
    ]);
    for (const value of values) {
      const rank = inRanks(run([1, value]), values).steps[0]![1];
      expect(valueOfRank(values, rank)).toBe(value);
      expect(costTo(inRanks(own, values), rank)).toBe(costTo(own, value));
    }
  });

  it('compare pools of a test function that differ from draw to draw', async () => {
    const [one, same, other] = await Promise.all([1, 1, 2].map((draw) => fidelityPool('branin', undefined, draw)));
    expect(one!.values).toEqual(same!.values);
    expect(one!.values).not.toEqual(other!.values);
  });
});

describe('varied pools', () => {
  it('keep the target, and turn, shuffle or trap what is below it', async () => {
    const branin = await fidelityPool('branin', undefined);
    const [low, high] = branin.values as [readonly number[], readonly number[]];
    const own = (variant: Parameters<typeof varied>[1], seed = 1) => varied(branin, variant, seed).values;
    for (const variant of ['plain', 'flip', 'perm', 'trap'] as const) expect(own(variant)[1]).toBe(high);
    expect(correlation(own('flip')[0]!, high)).toBeCloseTo(-correlation(low, high), 12);
    expect(Math.abs(correlation(own('perm')[0]!, high))).toBeLessThan(0.1);
    expect(own('perm', 2)[0]).not.toEqual(own('perm', 1)[0]);
    expect([...own('perm')[0]!].sort()).toEqual([...low].sort());
    const trap = own('trap')[0]!;
    const turn = [...high].sort((a, b) => a - b)[Math.floor(0.8 * high.length)]!;
    const side = (above: boolean) => [...high.keys()].filter((i) => high[i]! > turn === above);
    expect(
      correlation(
        side(false).map((i) => trap[i]!),
        side(false).map((i) => high[i]!),
      ),
    ).toBeGreaterThan(0.95);
    // Above the turn only noise of a tenth of the sd, here 51, is left.
    expect(Math.max(...side(true).map((i) => trap[i]! - turn))).toBeLessThan(5 * 0.1 * 51);
  });

  it('names every set once', () => {
    expect(new Set(fidelitySets.map(({ name }) => name)).size).toBe(fidelitySets.length);
  });
});

describe('the whole space of a test function', () => {
  const proposal = (design: Record<string, number>) => ({ design }) as unknown as Proposal;

  it('gives any design its value at each level, larger being better', () => {
    const { campaign, value, best } = computedLab('branin');
    expect(campaign.spec.fidelities.map(({ cost }) => cost)).toEqual([0.1, 1]);
    expect(campaign.space.pool).toBeNull();
    const at = proposal({ x1: Math.PI, x2: 2.275 });
    expect(value(1, at)).toBeCloseTo(best, 12);
    expect(value(0, at)).toBe(-problemNamed('augmentedBranin').evaluate([Math.PI, 2.275], [0.5]));
  });

  it('has at its target alone one level, which gives and costs what the last one does', () => {
    const lab = { ...computedLab('hartmann'), cost: (level: number) => level + 10 };
    const target = targetLab(lab);
    expect(target.campaign.spec.fidelities).toEqual(lab.campaign.spec.fidelities.slice(2));
    const at = proposal(Object.fromEntries([1, 2, 3, 4, 5, 6].map((j) => [`x${j}`, 0.3])));
    expect(target.value(0, at)).toBe(lab.value(2, at));
    expect(target.cost!(0, at)).toBe(12);
    expect(computedNames).toEqual(['branin', 'hartmann', 'park', 'borehole']);
  });
});

describe('fidelityRun', () => {
  it('charges what the pool says that trials cost', async () => {
    const campaign = someCampaign({ objectives: [{ name: 'f', direction: 'maximise' }] }, somePool(30));
    const rows = Array.from({ length: 30 }, (_, row) => row);
    const costs = [rows.map(() => 0.25), rows.map(() => 2)];
    const options = { seed: 2, budget: 9, enough: 100, strategy: 'default' } as const;
    const run = await labRun(poolLab({ campaign, values: [rows, rows], costs }), options);
    expect((run.cost - run.low) / 2).toBe(Math.round((run.cost - run.low) / 2));
    expect(run.low / 0.25).toBe(Math.round(run.low / 0.25));
    expect(run.decisions).toBe((run.cost - run.low) / 2 + run.low / 0.25);
  });

  it('spends no more than its budget, and tells steps that rise', async () => {
    const campaign = someCampaign({ objectives: [{ name: 'f', direction: 'maximise' }] }, somePool(30));
    const value = (row: number) => -((row / 30 - 0.4) ** 2);
    const rows = Array.from({ length: 30 }, (_, row) => value(row));
    const pool: FidelityPool = { campaign, values: [rows.map((one) => 3 * one), rows] };
    const { steps, cost, low, decisions } = await fidelityRun(pool, {
      seed: 2,
      budget: 9,
      enough: 1,
      strategy: 'default',
    });
    expect(cost).toBeLessThanOrEqual(9 + 1e-9);
    expect(low).toBeLessThan(cost);
    // More than nine target trials would be: what is below the target was paid, too.
    expect(decisions).toBeGreaterThan(9);
    expect(low).toBeGreaterThan(0);
    expect(steps.at(-1)![1]).toBeCloseTo(0, 12);
    steps.slice(1).forEach(([spent, best], i) => {
      expect(spent).toBeGreaterThan(steps[i]![0]);
      expect(best).toBeGreaterThan(steps[i]![1]);
    });
  });
});
