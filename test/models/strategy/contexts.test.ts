import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../../models/domain/proposal.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { hashVisits, visitsOf } from '../../../models/strategy/history.js';
import type { Result } from '../../../models/strategy/result.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

const single = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 60 } };
const bowl = ({ x, y }: Proposal['design']) => 20 * (Number(x) - 0.7) ** 2 + (Number(y) - 0.5) ** 2;
const batch = { name: 'batch', type: 'categorical' };
const humidity = { name: 'humidity', type: 'continuous', bounds: [0, 100], unit: '%' };

/** log10 regret after 24 trials, of which every four are of one batch, whose values are off by up to half the range, 8. */
async function regretOf(seed: number, how: 'told' | 'ignored' | 'none'): Promise<number> {
  const contexts = how === 'told' ? { contexts: [batch] } : {};
  const planner = new Planner(someCampaign({ ...single, ...contexts, seed }));
  const shifts = [0, 8, -5, 6, -8, 3];
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 24; i++) {
    const [proposal] = (await planner.ask(1)).proposals;
    const nth = Math.floor(i / 4);
    const truth = bowl(proposal!.design);
    best = Math.min(best, truth);
    const value = truth + (how === 'none' ? 0 : shifts[nth]!);
    planner.tell([{ id: proposal!.id, value, ...(how === 'told' ? { contexts: { batch: `B${nth}` } } : {}) }]);
  }
  return Math.log10(Math.max(1e-4, best));
}

function recordOf(planner: Planner, campaign: CampaignRecord['campaign']): CampaignRecord {
  return { campaign, trials: planner.trials, phase: 'running', stop: null, audit: [] };
}

describe('a batch whose values are off by half the range', () => {
  it('hardly spoils a search that is told of it, and spoils one that is not', async () => {
    const mean = async (how: 'told' | 'ignored' | 'none') => {
      const all: number[] = [];
      for (const seed of [1, 2, 3, 4, 5, 6]) all.push(await regretOf(seed, how));
      return all.reduce((sum, one) => sum + one, 0) / all.length;
    };
    const [none, told, ignored] = [await mean('none'), await mean('told'), await mean('ignored')];
    expect(told).toBeLessThan(none + 1);
    expect(told).toBeLessThan(ignored - 1.5);
  });
});

describe('contexts', () => {
  /** Trials answered one after the other, and the record of them. */
  const run = async (
    campaign: CampaignRecord['campaign'],
    around: (i: number) => Partial<Result>,
    rounds = 10,
  ): Promise<Planner> => {
    const planner = new Planner(campaign);
    for (let i = 0; i < rounds; i++) {
      const [proposal] = (await planner.ask(1)).proposals;
      planner.tell([{ id: proposal!.id, value: bowl(proposal!.design), ...around(i) }]);
    }
    return planner;
  };

  it.each([
    ['of a space without a list', undefined],
    ['of a pool', somePool(40)],
  ])(
    '%s are at their last values where designs are proposed, which is said, recorded and verified',
    async (_, space) => {
      const campaign = someCampaign({ ...single, contexts: [batch, humidity] }, space);
      const planner = await run(campaign, (i) => ({
        contexts: { ...(i === 4 ? {} : { batch: `B${i % 3}` }), ...(i < 7 ? { humidity: 40 + i } : {}) },
      }));
      const [next] = (await planner.ask(1)).proposals;
      expect(next!.basis.contexts).toEqual({
        current: { batch: 'B0', humidity: 46 },
        imputed: { batch: { trials: 1, as: 'B0' }, humidity: { trials: 3, as: 43 } },
      });
      expect(next!.design).not.toHaveProperty('batch');
      expect(next!.reason.text).toContain(
        'at batch B0, humidity 46 %, as last seen; 1 trial that did not tell batch taken at batch B0; 3 trials that did not tell humidity taken at humidity 43 %',
      );
      expect((await verifyRecord(recordOf(planner, campaign))).mismatches).toEqual([]);
      expect(planner.trials[0]!.observation!.contexts).toEqual({
        batch: { value: 'B0' },
        humidity: { value: 40, unit: '%' },
      });
      const changed = planner.trials.map((trial, i) =>
        i === 2 ? { ...trial, observation: { ...trial.observation!, contexts: { batch: { value: 'B9' } } } } : trial,
      );
      const hashOf = (trials: CampaignRecord['trials']) => hashVisits(visitsOf(campaign, trials, [])).dataHash;
      expect(hashOf(changed)).not.toBe(hashOf(planner.trials));
    },
  );

  it('are what a person says until a later trial tells otherwise, which is recorded, verified and gone on from', async () => {
    const campaign = someCampaign({ ...single, contexts: [batch, humidity] });
    const told = (name: string) => ({ contexts: { batch: name, humidity: 40 } });
    const planner = await run(campaign, (i) => told(i < 5 ? 'B1' : 'B2'), 8);
    const [late] = (await planner.ask(1)).proposals;
    const [first] = (await planner.ask(1, [], { batch: 'B7' })).proposals;
    const said = { batch: { value: 'B7', sinceRound: 10 } };
    expect(first!.basis.contexts).toEqual({ current: { batch: 'B7', humidity: 40 }, said });
    expect(first!.reason.text).toContain('at batch B7, as a person said; at humidity 40 %, as last seen');
    // What was proposed before and ends only now was of the batch before.
    planner.tell([{ id: late!.id, value: bowl(late!.design), ...told('B2') }]);
    const after = new Planner(campaign, planner.trials);
    expect((await after.ask(1)).proposals[0]!.basis.contexts!.current.batch).toBe('B7');
    after.tell([{ id: first!.id, value: bowl(first!.design), ...told('B8') }]);
    const [next] = (await after.ask(1)).proposals;
    expect(next!.basis.contexts).toEqual({ current: { batch: 'B8', humidity: 40 }, said });
    expect(next!.reason.text).toContain('at batch B8, humidity 40 %, as last seen');
    expect((await verifyRecord(recordOf(after, campaign))).mismatches).toEqual([]);
    const forged = after.trials.map((trial) => {
      const { contexts, ...basis } = trial.proposal.basis;
      const { said: _, ...rest } = contexts!;
      return { ...trial, proposal: { ...trial.proposal, basis: { ...basis, contexts: rest } } };
    });
    const record = { ...recordOf(after, campaign), trials: forged };
    expect((await verifyRecord(record)).mismatches).not.toEqual([]);
  });

  it('that a person says wrongly are refused, with what is allowed', async () => {
    const planner = new Planner(someCampaign({ ...single, contexts: [humidity] }));
    await expect(planner.ask(1, [], { humidity: 900 })).rejects.toThrow('humidity: 900 given (a number about 0 to 100');
    await expect(planner.ask(1, [], { batch: 'B7' })).rejects.toThrow('batch: no such context (one of humidity');
    expect(planner.trials).toHaveLength(0);
  });

  it('are taken from steps, and left out in another unit, far outside the bounds, or of no level that there is', async () => {
    const operator = { name: 'operator', type: 'categorical', levels: ['Ann', 'Bob'] };
    const campaign = someCampaign({ ...single, contexts: [humidity, operator] });
    const planner = await run(campaign, () => ({}), 4);
    const told = [
      { 'weigh/humidity': { value: 30, unit: '%' }, operator: { value: 'Bob' } },
      { humidity: { value: 0.3, unit: 'kg' }, operator: { value: 'Eve' } },
      { humidity: { value: 900 } },
      {},
    ];
    const trials = planner.trials.map((trial, i) => ({
      ...trial,
      observation: { ...trial.observation!, contexts: told[i]! },
    }));
    const visits = visitsOf(campaign, trials, []);
    expect(visits.map(({ contexts }) => contexts)).toEqual(Array(4).fill({ humidity: 30, operator: 'Bob' }));
  });

  it('that are told wrongly are refused, with what is allowed', async () => {
    const operator = { name: 'operator', type: 'categorical', levels: ['Ann', 'Bob'] };
    const planner = new Planner(someCampaign({ ...single, contexts: [humidity, operator] }));
    const design = { x: 0.5, y: 0.5 };
    const tell = (contexts: Result['contexts'], more = {}) => {
      try {
        planner.tell([{ design, value: 1, ...more, contexts: contexts! }]);
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing';
    };
    expect(tell({ humidity: 900 })).toContain('contexts.humidity: 900 given (a number about 0 to 100');
    expect(tell({ operator: 'Bbo' })).toContain('did you mean Bob');
    expect(tell({ colour: 'red' })).toContain('contexts.colour: no such context (one of humidity, operator');
    expect(planner.trials).toHaveLength(0);
  });
});
