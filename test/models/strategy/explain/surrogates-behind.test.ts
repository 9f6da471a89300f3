import { describe, expect, it } from 'vitest';
import type { TrialRecord } from '../../../../models/domain/record.js';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { lastCalibrations, surrogatesBehind } from '../../../../models/strategy/explain/surrogates-behind.js';
import { someCampaign, somePool } from '../../../support/campaigns.js';

const campaign = someCampaign({ budget: { cost: 12 } }, somePool(40));

/** Trials of the campaign, the lower fidelity a shifted target. */
async function play(n: number): Promise<readonly TrialRecord[]> {
  const planner = new Planner(campaign);
  for (let i = 0; i < n; i++) {
    const { proposals } = await planner.ask(1);
    planner.tell(
      proposals.map(({ id, design, fidelity }) => {
        const x = Number(design.x) - (fidelity === 'low' ? 0.05 : 0);
        return { id, value: Math.sin(7 * x) + Number(design.y) ** 2 };
      }),
    );
  }
  return planner.trials;
}

const trials = await play(26);
const fits = trials.flatMap(({ proposal }, at) => (proposal.basis.fit === null ? [] : [{ at, proposal }]));

describe('the surrogates behind a decision', () => {
  it('have the weights that its proposal says', async () => {
    expect(fits.length).toBeGreaterThan(5);
    for (const { proposal } of fits) {
      const known = trials.slice(0, proposal.basis.observed);
      const { ensemble, prepared } = await surrogatesBehind(campaign, known, proposal.basis.fit!);
      expect(ensemble.members.map(({ name, weight }) => [name, weight])).toEqual(
        proposal.basis.fit!.members.map(({ name, weight }) => [name, weight]),
      );
      const posteriors = ensemble.members.map(({ surrogate }) =>
        surrogate.posterior(prepared.encoder.encode([proposal.design])),
      );
      expect(ensemble.quantile(posteriors, { level: 1, candidate: 0 }, 0.5)).toBeCloseTo(
        proposal.reason.targetMean!,
        6,
      );
    }
  });

  it('are calibrated where they have weight, each within its bounds, the same every time', async () => {
    const { proposal } = fits.at(-1)!;
    const behind = await surrogatesBehind(campaign, trials, proposal.basis.fit!);
    const { members } = (await behind.calibrated()).ensemble;
    expect(members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(members.length).toBeLessThan(behind.ensemble.members.length);
    for (const { calibration } of members) {
      expect(calibration).toBeGreaterThanOrEqual(0.3);
      expect(calibration).toBeLessThanOrEqual(3);
    }
    const record = { campaign, phase: 'stopped' as const, stop: null, trials, audit: [] };
    expect([...(await lastCalibrations(record))]).toEqual(members.map(({ name, calibration }) => [name, calibration]));
  });

  it('are none before the first fit, and none of a fit that another version made', async () => {
    const record = { campaign, phase: 'stopped' as const, stop: null, audit: [] };
    expect((await lastCalibrations({ ...record, trials: [] })).size).toBe(0);
    const earlier = trials.map((trial) => {
      const basis = { ...trial.proposal.basis, defaults: 'athanor-1' };
      return { ...trial, proposal: { ...trial.proposal, basis } };
    });
    expect((await lastCalibrations({ ...record, trials: earlier })).size).toBe(0);
  });
});
