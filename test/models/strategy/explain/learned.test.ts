import { describe, expect, it } from 'vitest';
import type { CampaignRecord } from '../../../../models/domain/record.js';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { learnedFidelities, mixed } from '../../../../models/strategy/explain/learned.js';
import { someCampaign } from '../../../support/campaigns.js';

/** A campaign over two fidelities, the lower one `low` of the target, whose low trials cost half of what is stated or twice that. */
async function played(low: (value: number) => number, trials: number): Promise<CampaignRecord> {
  const campaign = someCampaign({ budget: { trials } });
  const planner = new Planner(campaign);
  for (;;) {
    const { proposals } = await planner.ask(1);
    if (proposals.length === 0) break;
    for (const { id, design, fidelity, estimatedCost, index, round } of proposals) {
      const value = Math.sin(3 * Number(design.x)) + Number(design.y) ** 2;
      const isLow = fidelity === 'low';
      const cost = isLow ? 0.1 * ((round + index) % 2 === 0 ? 0.5 : 2) : estimatedCost;
      planner.tell([{ id, value: isLow ? low(value) : value, cost }]);
    }
  }
  return { campaign, phase: 'stopped', stop: null, trials: planner.trials, audit: [] };
}

describe('what was learned of fidelities', () => {
  it('is the correlation of either sign, and what trials cost', async () => {
    for (const sign of [1, -1]) {
      const record = await played((value) => 5 + 2 * sign * value, 30);
      const [low, high] = await learnedFidelities(record);
      expect(sign * low!.correlation!.value).toBeGreaterThan(0.9);
      expect(low!.correlation!.low).toBeLessThan(low!.correlation!.value);
      expect(low!.correlation!.high).toBeGreaterThan(low!.correlation!.value);
      expect(Math.abs(low!.correlation!.low)).toBeLessThanOrEqual(1);
      expect(low!.costs.stated).toBe(0.1);
      expect(low!.costs.sd).toBeGreaterThan(0.05);
      expect(low!.costs.expected).not.toBe(0.1);
      expect(low!.verdict).toContain('a trial tells more for its cost');
      expect(low!.droppedAt).toBeNull();
      expect(high).toMatchObject({ correlation: null, costs: { stated: 1, sd: 0 }, toTarget: null });
      expect(high!.predicted.trials).toBeGreaterThan(2);
      expect(await learnedFidelities(record)).toEqual([low, high]);
    }
  });

  it('says from when on a useless fidelity was not asked, and why', async () => {
    // Nothing of the target is in it.
    const record = await played((value) => Math.sin(1e4 * value), 60);
    const [low] = await learnedFidelities(record);
    expect(low!.correlation!.low).toBeLessThan(0);
    expect(low!.correlation!.high).toBeGreaterThan(0);
    const reasons = record.trials.map(({ proposal }) => [proposal.id, proposal.reason.text] as const);
    const first = reasons.find(([, text]) => text.includes('low is no longer asked'))?.[0] ?? null;
    const { pays } = low!.toTarget!;
    expect(low!.droppedAt).toBe(pays === false ? first : null);
    expect(low!.verdict.startsWith('low is no longer asked: its correlation')).toBe(pays === false);
  });

  it('is little before anything was measured, or of a surrogate that is not there', async () => {
    const record = await played((value) => value, 20);
    const none = await learnedFidelities({ ...record, trials: [] });
    expect(none.map(({ correlation, trials, costs }) => ({ correlation, trials, costs }))).toEqual([
      { correlation: null, trials: 0, costs: { stated: 0.1, expected: 0.1, sd: null } },
      { correlation: null, trials: 0, costs: { stated: 1, expected: 1, sd: null } },
    ]);
    const strange = record.trials.map(({ proposal, ...rest }) => {
      const { fit } = proposal.basis;
      return {
        ...rest,
        proposal: { ...proposal, basis: { ...proposal.basis, fit: fit && { ...fit, surrogate: 'gone' } } },
      };
    });
    expect((await learnedFidelities({ ...record, trials: strange }))[0]!.correlation).toBeNull();
  });
});

describe('a mixture of correlations', () => {
  it('has the quantiles of one that is normal, and lies between two', () => {
    const posterior = { mean: 0.4, sd: 0.3 };
    const one = mixed([{ weight: 0.2, posterior }]);
    expect(one.value).toBeCloseTo(Math.tanh(0.4), 10);
    expect(one.high).toBeCloseTo(Math.tanh(0.4 + 1.6448536 * 0.3), 6);
    expect(one.low).toBeCloseTo(Math.tanh(0.4 - 1.6448536 * 0.3), 6);
    const two = mixed([
      { weight: 0.5, posterior },
      { weight: 0.5, posterior: { mean: -0.4, sd: 0.3 } },
    ]);
    expect(two.value).toBeCloseTo(0, 8);
    expect(two.high).toBeCloseTo(-two.low, 8);
  });
});
