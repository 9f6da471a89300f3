import { describe, expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { Generator } from '../../../models/random/generator.js';
import { cdf } from '../../../models/stats/normal.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { surrogatesBehind } from '../../../models/strategy/explain/surrogates-behind.js';
import { coverage90, targetMedians } from '../../../scripts/bench/coverage90.js';
import { designAtUnit, toldCampaign } from '../../../scripts/bench/told-campaign.js';

const bounds = [
  [-2, 1],
  [0, 4],
] as const;
const campaign = toldCampaign({
  name: 'told',
  seed: 4,
  bounds,
  direction: 'maximise',
  strategy: { initial: { trials: 5 } },
});
const wave = ({ x1, x2 }: Design) => 3 - Math.sin(2 * (x1 as number)) + 0.3 * (x2 as number);

/** Trials of the campaign on the wave, with noise. */
async function play(n: number, noise: number): Promise<readonly TrialRecord[]> {
  const random = new Generator(1);
  const planner = new Planner(campaign);
  for (let i = 0; i < n; i++) {
    const { proposals } = await planner.ask();
    planner.tell(proposals.map(({ id, design }) => ({ id, value: wave(design) + noise * random.normal() })));
  }
  return planner.trials;
}

describe('targetMedians', () => {
  it('predicts what the proposal says was predicted', async () => {
    const trials = await play(12, 0);
    for (const n of [5, 8, 11]) {
      const { proposal } = trials[n]!;
      const behind = await surrogatesBehind(campaign, trials.slice(0, n), proposal.basis.fit!);
      expect(-targetMedians(behind, [proposal.design])[0]!).toBeCloseTo(proposal.reason.targetMean!, 6);
    }
  });
});

describe('coverage90', () => {
  const random = new Generator(2);
  const designs = Array.from({ length: 400 }, () => designAtUnit(bounds, [random.uniform(), random.uniform()]));

  it('counts the values between the quantiles at 5 % and 95 %', async () => {
    const trials = await play(10, 0.2);
    const behind = await surrogatesBehind(campaign, trials.slice(0, 9), trials[9]!.proposal.basis.fit!);
    const {
      ensemble,
      prepared: { encoder },
    } = behind;
    const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(encoder.encode(designs)));
    // The loss at a quantile of the posterior of each design, which is what coverage counts.
    const at = (quantile: number | (() => number), noisy: boolean) =>
      designs.map((design, candidate) => {
        const u = typeof quantile === 'number' ? quantile : quantile();
        return { design, value: -ensemble.quantile(posteriors, { level: 0, candidate, noisy }, cdf(u)) };
      });
    for (const quantile of [-1.64, 0, 1.64]) {
      expect(coverage90(behind, campaign, at(quantile, false), 'truth')).toBe(1);
      expect(coverage90(behind, campaign, at(quantile, true), 'measurement')).toBe(1);
    }
    for (const quantile of [-1.65, 1.65]) {
      expect(coverage90(behind, campaign, at(quantile, false), 'truth')).toBe(0);
      expect(coverage90(behind, campaign, at(quantile, true), 'measurement')).toBe(0);
    }
    // Nine of ten draws from the beliefs themselves, within four standard errors of 400 draws.
    const drawn = at(() => random.normal(), false);
    expect(Math.abs(coverage90(behind, campaign, drawn, 'truth') - 0.9)).toBeLessThan(0.06);
  });
});
