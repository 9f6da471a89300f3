import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CampaignSpec } from '../../../models/domain/campaign.js';
import {
  compare,
  counts,
  front,
  type Goals,
  goalsOf,
  isFeasible,
  isReached,
  type Judged,
  joined,
  judgedAt,
  lossesOf,
  lossOf,
  lossReaching,
  modelledOutcomes,
  outcomeNames,
  ownValue,
} from '../../../models/domain/standing.js';
import type { Observation } from '../../../models/domain/trial.js';

const spec = {
  objectives: [
    { name: 'yield', direction: 'maximise', unit: '%' },
    { name: 'cost', direction: 'minimise' },
    { name: 'pH', direction: 'target', value: 7, tolerance: 0.5 },
  ],
  outcomes: [
    { name: 'impurity', max: 0.5 },
    { name: 'peak', unit: 'degC' },
    { name: 'colour', min: 1, max: 3 },
  ],
  fidelities: [{ name: 'rough' }, { name: 'exact' }],
} as unknown as CampaignSpec;
const goals = goalsOf(spec);

const good = { yield: 80, cost: 3, pH: 7.8, impurity: 0.1, peak: 90, colour: 2 };

describe('goals', () => {
  it('are plain JSON and name what is measured and what is modelled', () => {
    expect(JSON.parse(JSON.stringify(goals))).toEqual(goals);
    expect(outcomeNames(spec)).toEqual(['yield', 'cost', 'pH', 'impurity', 'peak', 'colour']);
    expect(modelledOutcomes(goals)).toEqual(['yield', 'cost', 'pH', 'impurity', 'colour']);
  });

  it('make losses: negative of what is maximised, distance beyond the tolerance of what is aimed at', () => {
    expect(lossesOf(goals, good)).toEqual([-80, 3, expect.closeTo(0.3, 12)]);
    expect(lossesOf(goals, { ...good, pH: 6.6 })[2]).toBe(0);
    expect(lossesOf(goals, { cost: 3 })).toEqual([null, 3, null]);
    // Beside no other objective the nearest is the best, and the tolerance says whether it is reached.
    const alone = goalsOf({ ...spec, objectives: [spec.objectives[2]!] });
    expect([7, 6.6, 7.8].map((pH) => lossesOf(alone, { pH })[0])).toEqual([
      0,
      expect.closeTo(0.4, 12),
      expect.closeTo(0.8, 12),
    ]);
    expect(alone.objectives).toEqual([{ name: 'pH', direction: 'target', value: 7, within: 0.5 }]);
    expect([7, 7.3, 8].map((stated) => lossReaching(alone.objectives[0]!, stated))).toEqual([0.5, 0.5, 1]);
    expect([7, 7.3, 8].map((stated) => lossReaching(goals.objectives[2]!, stated))).toEqual([0, 0, 0.5]);
    expect(lossReaching(goals.objectives[0]!, 80)).toBe(-80);
    expect([6.5, 7.4, 7.6].map((pH) => isReached(spec.objectives[2]!, pH))).toEqual([true, true, false]);
    // An outcome may have any name.
    expect(lossesOf({ objectives: [{ name: 'constructor', direction: 'minimise' }], bounds: [] }, {})).toEqual([null]);
  });

  it('turn a posterior back into values of the outcome, without a negative zero', () => {
    expect(ownValue({ direction: 'maximise' }, lossOf({ name: 'y', direction: 'maximise' }, 4))).toBe(4);
    expect(Object.is(ownValue({ direction: 'maximise' }, 0), 0)).toBe(true);
    expect(ownValue({ direction: 'target' }, 6)).toBe(6);
  });

  it.each<[string, Record<string, number>, boolean | null]>([
    ['all kept', {}, true],
    ['one broken', { impurity: 0.6 }, false],
    ['on the bound', { impurity: 0.5, colour: 1 }, true],
    ['below the lower bound', { colour: 0.9 }, false],
  ])('tell whether bounds are kept: %s', (_, other, feasible) => {
    expect(isFeasible(goals, { ...good, ...other })).toBe(feasible);
  });

  it('cannot tell where a bounded outcome is missing, unless another bound is broken', () => {
    const { impurity: _, ...rest } = good;
    expect(isFeasible(goals, rest)).toBeNull();
    expect(isFeasible(goals, { ...rest, colour: 9 })).toBe(false);
    const { peak: __, ...free } = good;
    expect(isFeasible(goals, free)).toBe(true);
  });

  it('judge what was measured at the target alone', () => {
    const seen = (outcome: Observation['outcome']) => ({ outcome, values: good }) as unknown as Observation;
    expect(judgedAt(spec, 'rough', seen('measured'))).toBeNull();
    expect(judgedAt(spec, 'exact', seen('failed'))).toBeNull();
    expect(judgedAt(spec, 'exact', seen('measured'))).toEqual({ losses: lossesOf(goals, good), feasible: true });
  });
});

const loss = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(null));
const judged = (objectives: number): fc.Arbitrary<Judged> =>
  fc.record({
    losses: fc.array(loss, { minLength: objectives, maxLength: objectives }),
    feasible: fc.constantFrom(true, true, true, false, null),
  });
const several = fc.integer({ min: 1, max: 3 }).chain((objectives) => fc.array(judged(objectives), { maxLength: 12 }));

describe('the front', () => {
  it('holds exactly those that count and that none is better than, of equals the first', () => {
    fc.assert(
      fc.property(several, (trials) => {
        const expected = trials.filter(
          (trial, i) =>
            counts(trial) &&
            trials.every((other, k) => {
              const isEqual = counts(other) && JSON.stringify(other.losses) === JSON.stringify(trial.losses);
              return compare(other, trial) >= 0 && !(isEqual && k < i);
            }),
        );
        expect(front(trials)).toEqual(expected);
      }),
    );
  });

  it('is one trial with one objective: the lowest loss, of equals the first', () => {
    fc.assert(
      fc.property(fc.array(judged(1), { maxLength: 12 }), (trials) => {
        const known = trials.filter(counts);
        const least = Math.min(...known.map(({ losses }) => losses[0]!));
        expect(front(trials)).toEqual(known.filter(({ losses }) => losses[0] === least).slice(0, 1));
      }),
    );
  });

  it('stays the same object where a trial does not join it', () => {
    const first: readonly Judged[] = [{ losses: [1, 2], feasible: true }];
    expect(joined(first, { losses: [1, 2], feasible: true })).toBe(first);
    expect(joined(first, { losses: [0, 0], feasible: null })).toBe(first);
    expect(joined(first, { losses: [0, null], feasible: true })).toBe(first);
    expect(joined(first, { losses: [0, 3], feasible: true })).toHaveLength(2);
    expect(joined(first, { losses: [0, 2], feasible: true })).toEqual([{ losses: [0, 2], feasible: true }]);
  });

  it('orders any two the same way round', () => {
    const pair = fc.integer({ min: 1, max: 3 }).chain((objectives) => fc.tuple(judged(objectives), judged(objectives)));
    fc.assert(fc.property(pair, ([a, b]) => compare(a, b) + compare(b, a) === 0));
  });
});

it('has no goals beyond the file', () => {
  const plain: Goals = goalsOf({ objectives: [{ name: 'y', direction: 'minimise' }] } as unknown as CampaignSpec);
  expect(plain).toEqual({ objectives: [{ name: 'y', direction: 'minimise' }], bounds: [] });
});
