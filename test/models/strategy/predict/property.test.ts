import { expect, it } from 'vitest';
import { campaignSchema } from '../../../../models/domain/campaign.js';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { placesOfTrials, prepareFor } from '../../../../models/strategy/candidates.js';
import { visitsOf } from '../../../../models/strategy/history.js';
import { fitProperty } from '../../../../models/strategy/predict/property.js';

const spec = campaignSchema.parse({
  name: 'two',
  space: { parameters: [{ name: 'x', type: 'continuous', bounds: [0, 1] }] },
  objectives: [{ name: 'yield', direction: 'maximise' }],
  outcomes: [{ name: 'impurity' }],
  fidelities: [
    { name: 'quick', adapter: 'by-hand', cost: 0.1 },
    { name: 'full', adapter: 'by-hand', cost: 1 },
  ],
  budget: { trials: 30 },
});

it('fits each outcome at each level to what was measured of it there and below, in its own direction', async () => {
  const campaign = { id: 'two', spec, space: { parameters: spec.space.parameters!, pool: null } };
  const planner = new Planner(campaign);
  const at = (x: number, fidelity: string, impurity: boolean) => ({
    ...{ design: { x }, fidelity, value: 10 * Math.sin(3 * x) },
    ...(impurity ? { values: { impurity: 2 * x } } : {}),
  });
  planner.tell([
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].map((x) => at(x, 'quick', true)),
    ...[0.1, 0.5, 0.9].map((x) => at(x, 'full', false)),
    { design: { x: 0.3 }, outcome: 'pending' as const },
    { design: { x: 0.7 }, outcome: 'failed' as const },
  ]);
  const { trials } = planner;
  const prepared = await prepareFor(campaign.space, placesOfTrials(trials));
  const knowledge = {
    learned: { campaign, trials },
    campaign,
    trials,
    prepared,
    visits: visitsOf(campaign, trials, []),
  };
  const high = (await fitProperty(knowledge, 'yield', 1))!;
  expect(high).toMatchObject({
    fidelity: 'full',
    outcome: 'yield',
    trials: 3,
    approximation: null,
    level: 1,
    sign: -1,
  });
  expect(high.ensemble.members.map(({ name }) => name)).toContain('icm');
  expect(high.visits.map(({ turned }) => turned[0])).toEqual([0.1, 0.5, 0.9].map((x) => -10 * Math.sin(3 * x)));
  const low = (await fitProperty(knowledge, 'impurity', 0))!;
  expect(low).toMatchObject({ fidelity: 'quick', trials: 6, sign: 1 });
  const encoded = prepared.encoder.encode([{ x: 0.7 }]);
  const posteriors = low.ensemble.members.map(({ surrogate }) => surrogate.posterior(encoded));
  expect(low.ensemble.quantile(posteriors, { level: 0, candidate: 0 }, 0.5)).toBeCloseTo(1.4, 1);
  expect(await fitProperty(knowledge, 'impurity', 1)).toBeNull();
});
