import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acquisitions } from '../../../models/acquisition/acquisitions.js';
import type { Campaign } from '../../../models/domain/campaign.js';
import { designKey } from '../../../models/domain/design.js';
import { typeOf } from '../../../models/domain/parameters/parameter.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { designAt } from '../../../models/strategy/candidates.js';
import type { Decision } from '../../../models/strategy/decide.js';
import type { Result } from '../../../models/strategy/result.js';
import { surrogateChoices } from '../../../models/surrogate/surrogates.js';
import { badCampaign, badSpaces } from '../../support/bad-campaigns.js';
import { badValues } from '../../support/bad-numbers.js';

const keyOf = ({ fidelity, rowId, design }: Proposal) => `${fidelity} ${rowId ?? designKey(design)}`;

/** What every decision must be, whatever it was made from. */
function expectSound(campaign: Campaign, before: readonly TrialRecord[], count: number, decision: Decision): void {
  const { proposals, shortfall } = decision;
  const { pool, parameters } = campaign.space;
  expect(proposals.length < count).toBe(shortfall !== null);
  for (const { design, rowId, reason } of proposals) {
    if (pool !== null) expect(design).toEqual(pool.designs.at(pool.ids.indexOf(rowId!)));
    else
      for (const parameter of parameters)
        expect(typeOf(parameter).refuses(parameter, design[parameter.name]!)).toBe(null);
    const { value, mean, sd, targetMean, targetSd, text } = reason;
    for (const number of [value, mean, sd, targetMean, targetSd])
      expect(number === null || Number.isFinite(number)).toBe(true);
    for (const spread of [sd, targetSd]) expect(spread === null || spread >= 0).toBe(true);
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
  }
  expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  const keys = proposals.map(keyOf);
  expect(new Set([...keys, ...before.map(({ proposal }) => keyOf(proposal))]).size).toBe(
    keys.length + new Set(before.map(({ proposal }) => keyOf(proposal))).size,
  );
}

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
      told: fc.array(fc.record({ place: fc.nat(5), outcome, low: fc.boolean() }), {
        minLength: given.n,
        maxLength: given.n,
      }),
    }),
  );

type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function resultsOf({ given, told, values }: Situation, { space }: Campaign): Result[] {
  return told.map(({ place, outcome, low }, i): Result => {
    const at = (p: number) => (place === 0 ? 0 : place === 1 ? 1 - 2 ** -53 : ((place * (p + 1)) / 7) % 1);
    const where =
      space.pool === null
        ? {
            design: designAt(
              space,
              space.parameters.map((_, p) => at(p)),
            ),
          }
        : { rowId: `r${place % space.pool.ids.length}` };
    const state = outcome as NonNullable<Result['outcome']>;
    const fidelity = given.levels === 2 && low ? 'low' : 'high';
    return { ...where, fidelity, outcome: state, ...(state === 'measured' ? { value: values[i]! } : {}) };
  });
}

async function expectDecision(situation: Situation, acquisition: string): Promise<void> {
  const { space, levels, direction, surrogate, count } = situation.given;
  const strategy = { acquisition, ...(surrogate === undefined ? {} : { surrogate }) };
  const campaign = badCampaign(badSpaces[space]!, levels, strategy, direction);
  const planner = new Planner(campaign);
  planner.tell(resultsOf(situation, campaign));
  for (let round = 0; round < 2; round++) {
    const before = planner.trials;
    expectSound(campaign, before, count, await planner.ask(count));
  }
}

describe('decisions on numbers at the edge', () => {
  it.each([...acquisitions.map(({ name }) => name), 'random'])('%s proposes something sound', async (name) => {
    await fc.assert(
      fc.asyncProperty(situation, (one) => expectDecision(one, name)),
      { seed: 31, numRuns: 40 },
    );
  });
});
