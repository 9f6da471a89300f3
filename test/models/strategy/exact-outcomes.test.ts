import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import { campaignSchema } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import { goalsOf, lossOf, ownValue } from '../../../models/domain/standing.js';
import { sampledDesigns } from '../../../models/search/sampled-designs.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { atCurrent, encodedAt, placesOfTrials, prepareFor } from '../../../models/strategy/candidates.js';
import { contextsOf } from '../../../models/strategy/contexts.js';
import { exactOutcomes } from '../../../models/strategy/exact-outcomes.js';
import { insightOf } from '../../../models/strategy/explain/insight.js';
import { visitsOf } from '../../../models/strategy/history.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

const spec = campaignSchema.parse({
  name: 'batch',
  seed: 5,
  space: {
    parameters: [
      { name: 'solvent', type: 'composition', components: ['dioxane', 'ethanol', 'water'], total: 10 },
      { name: 'amount', type: 'continuous', bounds: [0.5, 4] },
      { name: 'base', type: 'categorical', levels: ['KOAc', 'CsOAc'] },
      { name: 'hours', type: 'integer', bounds: [1, 9] },
      { name: 'grade', type: 'discrete', values: [1, 2, 5] },
    ],
    constraints: [{ type: 'linear', terms: { 'solvent.water': 1, amount: 1 }, max: 9 }],
    properties: { price: { dioxane: 4, ethanol: 2, water: 0, KOAc: 3, CsOAc: 30 } },
  },
  objectives: [
    { name: 'yield', direction: 'maximise', reference: 0 },
    {
      name: 'profit',
      direction: 'maximise',
      expression: '100 - price(base) * amount - 4 * solvent.dioxane - 2 * solvent.ethanol - hours / grade',
      reference: -40,
      min: 20,
    },
  ],
  fidelities: [{ name: 'flask', adapter: 'problem', settings: {}, cost: 1 }],
  budget: { trials: 30 },
  strategy: { initial: { trials: 8 } },
});
const { parameters, constraints, properties } = spec.space;
const campaign = {
  id: 'batch',
  spec,
  space: { parameters: parameters!, constraints: constraints!, properties, pool: null },
} as unknown as Campaign;
const share = (design: Design, name: string) =>
  Number(new RegExp(`${name}:(\\S+)`).exec(String(design.solvent))?.[1] ?? 0);
const profit = (design: Design) =>
  100 -
  (design.base === 'KOAc' ? 3 : 30) * Number(design.amount) -
  4 * share(design, 'dioxane') -
  2 * share(design, 'ethanol') -
  Number(design.hours) / Number(design.grade);

describe('objectives of the design alone', () => {
  it('are known of every design, with their slopes along free numbers', async () => {
    const prepared = await prepareFor(campaign.space, []);
    const designs = sampledDesigns(campaign.space, 40, 1);
    const encoded = prepared.encoder.encode(designs);
    const { surrogate } = exactOutcomes(campaign, prepared, []).get('profit')!.members[0]!;
    const { mean } = surrogate.posterior(encoded);
    designs.forEach((design, i) => {
      expect(mean[0]![i]!).toBeCloseTo(-profit(design), 9);
      const at = prepared.encoder.encode([design]);
      const slopes = surrogate.local(at).meanGradient[0]!;
      const price = design.base === 'KOAc' ? 3 : 30;
      // Three amounts out of 10, then the amount of base out of 3.5.
      for (const [j, slope] of [40, 20, 0, 3.5 * price].entries()) expect(slopes[j]!).toBeCloseTo(slope, 5);
    });
  });

  it('are taken as they are in what is proposed, told and explained', async () => {
    const planner = new Planner(campaign);
    for (let i = 0; i < 14; i++) {
      const { proposals } = await planner.ask();
      planner.tell(
        proposals.map(({ reason, ...one }) => {
          const { design } = one;
          if (reason.kind === 'acquisition') {
            const [told] = reason.outcomes!;
            expect(told).toMatchObject({ name: 'profit', sd: 0 });
            expect(told!.mean).toBeCloseTo(profit(design), 9);
            expect(reason.text).toMatch(/yield \S+ ± \S+, profit [\d.-]+;/);
            // What breaks its bound is known to.
            expect(profit(design)).toBeGreaterThanOrEqual(20 - 1e-3);
          }
          const value = 40 + 3 * share(design, 'dioxane') + 5 * Number(design.amount) - (Number(design.hours) - 4) ** 2;
          return { ...one, value };
        }),
      );
    }
    const { trials } = planner;
    for (const { proposal, observation } of trials)
      expect(observation!.values.profit!).toBeCloseTo(profit(proposal.design), 12);
    // Nothing is fitted to it, and nothing learned.
    expect(trials.at(-1)!.proposal.basis.fit).not.toHaveProperty('outcomes');
    expect((await insightOf({ campaign, trials }))!.outcomes.map(({ name }) => name)).toEqual(['yield']);
  });

  it.each([
    ['a pool', somePool(30)],
    ['a space without a list', undefined],
  ])('are known of designs beside %s that were measured in other surroundings', async (_, space) => {
    const other = someCampaign(
      {
        objectives: [
          { name: 'f', direction: 'minimise' },
          { name: 'c', direction: 'minimise', expression: 'x + y' },
        ],
        contexts: [{ name: 'batch', type: 'categorical' }],
        fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
        budget: { trials: 60 },
      },
      space,
    );
    const planner = new Planner(other);
    planner.tell(
      [0, 1, 2].map((i) => ({
        design: { x: 0.111 + i / 10, y: space === undefined ? 2.1 : 0.2 },
        value: 1 + i,
        contexts: { batch: `B${i}` },
      })),
    );
    for (let i = 0; i < 8; i++) {
      const { proposals } = await planner.ask();
      planner.tell(proposals.map(({ id, design }) => ({ id, value: Number(design.x), contexts: { batch: `C${i}` } })));
    }
    const { trials } = planner;
    const visits = visitsOf(other, trials, []);
    const prepared = await prepareFor(other.space, placesOfTrials(trials), contextsOf(other.spec, trials, []));
    const { surrogate } = exactOutcomes(other, prepared, visits).get('c')!.members[0]!;
    // As they were measured, and as they would be now.
    for (const some of [visits, atCurrent(visits)])
      expect([...surrogate.posterior(encodedAt(prepared, some)).mean[0]!]).toEqual(
        visits.map(({ design }) => Number(design.x) + Number(design.y)),
      );
  });

  it.each([
    ['minimise', '1000 + sqrt(y)', { reference: 5000 }],
    ['minimise', '-1000 - sqrt(y)', {}],
    ['maximise', '-1000 - sqrt(y)', {}],
    ['maximise', '1000 + sqrt(y)', { reference: 10 }],
    ['target', '1000 + sqrt(y)', { value: 990 }],
  ] as const)('are worse than any other where they have no value: %s %s', async (direction, expression, more) => {
    const other = someCampaign({
      objectives: [
        { name: 'f', direction: 'minimise' },
        { name: 'c', direction, expression, ...more },
      ],
      fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
      budget: { trials: 60 },
    });
    const planner = new Planner(other);
    for (let i = 0; i < 12; i++) {
      const { proposals } = await planner.ask();
      const told = proposals.filter(({ reason }) => reason.kind === 'acquisition');
      for (const { design } of told) expect(Number(design.y)).toBeGreaterThanOrEqual(0);
      planner.tell(
        proposals.map(({ id, design }) => ({ id, value: (Number(design.x) - 0.3) ** 2 + Number(design.y) })),
      );
    }
    // Where nothing that was run has a value either, and at the edge of where there is one.
    const { parameters } = other.space;
    const prepared = await prepareFor(other.space, []);
    const goal = goalsOf(other.spec).objectives[1]!;
    const at = (y: number) => prepared.encoder.encode([{ [parameters[0]!.name]: 0.5, [parameters[1]!.name]: y }]);
    for (const visits of [[], visitsOf(other, planner.trials, [])]) {
      const { surrogate } = exactOutcomes(other, prepared, visits).get('c')!.members[0]!;
      const lossAt = (y: number) => lossOf(goal, ownValue(goal, surrogate.posterior(at(y)).mean[0]![0]!));
      const stated = 'reference' in more ? [lossOf(goal, more.reference)] : [];
      expect(lossAt(-1)).toBeGreaterThan(Math.max(lossAt(0), lossAt(1), lossAt(2), ...stated));
      expect(Math.abs(surrogate.local(at(0)).meanGradient[0]![1]!)).toBeLessThan(1e4);
    }
  });
});
