import { expect, it } from 'vitest';
import { campaignSchema } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { Beliefs, weighed } from '../../../models/strategy/beliefs.js';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import { verifyRecord } from '../../../scripts/record/verify.js';

function campaignOf(beliefs: unknown[] | null, seed = 1, trials = 20) {
  const spec = campaignSchema.parse({
    name: 'believed',
    seed,
    space: {
      parameters: [
        { name: 'x1', type: 'continuous', bounds: [-5, 10] },
        { name: 'x2', type: 'continuous', bounds: [0, 15] },
        { name: 'hue', type: 'categorical', levels: ['red', 'green', 'blue'] },
      ],
    },
    objectives: [{ name: 'value', direction: 'minimise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: {}, cost: 1 }],
    budget: { trials },
    ...(beliefs === null ? {} : { beliefs }),
  });
  return { id: 'believed', spec, space: { parameters: spec.space.parameters!, pool: null } };
}

/** Branin's function as published, and 20 more of another hue than green; the least value is 0.397887. */
function measure({ x1, x2, hue }: Design): number {
  const [a, b] = [Number(x1), Number(x2)];
  const bowl = b - (5.1 / (4 * Math.PI ** 2)) * a ** 2 + (5 / Math.PI) * a - 6;
  return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10 + (hue === 'green' ? 0 : 20);
}

async function run(beliefs: unknown[] | null, seed: number, trials: number) {
  const campaign = campaignOf(beliefs, seed);
  const planner = new Planner(campaign);
  const bests: number[] = [];
  for (let i = 0; i < trials; i++) {
    const { proposals } = await planner.ask();
    planner.tell(proposals.map((one) => ({ ...one, value: measure(one.design) })));
    bests.push(Math.min(bests.at(-1) ?? Number.POSITIVE_INFINITY, measure(proposals[0]!.design)));
  }
  return { regrets: bests.map((best) => best - 0.397887), record: { campaign, trials: planner.trials } };
}

const right = [
  { parameter: 'x1', near: Math.PI, sd: 1 },
  { parameter: 'x2', near: 2.275, sd: 1 },
  { parameter: 'hue', weights: { green: 5 } },
];
const wrong = [
  { parameter: 'x1', near: 9, sd: 1 },
  { parameter: 'x2', near: 14, sd: 1 },
  { parameter: 'hue', weights: { red: 5 } },
];

it('is a product over parameters, with the slope of its logarithm', async () => {
  const campaign = campaignOf(right);
  const prepared = await prepareSpace(campaign.space);
  const beliefs = new Beliefs(campaign.spec, prepared);
  const at = (x1: number, x2: number, hue: string) => prepared.encoder.encode([{ x1, x2, hue }]);
  expect(beliefs.log(at(Math.PI, 2.275, 'green'))[0]).toBeCloseTo(0, 10);
  expect(beliefs.log(at(Math.PI + 1, 2.275, 'green'))[0]).toBeCloseTo(-0.5, 9);
  expect(beliefs.log(at(Math.PI, 4.275, 'blue'))[0]).toBeCloseTo(-2 - Math.log(5), 9);
  // However far, no less than the floor.
  expect(beliefs.log(at(-5, 15, 'red'))[0]).toBeCloseTo(Math.log(1e-12), 9);
  const feasibility = {
    log: () => Float64Array.of(-0.3),
    local: () => ({ value: -0.3, gradient: Float64Array.of(0.1, -0.2) }),
  };
  const both = weighed(feasibility, beliefs, 2);
  const place = at(2, 5, 'blue');
  const { value, gradient } = both.local(place);
  // Taken to the fourth power by who weighs with it.
  expect(4 * value).toBeCloseTo(4 * -0.3 + 2 * beliefs.log(place)[0]!, 12);
  expect(value).toBe(both.log(place)[0]);
  const h = 1e-5;
  for (const [j, own] of [0.1, -0.2].entries()) {
    const moved = (by: number) => {
      const other = at(2, 5, 'blue');
      other.numeric[j] = other.numeric[j]! + by;
      return both.log(other)[0]!;
    };
    expect(gradient[j]! - own).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 6);
  }
});

it('is written down with its exponent, which falls with what was measured, and is computed again', async () => {
  const { record } = await run(right, 1, 14);
  const chosen = record.trials.filter(({ proposal }) => proposal.reason.kind === 'acquisition');
  expect(chosen.length).toBeGreaterThan(3);
  for (const { proposal } of chosen) {
    // A tenth of 20 trials over those that were measured.
    expect(proposal.basis.belief).toBeCloseTo(2 / (proposal.round - 1), 12);
    expect(proposal.reason.text).toMatch(/; what is believed weighs it by [\d.e-]+$/);
  }
  expect(record.trials[0]!.proposal.basis.belief).toBeUndefined();
  const whole = { ...record, phase: 'stopped' as const, stop: null, audit: [] };
  expect((await verifyRecord(JSON.parse(JSON.stringify(whole)))).mismatches).toEqual([]);
});

it('helps where it is right, and is got over where it is wrong', async () => {
  const seeds = [1, 2, 3, 4];
  const all: number[][] = [];
  for (const beliefs of [null, right, wrong])
    for (const seed of seeds) all.push((await run(beliefs, seed, 20)).regrets);
  const mean = (from: number, trial: number) =>
    seeds.reduce((sum, _, s) => sum + Math.log(all[from * seeds.length + s]![trial - 1]! + 1e-3) / seeds.length, 0);
  const [none, good, bad] = [0, 1, 2].map((which) => ({ early: mean(which, 11), late: mean(which, 20) }));
  expect(good!.early).toBeLessThan(none!.early - 1);
  expect(bad!.late).toBeLessThan(none!.late + 2);
});
