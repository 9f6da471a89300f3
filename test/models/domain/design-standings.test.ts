import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CampaignSpec, campaignSchema } from '../../../models/domain/campaign.js';
import { isRepeated, standingsOf } from '../../../models/domain/design-standings.js';
import { front, judgedAt } from '../../../models/domain/standing.js';

const spec = (given: Record<string, unknown> = {}): CampaignSpec =>
  campaignSchema.parse({
    name: 'test',
    seed: 1,
    space: { parameters: [{ name: 'x', type: 'continuous', bounds: [0, 100] }] },
    objectives: [{ name: 'y', direction: 'maximise' }],
    fidelities: [
      { name: 'cheap', adapter: 'problem', cost: 1 },
      { name: 'exact', adapter: 'problem', cost: 5 },
    ],
    budget: { trials: 20 },
    ...given,
  });

const trial = (n: number, x: number, values: Record<string, number>, told: Record<string, unknown> = {}) => ({
  proposal: { id: `c/r${n}/p1`, design: { x }, rowId: null, fidelity: 'exact' },
  observation: { ...observation, values, ...told },
});
let door = 0;
const observation = {
  ...{ trialId: '', outcome: 'measured' as const, noise: {}, cost: 1, durationMs: 1 },
  ...{ cause: null, artefacts: {}, details: {} },
};

describe('how designs stand', () => {
  it('is by the mean of all that was measured of one, whenever that came', () => {
    const lucky = [trial(1, 10, { y: 90 }), trial(2, 20, { y: 80 })];
    expect(standingsOf(spec(), lucky).leader).toMatchObject({ trialId: 'c/r1/p1', values: { y: 90 } });
    const again = standingsOf(spec(), [...lucky, trial(3, 10, { y: 60 })]);
    expect(again.leader).toMatchObject({ trialId: 'c/r2/p1', values: { y: 80 } });
    expect(again.leader).not.toHaveProperty('measuredIn');
    // A bad design that a late measurement makes better.
    again.add(trial(4, 10, { y: 99 }));
    expect(again.leader).toMatchObject({ trialId: 'c/r1/p1', values: { y: 83 } });
    expect(again.leader?.measuredIn).toEqual(['c/r1/p1', 'c/r3/p1', 'c/r4/p1']);
  });

  it('brings what the mean no longer beats back into a front', () => {
    const objectives = ['y', 'z'].map((name) => ({ name, direction: 'minimise' }));
    const two = [trial(1, 1, { y: 2, z: 2 }), trial(2, 2, { y: 1, z: 1 })];
    const standings = standingsOf(spec({ objectives }), two);
    const before = standings.front;
    expect(before.map(({ trialId }) => trialId)).toEqual(['c/r2/p1']);
    expect(standings.front).toBe(before);
    standings.add(trial(3, 2, { y: 7, z: 1 }));
    expect(standings.front.map(({ trialId, values }) => [trialId, values])).toEqual([
      ['c/r1/p1', { y: 2, z: 2 }],
      ['c/r2/p1', { y: 4, z: 1 }],
    ]);
  });

  it('judges the mean by target, tolerance and bounds, not the single values', () => {
    const target = { name: 'y', direction: 'target', value: 50, tolerance: 1, min: 45 };
    const trials = [trial(1, 1, { y: 44 }), trial(2, 1, { y: 56 }), trial(3, 2, { y: 48 })];
    expect(standingsOf(spec({ objectives: [target] }), trials).leader).toMatchObject({
      values: { y: 50 },
      losses: [0],
    });
  });

  it('takes an outcome that some trials lack from the others, and equals as they are', () => {
    const objectives = ['y', 'z'].map((name) => ({ name, direction: 'minimise' }));
    const trials = [trial(1, 1, { y: 0.1 }), trial(2, 1, { y: 0.1, z: 3 }), trial(3, 1, { y: 0.1 })];
    expect(standingsOf(spec({ objectives }), trials).leader?.values).toEqual({ y: 0.1, z: 3 });
  });

  it('tells designs apart by the contexts of the campaign file, and by no others', () => {
    const batch = (value: string) => ({ contexts: { batch: { value }, 'weigh/door': { value: ++door } } });
    const trials = [
      trial(1, 1, { y: 1 }, batch('A')),
      trial(2, 1, { y: 3 }, batch('B')),
      trial(3, 1, { y: 5 }, batch('A')),
    ];
    const known = spec({ contexts: [{ name: 'batch', type: 'categorical' }] });
    expect(standingsOf(known, trials).all.map(({ values }) => values.y)).toEqual([3, 3]);
    expect(standingsOf(spec(), trials).all.map(({ values }) => values.y)).toEqual([3]);
  });

  it('takes what was asked for as the design, and the row where there is one', () => {
    const place = { id: 'c/r1/p1', design: { x: 1, z: 'a' }, rowId: null, fidelity: 'exact' };
    const isAgain = (other: object, state = 'running', asked: object = {}) =>
      isRepeated([{ proposal: { ...place, id: 'c/r2/p1', ...other }, state }], { ...place, ...asked });
    expect(isAgain({ design: { z: 'a', x: 1 } })).toBe(true);
    expect(isAgain({ id: place.id })).toBe(false);
    expect(isAgain({}, 'withdrawn')).toBe(false);
    expect(isAgain({ rowId: 'r1' })).toBe(false);
    expect(isAgain({ fidelity: 'cheap' })).toBe(false);
    expect(isAgain({ rowId: 'r1' }, 'ended', { rowId: 'r2' })).toBe(false);
    expect(isAgain({ rowId: 'r1' }, 'ended', { rowId: 'r1' })).toBe(true);
  });

  it('is how single trials stand where nothing was measured twice', () => {
    const one = fc.record({ x: fc.nat(50), y: fc.integer({ min: -3, max: 3 }), isCheap: fc.boolean() });
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: ({ x }) => x, maxLength: 12 }), (given) => {
        const trials = given.map(({ x, y, isCheap }, i) => {
          const { proposal, ...rest } = trial(i + 1, x, { y });
          return { proposal: { ...proposal, fidelity: isCheap ? 'cheap' : 'exact' }, ...rest };
        });
        const single = trials.flatMap((told) => {
          const judged = judgedAt(spec(), told.proposal.fidelity, told.observation);
          return judged === null ? [] : [{ trialId: told.proposal.id, ...judged }];
        });
        const found = standingsOf(spec(), trials).front.map(({ trial: _, values: __, ...rest }) => rest);
        expect(found).toEqual(front(single));
      }),
      { seed: 2 },
    );
  });
});
