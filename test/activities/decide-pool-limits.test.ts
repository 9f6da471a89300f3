import { afterEach, describe, expect, it } from 'vitest';
import type { PoolRequest } from '../../activities/decide-feed.js';
import { createDecidePool, type DecidePool } from '../../activities/decide-pool.js';
import type { Progress } from '../../models/strategy/progress.js';
import { someCampaign, somePool } from '../support/campaigns.js';
import { largeCampaign, withoutFits } from '../support/large-campaign.js';

let pool: DecidePool;
afterEach(() => pool.close());

const nothingYet = { round: 1, count: 1, pending: [], remainingCost: null, trials: [] };
const small: PoolRequest = { campaign: someCampaign({}, somePool(20)), ...nothingYet };

/** A request for the round after trials that have ended, to be fitted anew if so wanted. */
async function requestAfter(observations: number, rows: number, fitAnew = false): Promise<PoolRequest> {
  const { campaign, trials } = await largeCampaign('large', { rows, columns: 3, observations });
  return { ...nothingYet, campaign, round: 2, count: 2, trials: fitAnew ? withoutFits(trials) : trials };
}

describe('the memory of a decision', () => {
  it('ends a thread whose objects outgrow it, with an error that says what to do; the pool goes on', async () => {
    pool = createDecidePool(1, { memoryMb: 64 });
    const large = await requestAfter(20, 400_000);
    await expect(pool.decide(large)).rejects.toMatchObject({
      code: 'MEMORY',
      message: expect.stringMatching(/objects need more than 32 MB; .*ATHANOR_DECIDE_MEMORY/),
    });
    expect((await pool.decide(small)).proposals).toHaveLength(1);
  });

  it('is that of one decision: what the thread remembers of other campaigns makes none fail', async () => {
    pool = createDecidePool(1, { memoryMb: 64 });
    for (let i = 0; i < 8; i++) {
      const { proposals } = await pool.decide({ ...nothingYet, campaign: someCampaign({}, somePool(30_000)) });
      expect(proposals).toHaveLength(1);
    }
  });

  it('is estimated before anything is computed', async () => {
    pool = createDecidePool(1, { memoryMb: 64 });
    const stages: string[] = [];
    const asked = pool.decide(await requestAfter(700, 1000, true), { onProgress: ({ stage }) => stages.push(stage) });
    await expect(asked).rejects.toMatchObject({
      code: 'MEMORY',
      message: expect.stringMatching(/700 trials need about \d+ MB, 32 MB are allowed/),
    });
    expect(stages).toEqual([]);
    expect((await pool.decide(small)).proposals).toHaveLength(1);
  });
});

describe('a decision that takes too long', () => {
  it('fails, and its thread ends in the middle of the computation', async () => {
    pool = createDecidePool(1);
    // To fit 6,000 observations takes hours: the thread can only end by force.
    const endless = await requestAfter(6000, 6000, true);
    await expect(pool.decide(endless, { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/no decision within/),
    });
    const stop = new AbortController();
    const cancelled = pool.decide(endless, {
      signal: stop.signal,
      onProgress: ({ stage }) => stage === 'fit' && stop.abort(new Error('given up')),
    });
    const waiting = pool.decide(small);
    await expect(cancelled).rejects.toThrow('given up');
    expect((await waiting).proposals).toHaveLength(1);
    await pool.close();
  });

  it('does not keep one that waits for its thread from ending at once', async () => {
    pool = createDecidePool(1);
    const endless = pool.decide(await requestAfter(6000, 6000, true));
    endless.catch(() => undefined);
    const stop = new AbortController();
    const waiting = pool.decide(small, { signal: stop.signal });
    stop.abort(new Error('not wanted any more'));
    await expect(waiting).rejects.toThrow('not wanted any more');
    await pool.close();
    await expect(endless).rejects.toThrow(/have been closed/);
  });
});

describe('progress', () => {
  it('is told before each stage, with what has been made so far', async () => {
    pool = createDecidePool(1);
    const told: Progress[] = [];
    await pool.decide(await requestAfter(30, 200), { onProgress: (progress) => told.push(progress) });
    const of = { observations: 30, count: 2 };
    expect(told).toEqual([
      { stage: 'prepare', made: 0, ...of },
      { stage: 'fit', made: 0, ...of },
      { stage: 'acquire', made: 0, ...of },
      { stage: 'acquire', made: 1, ...of },
    ]);
  });
});
