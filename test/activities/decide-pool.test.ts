import { afterEach, describe, expect, it } from 'vitest';
import { createDecidePool, type DecidePool } from '../../activities/decide-pool.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { DesignColumns } from '../../models/domain/design-list.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { Generator } from '../../models/random/generator.js';
import { decide } from '../../models/strategy/decide.js';
import type { DecideRequest } from '../../models/strategy/decision.js';
import { problemCampaign } from '../workflows/durable-host.js';

let pool: DecidePool;
afterEach(() => pool.close());

const campaign = problemCampaign('pool', { strategy: { initial: { trials: 4 } } });

function request(round: number, trials: readonly TrialRecord[] = []): DecideRequest {
  return { campaign, round, count: 1, pending: [], remainingCost: null, trials };
}

async function ended(rounds: number, of: Campaign = campaign): Promise<TrialRecord[]> {
  const trials: TrialRecord[] = [];
  for (let round = 1; round <= rounds; round++) {
    const [proposal] = (await decide({ ...request(round, trials), campaign: of })).proposals;
    const { x1, x2 } = proposal!.design as { x1: number; x2: number };
    const observation = {
      trialId: proposal!.id,
      outcome: 'measured' as const,
      values: { value: x1 * x1 + x2 },
      noise: {},
      cost: 1,
      durationMs: 0,
      cause: null,
      artefacts: {},
      details: {},
    };
    trials.push({ proposal: proposal!, state: 'ended', startedAt: null, endedAt: null, observation });
  }
  return trials;
}

describe('decision threads', () => {
  it('decide as the function does, whatever they were told before', async () => {
    pool = createDecidePool(2);
    const trials = await ended(6);
    const rounds = [1, 3, 7, 7, 2, 6];
    const asked = rounds.map((round) => request(round, trials.slice(0, round - 1)));
    const answers = await Promise.all(asked.map((one) => pool.decide(one)));
    expect(answers).toEqual(await Promise.all(asked.map((one) => decide(one))));
    // A trial in flight was known with its value before; now it must count as pending.
    const masked = { ...trials[5]!, state: 'running' as const, observation: null };
    const again = { ...request(7, [...trials.slice(0, 5), masked]), pending: [masked.proposal.id] };
    expect(await pool.decide(again)).toEqual(await decide(again));
  });

  it('decide on large pools, whose designs are sent as columns', async () => {
    pool = createDecidePool(1);
    const rows = 20_500;
    const columns = [1, 2].map((seed) => {
      const random = new Generator(seed);
      return Float64Array.from({ length: rows }, () => random.uniform());
    });
    const ids = Array.from({ length: rows }, (_, row) => `r${row}`);
    const parameters = ['x1', 'x2'].map((name) => ({ name, type: 'continuous' as const, bounds: [0, 1] as [0, 1] }));
    const designs = new DesignColumns(['x1', 'x2'], columns, rows);
    const large = { ...campaign, id: 'large', space: { parameters, pool: { ids, designs } } };
    const trials = await ended(5, large);
    const asked = { ...request(6, trials), campaign: large };
    const decision = await pool.decide(asked);
    expect(decision.proposals[0]!.reason.kind).toBe('acquisition');
    expect(decision).toEqual(await decide(asked));
  });

  it('decide with earlier campaigns, sent as objects or as the text of a stored space', async () => {
    pool = createDecidePool(1);
    const designs = Array.from({ length: 9 }, (_, i) => ({ x1: i - 4, x2: (5 * i) % 9 }));
    const values = designs.map(({ x1, x2 }) => 3 - x1 * x1 - x2);
    const space = { ...campaign.space, sources: [{ name: 'march', designs, values, leftOut: 0 }] };
    const informed = { ...campaign, id: 'informed', space };
    const asked = { ...request(6, await ended(5, informed)), campaign: informed };
    const expected = await decide(asked);
    expect(expected.proposals[0]!.basis.fit!.sources).toHaveLength(1);
    expect(await pool.decide(asked)).toEqual(expected);
    const spaceText = async () => new TextEncoder().encode(JSON.stringify(space));
    expect(await pool.decide({ ...asked, campaign: { ...informed, spaceText } })).toEqual(expected);
  });

  it('pass errors on with their code', async () => {
    pool = createDecidePool(1);
    const wrong = problemCampaign('pool', { strategy: { surrogate: 'no-such', initial: { trials: 1 } } });
    const given = { ...request(5, await ended(4)), campaign: wrong };
    const direct = await decide(given).then(
      () => expect.unreachable('an unknown surrogate must be refused'),
      (error) => error,
    );
    await expect(pool.decide(given)).rejects.toMatchObject({ code: direct.code, message: direct.message });
    expect((await pool.decide({ ...given, round: 1, trials: [] })).proposals).toHaveLength(1);
  });

  it('end a decision that is cancelled, and make the next one', async () => {
    pool = createDecidePool(1);
    const stop = new AbortController();
    const cancelled = pool.decide(request(1), { signal: stop.signal });
    const waiting = pool.decide(request(1));
    stop.abort(new Error('not wanted any more'));
    await expect(cancelled).rejects.toThrow('not wanted any more');
    expect(await waiting).toEqual(await decide(request(1)));
    await expect(pool.decide(request(1), { signal: stop.signal })).rejects.toThrow('not wanted any more');
  });

  it('make no decision after the end', async () => {
    pool = createDecidePool(1);
    const cut = pool.decide(request(1));
    cut.catch(() => undefined);
    await pool.close();
    await expect(cut).rejects.toThrow(/have been closed/);
    await expect(pool.decide(request(1))).rejects.toThrow(/have been closed/);
  });
});
