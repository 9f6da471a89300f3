import { expect, it } from 'vitest';
import { campaignSchema } from '../../../../models/domain/campaign.js';
import type { Design } from '../../../../models/domain/design.js';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { insightOf } from '../../../../models/strategy/explain/insight.js';
import { publishedBranin } from '../../../support/published-branin.js';
import { someRecord } from '../../../support/record.js';

it('finds a factor that does nothing, and says how well values are predicted', async () => {
  const spec = campaignSchema.parse({
    name: 'three',
    seed: 2,
    space: {
      parameters: [
        { name: 'x1', type: 'continuous', bounds: [-5, 10] },
        { name: 'x2', type: 'continuous', bounds: [0, 15] },
        { name: 'idle', type: 'continuous', bounds: [0, 100] },
        { name: 'hue', type: 'categorical', levels: ['red', 'green'] },
      ],
    },
    objectives: [{ name: 'value', direction: 'maximise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: {}, cost: 1 }],
    strategy: { surrogate: 'gp' },
    budget: { trials: 30 },
  });
  const campaign = { id: 'three', spec, space: { parameters: spec.space.parameters!, pool: null } };
  const planner = new Planner(campaign);
  for (let i = 0; i < 30; i++) {
    const { proposals } = await planner.ask();
    planner.tell(proposals.map((one) => ({ ...one, value: -publishedBranin(one.design) })));
  }
  const record = { campaign, trials: planner.trials };
  const insight = (await insightOf(record))!;
  expect(insight.outcomes.map(({ name }) => name)).toEqual(['value']);
  const { importance, slices, leaveOneOut } = insight.outcomes[0]!;
  const by = new Map(importance.map((one) => [one.name, one]));
  for (const idle of ['idle', 'hue'])
    for (const real of ['x1', 'x2']) {
      expect(by.get(idle)!.permutation!.fall).toBeLessThan(0.2 * by.get(real)!.permutation!.fall);
      expect(by.get(idle)!.lengthscale!.variation).toBeLessThan(by.get(real)!.lengthscale!.variation);
    }
  expect(importance.reduce((sum, { lengthscale }) => sum + lengthscale!.share, 0)).toBeCloseTo(1, 12);
  // The cosine of x1 has a period of 2π.
  expect(by.get('x1')!.lengthscale!.half).toBeLessThan(15);
  expect(by.get('hue')!.lengthscale!.half).toBeNull();
  // A slice goes through the best measured value, and its band widens away from the data.
  const best = record.trials.find(({ proposal }) => proposal.id === insight.through.trialId)!;
  const values = record.trials.map(({ observation }) => observation!.values.value!);
  expect(best.observation!.values.value).toBe(Math.max(...values));
  for (const { points } of slices)
    for (const { median, interval } of points) {
      expect(interval[0]).toBeLessThanOrEqual(median);
      expect(interval[1]).toBeGreaterThanOrEqual(median);
    }
  // Its own values are among them.
  expect(slices.map(({ points }) => points.length)).toEqual([34, 34, 34, 2]);
  expect(slices.every(({ barred, here, name }) => barred === 0 && here === best.proposal.design[name])).toBe(true);
  expect(leaveOneOut.trials.map(({ trialId }) => trialId)).toEqual(record.trials.map(({ proposal }) => proposal.id));
  expect(leaveOneOut.r2).toBeGreaterThan(0.5);
  expect(leaveOneOut.coverage.find(({ nominal }) => nominal === 0.9)!.covered).toBeGreaterThan(0.6);
  // Told in the objective's own direction: a value above its interval has a rank near 1.
  for (const { measured, interval, rank } of leaveOneOut.trials) {
    if (measured > interval[1]) expect(rank).toBeGreaterThan(0.95);
    if (measured < interval[0]) expect(rank).toBeLessThan(0.05);
  }
  expect(await insightOf({ ...record })).toEqual(insight);
});

it('tells of each of several goals, and of a mixture only where constraints are kept', async () => {
  const spec = campaignSchema.parse({
    name: 'mixed',
    seed: 1,
    space: {
      parameters: [
        { name: 'solvent', type: 'composition', components: ['dioxane', 'ethanol', 'water'] },
        { name: 't', type: 'continuous', bounds: [20, 100] },
      ],
      constraints: [
        { type: 'linear', terms: { 'solvent.water': 1 }, max: 0.6 },
        { type: 'formula', expression: 't <= 100 - 40 * solvent.ethanol' },
      ],
    },
    objectives: [
      { name: 'yield', direction: 'maximise' },
      { name: 'price', direction: 'minimise' },
    ],
    outcomes: [{ name: 'impurity', max: 4 }],
    fidelities: [{ name: 'flask', adapter: 'problem', settings: {}, cost: 1 }],
    budget: { trials: 14 },
    strategy: { initial: { trials: 8 } },
  });
  const { parameters, constraints } = spec.space;
  const campaign = { id: 'mixed', spec, space: { parameters: parameters!, constraints: constraints!, pool: null } };
  const planner = new Planner(campaign);
  const share = (design: Design, name: string) =>
    Number(new RegExp(`${name}:(\\S+)`).exec(String(design.solvent))?.[1] ?? 0);
  for (let i = 0; i < 12; i++) {
    const { proposals } = await planner.ask();
    planner.tell(
      proposals.map((one) => {
        const [ethanol, t] = [share(one.design, 'ethanol'), Number(one.design.t)];
        const values = { price: 3 + 5 * share(one.design, 'dioxane'), impurity: t / 25 + ethanol };
        return { ...one, value: t * (0.2 + ethanol) - 30 * ethanol ** 2, values };
      }),
    );
  }
  const record = { campaign, trials: planner.trials };
  const { through, outcomes } = (await insightOf(record))!;
  expect(outcomes.map(({ name }) => name)).toEqual(['yield', 'price', 'impurity']);
  const [, price, impurity] = outcomes;
  expect(price!.importance[0]!.name).toBe('solvent');
  expect(impurity!.importance[0]!.name).toBe('t');
  for (const { slices, leaveOneOut } of outcomes) {
    expect(slices.map(({ name }) => name)).toEqual(['solvent.dioxane', 'solvent.ethanol', 'solvent.water', 't']);
    expect(leaveOneOut.trials).toHaveLength(12);
    const [, ethanol, water, t] = slices;
    expect(Math.max(...water!.points.map(({ value }) => Number(value)))).toBeLessThanOrEqual(0.6 + 1e-9);
    expect(water!.barred).toBeGreaterThan(5);
    const hottest = 100 - 40 * share(through.design, 'ethanol');
    expect(Math.max(...t!.points.map(({ value }) => Number(value)))).toBeLessThanOrEqual(hottest + 1e-6);
    expect(ethanol!.here).toBeCloseTo(share(through.design, 'ethanol'), 9);
    for (const { points, here } of slices) expect(points.some(({ value }) => value === here)).toBe(true);
  }
  // Price is of dioxane alone, and less of it is cheaper in its own unit.
  const dioxane = price!.slices[0]!.points;
  expect(dioxane.at(-1)!.median).toBeGreaterThan(dioxane[0]!.median);
});

it('has nothing to say before the first fit', async () => {
  expect(await insightOf(someRecord([{ value: 1 }]))).toBeNull();
});
