import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import { designKey } from '../../../models/domain/design.js';
import { InvalidInputError } from '../../../models/domain/errors.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { decide } from '../../../models/strategy/decide.js';
import type { DecideRequest } from '../../../models/strategy/decision.js';
import type { Result } from '../../../models/strategy/result.js';
import { ended, someCampaign, somePool } from '../../support/campaigns.js';

const bowl = (design: Design) => ((design.x as number) - 0.3) ** 2 + ((design.y as number) - 0.5) ** 2;
const single = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }] };
const keyOf = ({ proposal }: TrialRecord) => `${proposal.fidelity} ${proposal.rowId ?? designKey(proposal.design)}`;

function faultsOf(act: () => void): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.faults.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe('a planner', () => {
  it('asks as a host does that runs one trial after the other', async () => {
    const campaign = someCampaign();
    const planner = new Planner(campaign);
    const records: TrialRecord[] = [];
    let left = 20;
    for (let round = 1; round <= 30; round++) {
      const { proposals } = await planner.ask();
      const request = { campaign, round, count: 1, pending: [], remainingCost: left, trials: records };
      const byHand = (await decide(request)).proposals;
      expect(proposals.map(({ design }) => design)).toEqual(byHand.map(({ design }) => design));
      const value = bowl(proposals[0]!.design);
      planner.tell([{ ...proposals[0]!, value }]);
      records.push(ended(byHand[0]!, value));
      left = 20 - records.reduce((sum, { observation }) => sum + observation!.cost, 0);
    }
    expect(planner.trials.map((trial) => trial.observation!.values.f)).toEqual(
      records.map((record) => record.observation!.values.f),
    );
  });

  it('proposes nothing twice, whether running, measured, failed or never asked for', async () => {
    const planner = new Planner(someCampaign({ budget: { trials: 60 }, ...single }, somePool(20)));
    planner.tell([
      { rowId: 'r0', value: bowl(somePool(20).pool!.designs.at(0)!) },
      { rowId: 'r7', outcome: 'failed' },
      { rowId: 'r11', outcome: 'pending' },
    ]);
    for (let left = 17; left > 0; ) {
      const { proposals, shortfall } = await planner.ask(4);
      expect(proposals).toHaveLength(Math.min(4, left));
      expect(shortfall).toBe(left < 4 ? 'space' : null);
      left -= proposals.length;
      // Half of them stay running.
      planner.tell(proposals.slice(0, 2).map((proposal) => ({ ...proposal, value: bowl(proposal.design) })));
    }
    expect(new Set(planner.trials.map(keyOf)).size).toBe(20);
    expect((await planner.ask()).shortfall).toBe('space');
  });

  it('counts what a person measured towards the initial sample, and goes on from it', async () => {
    const campaign = someCampaign({ ...single, budget: { trials: 50 } });
    const fresh = (await new Planner(campaign).ask(6)).proposals;
    expect(fresh.map(({ reason }) => reason.kind)).toEqual(Array(6).fill('initial'));
    const planner = new Planner(campaign);
    // Two designs of the person's own, and the first of the plan.
    const own = [{ x: 0.9, y: 0.9 }, { x: 0.1, y: -1 }, fresh[0]!.design];
    planner.tell(own.map((design) => ({ design, value: bowl(design) })));
    const { proposals } = await planner.ask(4);
    expect(proposals.slice(0, 3).map(({ design }) => design)).toEqual(fresh.slice(1, 4).map(({ design }) => design));
    expect(proposals.map(({ reason }) => reason.kind)).toEqual(['initial', 'initial', 'initial', 'acquisition']);
  });

  it('finds the minimum of a bowl from results told anew each time, and from a planner that goes on', async () => {
    const campaign = someCampaign({ ...single, budget: { trials: 40 } });
    const results: Result[] = [];
    for (let i = 0; i < 16; i++) {
      const planner = new Planner(campaign);
      planner.tell(results);
      const [proposal] = (await planner.ask()).proposals;
      results.push({ design: proposal!.design, value: bowl(proposal!.design) });
    }
    expect(Math.min(...results.map((result) => result.value!))).toBeLessThan(1e-3);
    const first = new Planner(campaign);
    first.tell(results);
    await first.ask(2);
    const next = new Planner(campaign, JSON.parse(JSON.stringify(first.trials)) as TrialRecord[]);
    expect(await next.ask(2)).toEqual(await first.ask(2));
  });

  it('lets others decide where it is told to', async () => {
    const campaign = someCampaign({ ...single, budget: { trials: 9 } });
    const here = new Planner(campaign);
    const rounds: number[] = [];
    const elsewhere = async (request: DecideRequest) => {
      rounds.push(request.round);
      return decide(request);
    };
    const planner = new Planner(campaign, [], { decide: elsewhere });
    expect([await planner.ask(2), await planner.ask()]).toEqual(
      await Promise.all([2, 1].map((count) => here.ask(count))),
    );
    expect(rounds).toEqual([1, 2]);
  });

  it('answers the running trial of the same design, and takes any other as a trial of its own', async () => {
    const planner = new Planner(someCampaign({ ...single, budget: { trials: 9 } }));
    const { proposals } = await planner.ask(2);
    const { design } = proposals[1]!;
    planner.tell([
      { design, value: 1 },
      { design, value: 2 },
    ]);
    const trials = planner.trials.map(({ proposal, state, observation }) => [
      proposal.id,
      state,
      observation?.values.f,
    ]);
    expect(trials).toEqual([
      ['test/r1/p1', 'running', undefined],
      ['test/r1/p2', 'ended', 1],
      ['test/r2/p1', 'ended', 2],
    ]);
  });

  it('keeps to the budget in trials and in cost', async () => {
    const byTrials = new Planner(someCampaign({ ...single, budget: { trials: 3 } }));
    expect(await byTrials.ask(5)).toMatchObject({ proposals: { length: 3 }, shortfall: 'budget' });
    expect(await byTrials.ask(1)).toEqual({ proposals: [], shortfall: 'budget' });
    const byCost = new Planner(someCampaign({ ...single, budget: { cost: 4 } }));
    byCost.tell([{ design: { x: 0, y: 0 }, value: 1, cost: 1.5 }]);
    expect(await byCost.ask(5)).toMatchObject({ proposals: { length: 2 }, shortfall: 'budget' });
  });

  it('lets calls wait for one another', async () => {
    const together = new Planner(someCampaign({}, somePool(9)));
    const answers = await Promise.all([together.ask(2), together.ask(2), together.ask(2)]);
    const ids = answers.flatMap(({ proposals }) => proposals.map(({ id }) => id));
    expect(ids).toEqual(['test/r1/p1', 'test/r1/p2', 'test/r2/p1', 'test/r2/p2', 'test/r3/p1', 'test/r3/p2']);
    expect(new Set(together.trials.map(keyOf)).size).toBe(6);
  });

  it('refuses wrong results whole, with every fault, and takes none of them in', async () => {
    const planner = new Planner(someCampaign({}, somePool(5)));
    const [proposal] = (await planner.ask()).proposals;
    const before = planner.trials;
    const { rowId, ...unplaced } = proposal!;
    const faults = faultsOf(() =>
      planner.tell([
        { ...proposal!, value: 1 },
        { id: proposal!.id, value: 2 },
        { id: 'test/r8/p1', rowId: 'r1', value: 2 },
        { rowId: 'r9', outcome: 'failed', value: 2 },
      ]),
    );
    expect(faults).toEqual([
      `results[1].id: '${proposal!.id}' has its result already`,
      "results[2].id: no proposal 'test/r8/p1'",
      "results[3].rowId: 'r9' is no row of the pool",
      'results[3].value: 2 given for a trial that is failed',
    ]);
    const other = [...somePool(5).pool!.designs].find((design) => designKey(design) !== designKey(unplaced.design))!;
    expect(faultsOf(() => planner.tell([{ ...unplaced, rowId: null, design: other, value: 1 }]))).toEqual([
      `results[0].id: '${proposal!.id}' is another design or fidelity`,
    ]);
    expect(rowId).not.toBeNull();
    expect(planner.trials).toEqual(before);
    await expect(planner.ask(0)).rejects.toThrow(/count: 0 given/);
  });

  it('proposes whatever is told: repeats, constants, huge and tiny values, nothing measured', async () => {
    const result = fc.record({
      place: fc.nat(9),
      value: fc.oneof(fc.constantFrom(0, 1e100, -1e100, 1e-300), fc.double({ min: -1e3, max: 1e3, noNaN: true })),
      outcome: fc.constantFrom('measured', 'measured', 'measured', 'failed', 'pending'),
      fidelity: fc.constantFrom('low', 'high', 'high'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(result, { maxLength: 14 }), fc.boolean(), async (told, listed) => {
        const space = somePool(12);
        const planner = new Planner(someCampaign({ budget: { cost: 1000 } }, listed ? space : undefined));
        planner.tell(
          told.map(({ place, value, outcome, fidelity }): Result => {
            const where = listed ? { rowId: `r${place}` } : { design: space.pool!.designs.at(place)! };
            const state = outcome as 'measured' | 'failed' | 'pending';
            return { ...where, fidelity, outcome: state, ...(state === 'measured' ? { value } : {}) };
          }),
        );
        const { proposals } = await planner.ask(2);
        expect(proposals).toHaveLength(2);
        for (const { reason } of proposals)
          expect(reason.mean === null || (Number.isFinite(reason.mean) && reason.sd! > 0)).toBe(true);
      }),
      { seed: 11, numRuns: 40 },
    );
  });
});
