import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acquisitions } from '../../../models/acquisition/acquisitions.js';
import type { Campaign } from '../../../models/domain/campaign.js';
import { type Design, designKey } from '../../../models/domain/design.js';
import { typeOf } from '../../../models/domain/parameters/parameter.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { decide } from '../../../models/strategy/decide.js';
import type { Decision } from '../../../models/strategy/decision.js';
import type { Result } from '../../../models/strategy/result.js';
import { surrogateChoices } from '../../../models/surrogate/surrogates.js';
import { badCampaign, badSpaces } from '../../support/bad-campaigns.js';
import { badValues } from '../../support/bad-numbers.js';
import { ended } from '../../support/campaigns.js';

const keyOf = ({ fidelity, rowId, design }: Proposal) => `${fidelity} ${rowId ?? designKey(design)}`;

const first = { round: 1, count: 3, pending: [], remainingCost: null, trials: [] };

/** What every decision must be, whatever it was made from. */
function expectSound(campaign: Campaign, before: readonly TrialRecord[], count: number, decision: Decision): void {
  const { proposals, shortfall } = decision;
  const { pool, parameters } = campaign.space;
  expect(proposals.length < count).toBe(shortfall !== null);
  for (const { design, rowId, reason, fidelity, estimatedCost } of proposals) {
    expect(estimatedCost > 0 && Number.isFinite(estimatedCost)).toBe(true);
    if (pool !== null) expect(design).toEqual(pool.designs.at(pool.ids.indexOf(rowId!)));
    else
      for (const parameter of parameters)
        expect(typeOf(parameter).refuses(parameter, design[parameter.name]!)).toBe(null);
    const { value, mean, sd, targetMean, targetSd, text } = reason;
    for (const number of [value, mean, sd, targetMean, targetSd])
      expect(number === null || Number.isFinite(number)).toBe(true);
    for (const spread of [sd, targetSd]) expect(spread === null || spread >= 0).toBe(true);
    // Only of a level that the surrogate knows nothing of is a trial worth nothing.
    if (reason.kind === 'acquisition' && fidelity === 'high') expect(value).not.toBe(null);
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
  }
  expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  const keys = proposals.map(keyOf);
  expect(new Set([...keys, ...before.map(({ proposal }) => keyOf(proposal))]).size).toBe(
    keys.length + new Set(before.map(({ proposal }) => keyOf(proposal))).size,
  );
}

/** Mostly that of the fidelity. */
const cost = fc.constantFrom(undefined, undefined, undefined, 0, 5e-324, 1e-300, 2, 1e300, Number.MAX_VALUE);

const outcome = fc.constantFrom('measured', 'measured', 'measured', 'failed', 'pending');

/** A campaign with what is told of it; at some places several times. */
const situation = fc
  .record({
    space: fc.constantFrom(...Object.keys(badSpaces)),
    levels: fc.constantFrom(1 as const, 2 as const),
    direction: fc.constantFrom('minimise' as const, 'maximise' as const),
    surrogate: fc.constantFrom(undefined, ...surrogateChoices.map(({ name }) => name)),
    n: fc.integer({ min: 1, max: 7 }),
    count: fc.integer({ min: 1, max: 4 }),
  })
  .chain((given) =>
    fc.record({
      given: fc.constant(given),
      values: badValues(given.n),
      told: fc.array(fc.record({ place: fc.nat(5), outcome, low: fc.boolean(), cost }), {
        minLength: given.n,
        maxLength: given.n,
      }),
    }),
  );

type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function resultsOf({ given, told, values }: Situation, { space }: Campaign): Result[] {
  return told.map(({ place, outcome, low, cost }, i): Result => {
    const at = (p: number) => (place === 0 ? 0 : place === 1 ? 1 - 2 ** -53 : ((place * (p + 1)) / 7) % 1);
    const where =
      space.pool === null
        ? {
            design: Object.fromEntries(space.parameters.map((one, p) => [one.name, typeOf(one).fromUnit(one, at(p))])),
          }
        : { rowId: `r${place % space.pool.ids.length}` };
    const state = outcome as NonNullable<Result['outcome']>;
    const fidelity = given.levels === 2 && low ? 'low' : 'high';
    const value = state === 'measured' ? { value: values[i]! } : {};
    return { ...where, fidelity, outcome: state, ...value, ...(cost === undefined ? {} : { cost }) };
  });
}

async function expectDecision(situation: Situation, acquisition: string): Promise<void> {
  const { space, levels, direction, surrogate, count } = situation.given;
  const strategy = { acquisition, ...(surrogate === undefined ? {} : { surrogate }), budget: { trials: 60 } };
  const campaign = badCampaign(badSpaces[space]!, levels, strategy, direction);
  const planner = new Planner(campaign);
  planner.tell(resultsOf(situation, campaign));
  for (let round = 0; round < 2; round++) {
    const before = planner.trials;
    expectSound(campaign, before, count, await planner.ask(count));
  }
}

const twenty = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x${i}`, i / 19]));
const [corner, middle] = [
  { x: 0, y: -2 },
  { x: 0.5, y: 0 },
];
const measured = (design: Design, ...values: number[]): Result[] => values.map((value) => ({ design, value }));
const rows = (outcome: 'failed' | 'pending', n: number): Result[] =>
  Array.from({ length: n }, (_, i) => ({ rowId: `r${i}`, outcome }));
const largest = Number.MAX_VALUE;

/** Space, what is told, proposals wanted and made, why there are no more, and what differs from the default. */
const examples: readonly [
  what: string,
  space: string,
  told: readonly Result[],
  counts: readonly [wanted: number, made: number],
  shortfall: Decision['shortfall'],
  strategy?: Parameters<typeof badCampaign>[2],
][] = [
  ['nothing', 'continuous', [], [3, 3], null],
  ['one observation', 'continuous', measured(middle, 2), [3, 3], null],
  ['one observation in 20 dimensions', 'more parameters than trials', measured(twenty, -0), [2, 2], null],
  ['a design five times, alike', 'continuous', measured(middle, 4, 4, 4, 4, 4), [2, 2], null],
  ['a design five times, far apart', 'continuous', measured(middle, 0, 1e300, -1e300, 1, 5e-324), [2, 2], null],
  ['constant values', 'continuous', [...measured(corner, 1e300), ...measured(middle, 1e300)], [2, 2], null],
  [
    'the largest numbers, by bounds of an ensemble',
    'continuous',
    [...measured(corner, largest, largest / 2), ...measured(middle, -largest, 0)],
    [3, 3],
    null,
    { acquisition: 'ucb', surrogate: 'ensemble' },
  ],
  ['only failures', 'pool in line', rows('failed', 5), [2, 2], null],
  ['failures everywhere', 'pool in line', rows('failed', 12), [2, 0], 'space'],
  ['only trials in flight', 'pool in line', rows('pending', 5), [2, 2], null],
  ['trials in flight everywhere', 'pool in line', rows('pending', 12), [2, 0], 'space'],
  ['more in flight than measured', 'pool in line', [...rows('pending', 8), { rowId: 'r9', value: 3 }], [2, 2], null],
  ['fewer rows left than wanted', 'pool in line', [...rows('failed', 8), { rowId: 'r9', value: 3 }], [9, 3], 'space'],
  ['the one row', 'pool of one row', [{ rowId: 'r0', value: 1 }], [1, 0], 'space'],
  ['the one row not yet', 'pool of one row', [], [2, 1], 'space'],
  ['the one design not yet', 'one design', [], [2, 1], 'space'],
  ['rows that are alike', 'pool all alike', [{ rowId: 'r0', value: 1 }], [9, 6], 'space'],
  ['a budget that pays nothing', 'continuous', measured(middle, 2), [1, 0], 'budget', { budget: { cost: 1.5 } }],
  ['a budget that pays less', 'continuous', measured(middle, 2), [5, 2], 'budget', { budget: { cost: 3.5 } }],
  ['a budget of one trial', 'continuous', measured(middle, 2), [5, 0], 'budget', { budget: { trials: 1 } }],
];

describe('decisions on numbers at the edge', () => {
  it.each(examples)('after %s', async (_, space, told, [wanted, made], shortfall, strategy = {}) => {
    for (const levels of [1, 2] as const) {
      const campaign = badCampaign(badSpaces[space]!, levels, strategy);
      const planner = new Planner(campaign);
      planner.tell(told);
      const before = planner.trials;
      const decision = await planner.ask(wanted);
      expectSound(campaign, before, wanted, decision);
      // A cheaper level has more to give than the target alone.
      if (levels === 1) expect([decision.proposals.length, decision.shortfall]).toEqual([made, shortfall]);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, undefined, null])(
    'refuses a trial that is measured with %s by its id',
    async (bad) => {
      const campaign = badCampaign(badSpaces.continuous!, 1, {});
      const { proposals } = await decide({ campaign, ...first });
      const trials = proposals.map((proposal, i) => ended(proposal, (i === 1 ? bad : i) as number));
      await expect(decide({ campaign, ...first, round: 2, trials })).rejects.toThrow(
        `trial test/r1/p2 is measured with f = ${bad}; a finite number is wanted`,
      );
    },
  );

  it('has no signs of zeros, which a record would lose', async () => {
    const campaign = badCampaign(badSpaces.continuous!, 1, {}, 'maximise');
    const planner = new Planner(campaign);
    planner.tell(measured({ x: -0, y: -0 }, 0, -0));
    expect(planner.trials.map(({ proposal }) => proposal.design)).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 0 },
    ]);
    const { proposals } = await planner.ask(3);
    for (const { reason } of proposals) expect(reason.text).not.toContain('-0,');
  });

  it.each([...acquisitions.map(({ name }) => name), 'random'])('%s proposes something sound', async (name) => {
    await fc.assert(
      fc.asyncProperty(situation, (one) => expectDecision(one, name)),
      { seed: 31, numRuns: 12 },
    );
  });
});
