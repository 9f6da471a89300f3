import { describe, expect, it } from 'vitest';
import { computedFaults, designObjectives, hasComputed, withComputed } from '../../../models/domain/computed.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import type { Observation } from '../../../models/domain/trial.js';
import { someCampaign } from '../../support/campaigns.js';

const parameters: readonly Parameter[] = [
  { name: 'amount', type: 'continuous', bounds: [0, 10] },
  { name: 'base', type: 'categorical', levels: ['KOAc', 'CsOAc'] },
  { name: 'blend', type: 'composition', components: ['A', 'B'], total: 1, step: 0.1 },
];
const scope = { parameters, properties: { price: { KOAc: 2, CsOAc: 30, A: 1, B: 5 } } };
const campaign = {
  spec: {
    ...someCampaign().spec,
    objectives: [
      { name: 'yield', direction: 'maximise' as const },
      { name: 'perGram', direction: 'minimise' as const, expression: '(price(base) * amount + price(blend)) / yield' },
      { name: 'mass', direction: 'minimise' as const, expression: 'amount + 10 * blend.B' },
    ],
  },
  space: scope,
};
const proposal = { design: { amount: 3, base: 'CsOAc', blend: 'A:0.5 B:0.5' }, rowId: null };
const observation = (more: Partial<Observation>): Observation => ({
  ...{
    trialId: 'c/r1/p1',
    outcome: 'measured',
    noise: {},
    cost: 1,
    durationMs: 0,
    cause: null,
    artefacts: {},
    details: {},
  },
  values: { yield: 50 },
  ...more,
});

describe('computed objectives', () => {
  it('stand beside what was measured, by the design that was achieved', () => {
    expect(hasComputed(campaign.spec)).toBe(true);
    expect(withComputed(campaign, proposal, observation({})).values).toEqual({ yield: 50, perGram: 93 / 50, mass: 8 });
    const achieved = observation({ achieved: { amount: 1 } });
    expect(withComputed(campaign, proposal, achieved).values).toEqual({ yield: 50, perGram: 33 / 50, mass: 6 });
  });

  it('are computed anew from what counts, and left out where they have no value', () => {
    const before = withComputed(campaign, proposal, observation({}));
    expect(
      withComputed(campaign, proposal, { ...before, values: { ...before.values, yield: 93 } }).values.perGram,
    ).toBe(1);
    expect(withComputed(campaign, proposal, observation({ values: { yield: 0 } })).values).toEqual({
      yield: 0,
      mass: 8,
    });
    expect(withComputed(campaign, proposal, observation({ values: {} })).values).toEqual({ mass: 8 });
    // What cannot be true is no value either.
    const { spec } = campaign;
    const limited = {
      ...campaign,
      spec: { ...spec, objectives: spec.objectives.map((one) => ({ ...one, limits: [0, 5] as [number, number] })) },
    };
    expect(withComputed(limited, proposal, observation({})).values).toEqual({ yield: 50, perGram: 93 / 50 });
    expect(designObjectives(limited).get('mass')!.of(proposal.design)).toBeNaN();
  });

  it('are none of a trial that gave nothing, nor of a campaign without any', () => {
    const failed = observation({ outcome: 'failed', values: {} });
    expect(withComputed(campaign, proposal, failed)).toBe(failed);
    const plain = { ...campaign, spec: someCampaign().spec };
    expect(hasComputed(plain.spec)).toBe(false);
    expect(withComputed(plain, proposal, failed)).toBe(failed);
  });

  it('are refused where a property lacks a value, or a text is none', () => {
    const lacking = { ...scope, properties: { price: { KOAc: 2, A: 1 } } };
    const said = (expression: string) => computedFaults(expression, lacking, ['yield']).map(({ message }) => message);
    expect(said('price(base) / yield')).toEqual(["no 'price' of CsOAc"]);
    expect(said('price(blend) / yield')).toEqual(["no 'price' of B"]);
    expect(said("base == 'KOAcc' ? yield : 1")).toEqual(["'KOAcc' is no value of 'base'"]);
  });

  it.each([
    ['price(base) * amount / yield', []],
    ['price(base) * amount / yeld', [24]],
    ['amount > 2', [8]],
    ['1 + 2', [1]],
    ['amount +', [9]],
  ])('%s has faults at characters %j', (expression, places) => {
    expect(computedFaults(expression, scope, ['yield']).map(({ at }) => at)).toEqual(places);
  });
});
