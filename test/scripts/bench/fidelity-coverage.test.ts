import { describe, expect, it } from 'vitest';
import { coverageText, fidelityCoverage, halves } from '../../../scripts/bench/fidelity-coverage.js';
import type { FidelityPool } from '../../../scripts/bench/fidelity-sets.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

/** A pool of 40 rows with values at both levels. */
function pool(value: (row: number) => number): FidelityPool {
  const campaign = someCampaign({ objectives: [{ name: 'f', direction: 'maximise' }] }, somePool(40));
  const rows = Array.from({ length: 40 }, (_, row) => value(row));
  return { campaign, values: [rows.map((one) => 2 * one), rows] };
}

describe('fidelityCoverage', () => {
  it('finds nearly all rows of a smooth pool in their intervals, and gives shares', async () => {
    const found = await fidelityCoverage(
      pool((row) => -((row / 40 - 0.4) ** 2)),
      { seed: 1, strategy: 'default' },
    );
    expect(found.rows).toHaveLength(halves.length);
    for (const share of found.rows) expect(share).toBeGreaterThan(0.6);
    expect(found.proposals.trials).toBeGreaterThan(5);
    expect(found.proposals.within).toBeLessThanOrEqual(found.proposals.trials);
  });

  it('is written as means over the runs', () => {
    const one = (share: number) => ({ rows: [share, share], proposals: { within: 1, trials: 4 } });
    expect(coverageText([one(0.8), one(1)])).toBe('0.90 ± 0.10 / 0.90 ± 0.10, 0.25');
  });
});
