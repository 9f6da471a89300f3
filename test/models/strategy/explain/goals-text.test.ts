import { describe, expect, it } from 'vitest';
import type { CampaignSpec, Objective } from '../../../../models/domain/campaign.js';
import { goalsOf, judged } from '../../../../models/domain/standing.js';
import { chanceWithin, goalsText } from '../../../../models/strategy/explain/goals-text.js';
import type { JudgedVisit } from '../../../../models/strategy/history.js';
import { Ensemble } from '../../../../models/surrogate/ensemble.js';
import { gp } from '../../../../models/surrogate/surrogates.js';
import { someCampaign } from '../../../support/campaigns.js';
import { numericDesigns } from '../../../support/encoded.js';

const objectives: Objective[] = [
  { name: 'yield', direction: 'maximise' as const, unit: '%' },
  { name: 'price', direction: 'minimise' as const },
];
const spec: CampaignSpec = { ...someCampaign().spec, objectives };
const trial = (trialId: string, values: Record<string, number>, of = spec): JudgedVisit => ({
  visit: { trialId, design: {}, rowId: null, level: 0, turned: [], noises: [], pending: false },
  ...judged({ ...goalsOf(of), bounds: [] }, values),
});
const front = [
  trial('a', { yield: 90, price: 50 }),
  trial('b', { yield: 60, price: 20 }),
  trial('c', { yield: 20, price: 5 }),
];
const told = (mean: number, price: number, within: number | null = null) =>
  goalsText(spec, {
    expected: [
      { name: 'yield', mean, sd: 2 },
      { name: 'price', mean: price, sd: 1 },
    ],
    front,
    within,
    number: (value) => `${value}`,
  });

describe('what a proposal for several goals aims at', () => {
  it('is said beside the front', () => {
    expect(told(70, 15)).toBe(
      'expected at the target: yield 70 ± 2 %, price 15 ± 1; better in all than b of the front',
    );
    expect(told(95, 60)).toMatch(/; beyond the front in yield$/);
    expect(told(75, 35, 0.914)).toMatch(
      /; a trade-off beside [ab] \(.*\) and [ab] \(.*\); keeps its bounds with probability 0\.91$/,
    );
    expect(told(75, 35)).toContain('b (better yield, worse price)');
    expect(told(55, 25)).toMatch(/; in nothing better than b of the front$/);
    expect(told(60, 20)).toMatch(/; in nothing better than b of the front$/);
  });

  it('is what is still sought where nothing counts, and the distance of the best to a target', () => {
    const bounded = { ...spec, objectives: [objectives[0]!], outcomes: [{ name: 'ph', min: 6, max: 8 }] };
    const one = {
      expected: [{ name: 'yield', mean: 1, sd: 1 }],
      front: [],
      within: 0.5,
      number: (value: number) => `${value}`,
    };
    expect(goalsText(bounded, one)).toMatch(/; sought to keep 6 ≤ ph ≤ 8, which no trial is known to do yet; keeps/);
    expect(goalsText(spec, { ...one, within: null })).toMatch(/; nothing to compare it with yet$/);
    const target = { ...spec, objectives: [{ name: 'yield', direction: 'target' as const, value: 50, tolerance: 1 }] };
    const at = { ...one, within: null, front: [trial('a', { yield: 54 }, target)] };
    expect(goalsText(target, at)).toMatch(/; best so far 4 from its target \(a\)$/);
    const gain = { of: 'loss' as const, expected: 5, now: null };
    expect(goalsText(target, { ...at, gain })).toMatch(
      /by all that is known is farther off than it was measured, by 5 on average$/,
    );
    expect(goalsText(target, { ...at, gain: { ...gain, expected: 3 } })).toMatch(/; betters the best by 3 on average$/);
    const near = {
      ...at,
      front: [trial('a', { yield: 49.5 }, target)],
      gain: { of: 'loss' as const, expected: 0, now: null },
    };
    expect(goalsText(target, near)).toMatch(
      /; best so far 0\.5 from its target \(a\), which reaches it; nothing is expected to better what there is$/,
    );
  });

  it('is as likely to keep its bounds as the surrogates of their outcomes say', () => {
    const designs = numericDesigns([[0.1], [0.5], [0.9]]);
    const training = {
      designs,
      levels: new Int32Array(3),
      losses: Float64Array.of(1, 2, 3),
      levelCount: 1,
      finite: false,
    };
    const surrogate = gp.fit(training, { seed: 1, previous: null, optimise: true });
    const further = new Map([
      ['ph', new Ensemble([{ name: 'gp', sees: 'target' as const, weight: 1, score: 0, surrogate }])],
    ]);
    const at = (bounds: { min?: number; max?: number }) =>
      chanceWithin({ ...spec, outcomes: [{ name: 'ph', ...bounds }] }, further, numericDesigns([[0.5]]));
    expect(at({ min: 1.5, max: 2.5 })).toBeGreaterThan(0.9);
    expect(at({ max: 1.5 })! + at({ min: 1.5 })!).toBeCloseTo(1, 9);
    expect(chanceWithin(spec, further, numericDesigns([[0.5]]))).toBeNull();
  });
});
