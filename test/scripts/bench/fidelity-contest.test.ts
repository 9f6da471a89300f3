import { describe, expect, it } from 'vitest';
import { scoreLine, withContest } from '../../../scripts/bench/fidelity-contest.js';
import { fidelityRun } from '../../../scripts/bench/fidelity-run.js';
import type { FidelityPool } from '../../../scripts/bench/fidelity-sets.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

/** A pool of 40 rows, one of them best. */
function pool(): FidelityPool {
  const campaign = someCampaign({ objectives: [{ name: 'f', direction: 'maximise' }] }, somePool(40));
  const rows = Array.from({ length: 40 }, (_, row) => -((row / 40 - 0.4) ** 2));
  return { campaign, values: [rows.map((one) => 3 * one), rows] };
}

describe('a contest', () => {
  const options = { budget: 12, enough: 0, strategy: 'default' } as const;

  it('makes in threads the runs that each seed gives alone, and scores them', async () => {
    const told: string[] = [];
    const found = await withContest(
      3,
      (line) => told.push(line),
      async (contest) => {
        const own = await contest.runs('own', (seed, decide) => fidelityRun(pool(), { ...options, seed, decide }));
        return { own, near: contest.score('near', own, own, 1).score, ...contest.score('own', own, own) };
      },
    );
    expect(told).toEqual(['own: 1 of 3 runs', 'own: 2 of 3 runs', 'own: 3 of 3 runs']);
    for (const seed of [0, 1, 2]) expect(found.own.runs[seed]).toEqual(await fidelityRun(pool(), { ...options, seed }));
    expect(found.score).toMatchObject({ name: 'own', never: 0, ratio: found.ratio.ratio });
    expect(found.score.median).toBeGreaterThan(0);
    // All values lie within 1 of one another: the first measured is near enough.
    const first = found.own.runs.map((run) => run.steps[0]![0] / 40);
    expect(found.near.median).toBeCloseTo([...first].sort((a, b) => a - b)[1]!, 12);
    expect(found.score.low).toBeGreaterThan(0);
    expect(found.score.secondsADecision).toBeGreaterThan(0);
    expect(scoreLine(found.score)).toMatch(/^own +0\.\d\d \/ .* \(.*\) {2}\d\.\d\d \[\d\.\d\d, \d\.\d\d\] {2}0\.\d\d/);
  });

  it('needs two seeds, and passes on what a run throws', async () => {
    const never = () => Promise.reject(new Error('no run'));
    await expect(withContest(1, () => {}, never)).rejects.toThrow('two seeds');
    await expect(
      withContest(
        2,
        () => {},
        (contest) => contest.runs('own', never),
      ),
    ).rejects.toThrow('no run');
  });
});
