import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../../lab-adapters/registry.js';
import { campaignSchema } from '../../../../models/domain/campaign.js';
import type { Design } from '../../../../models/domain/design.js';
import { InfeasibleError } from '../../../../models/domain/errors.js';
import { Generator } from '../../../../models/random/generator.js';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { decide } from '../../../../models/strategy/decide.js';
import { outlook } from '../../../../models/strategy/explain/outlook.js';
import { recommend } from '../../../../models/strategy/explain/recommend.js';
import { Predictor } from '../../../../models/strategy/predict/predictor.js';
import { runInProcess } from '../../../../scripts/simulate/run-in-process.js';
import { ended, someCampaign } from '../../../support/campaigns.js';
import { publishedBranin } from '../../../support/published-branin.js';
import { someRecord } from '../../../support/record.js';

const own = (design: Design) => ({ design, rowId: null });

const parameters = [
  { name: 'x1', type: 'continuous' as const, bounds: [-5, 10] as [number, number] },
  { name: 'x2', type: 'continuous' as const, bounds: [0, 15] as [number, number] },
];
const spec = campaignSchema.parse({
  name: 'ahead',
  space: { parameters },
  objectives: [{ name: 'value', direction: 'minimise' }],
  fidelities: [{ name: 'exact', adapter: 'problem', settings: { problem: 'branin' }, cost: 1 }],
  budget: { trials: 18 },
});
const campaign = { id: 'ahead', spec, space: { parameters: spec.space.parameters!, pool: null } };

describe('Predictor', () => {
  it('says of designs what the report says of them, and what was measured where it was', async () => {
    const record = await runInProcess(campaign, { registry: createRegistry(), seed: 5 });
    const { untried } = (await outlook(record))!;
    const predictor = await Predictor.of(record);
    expect(predictor.properties).toEqual([{ fidelity: 'exact', outcome: 'value', trials: 18, approximation: null }]);
    const [told, alone] = [await predictor.predict(untried), await predictor.predict(untried.slice(3, 4))];
    expect(told.map(([one]) => [one!.median, one!.interval])).toEqual(
      untried.map(({ expected, interval }) => [expected, interval]),
    );
    expect(told[3]).toEqual(alone[0]);
    const { proposal, observation } = record.trials[4]!;
    const there = (await predictor.predict([own(proposal.design)]))[0]![0]!;
    expect(there).toMatchObject({ applicability: 1, nearest: proposal.id });
    expect(there.measured).toEqual([{ trialId: proposal.id, value: observation!.values.value }]);
    expect(told.every(([one]) => one!.measured.length === 0 && one!.applicability < 1)).toBe(true);
    // Narrower where less is to be held.
    const half = await (await Predictor.of(record, { interval: 0.5 })).predict(untried.slice(0, 1));
    expect(half[0]![0]!.interval[1] - half[0]![0]!.interval[0]).toBeLessThan(
      0.7 * (told[0]![0]!.interval[1] - told[0]![0]!.interval[0]),
    );
  });

  it('expects at a lower fidelity what the recommendation does', async () => {
    const bowl = ({ x, y }: Design) => ((x as number) - 0.3) ** 2 + ((y as number) - 0.5) ** 2;
    const low = someCampaign({ strategy: { initial: { trials: 3, lowCost: 2 } } });
    const request = { campaign: low, round: 1, count: 23, pending: [], remainingCost: null, trials: [] };
    const { proposals } = await decide(request);
    const trials = proposals.map((proposal) =>
      ended(proposal, bowl(proposal.design), proposal.fidelity === 'low' ? 'measured' : 'failed'),
    );
    const told = (await recommend(low, trials))!;
    const predictor = await Predictor.of({ campaign: low, trials });
    expect(predictor.properties.map(({ fidelity }) => fidelity)).toEqual(['low']);
    const one = (await predictor.predict([told]))[0]![0]!;
    // Each fit starts its search from places of its own.
    expect(one.median).toBeCloseTo(told.expected, 4);
  });

  it('holds nine of ten values of a function in its intervals', async () => {
    const random = new Generator(11, 'designs');
    const some = (n: number) =>
      Array.from({ length: n }, () => own({ x1: -5 + 15 * random.uniform(), x2: 15 * random.uniform() }));
    let [held, asked] = [0, 0];
    for (let repeat = 0; repeat < 5; repeat++) {
      const planner = new Planner(campaign);
      planner.tell(some(24).map(({ design }) => ({ design, value: publishedBranin(design) })));
      const predictor = await Predictor.of({ campaign, trials: planner.trials });
      const places = some(400);
      const told = await predictor.predict(places);
      told.forEach(([one], i) => {
        const value = publishedBranin(places[i]!.design);
        asked += 1;
        if (value >= one!.interval[0] && value <= one!.interval[1]) held += 1;
      });
    }
    expect(held / asked).toBeGreaterThan(0.82);
    expect(held / asked).toBeLessThan(0.97);
  });

  it('says what it can by a single trial, of a molecule that the space has not, too', async () => {
    const predictor = await Predictor.of(someRecord([{ value: 1, molecule: 'CCO' }]));
    const [there, far, strange] = (
      await predictor.predict(['CCO', 'c1ccccc1', 'CCCO'].map((molecule) => own({ molecule })))
    ).map(([one]) => one!);
    expect([there!.median, there!.applicability, far!.applicability]).toEqual([1, 1, 0]);
    expect(strange!.applicability).toBeGreaterThan(0.2);
    for (const { interval } of [there!, far!, strange!]) expect(interval.every(Number.isFinite)).toBe(true);
    await expect(predictor.predict([own({ molecule: 'C1CC' })])).rejects.toThrow(/'C1CC' is no molecule/);
    await expect(Predictor.of(someRecord([{ value: 1 }]), { interval: 1 })).rejects.toThrow(/between 0 and 1/);
  });

  it('has nothing to say where nothing was measured', async () => {
    await expect(Predictor.of(someRecord([]))).rejects.toThrow(InfeasibleError);
  });
});
