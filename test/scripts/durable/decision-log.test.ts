import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecidePool } from '../../../activities/decide-pool.js';
import type { Decision } from '../../../models/strategy/decision.js';
import type { OnProgress, Progress } from '../../../models/strategy/progress.js';
import { logSlowDecisions } from '../../../scripts/durable/decision-log.js';
import { someCampaign } from '../../support/campaigns.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const request = { campaign: someCampaign(), round: 7, count: 2, pending: [], remainingCost: null, trials: [] };
const none: Decision = { proposals: [], shortfall: 'space' };

/** A pool whose decision goes on as the test says. */
function held() {
  let tell: OnProgress | undefined;
  let finish: (decision: Decision) => void = () => undefined;
  const pool: DecidePool = {
    decide: (_, call) => {
      tell = call?.onProgress;
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
    close: async () => undefined,
  };
  return { pool, tell: (progress: Progress) => tell!(progress), finish: () => finish(none) };
}

describe('the log of decisions', () => {
  it('has a line for every minute of a slow one, and passes the progress on', async () => {
    const { pool, tell, finish } = held();
    const lines: string[] = [];
    const heard: Progress[] = [];
    const decided = logSlowDecisions(pool, (line) => lines.push(line)).decide(request, {
      onProgress: (progress) => heard.push(progress),
    });
    vi.advanceTimersByTime(61_000);
    const fit: Progress = { stage: 'fit', observations: 900, made: 0, count: 2 };
    tell(fit);
    vi.advanceTimersByTime(120_000);
    finish();
    expect(await decided).toBe(none);
    vi.advanceTimersByTime(600_000);
    expect(lines).toEqual([
      'test, round 7: waiting for a thread, for 1 min in all',
      'test, round 7: fitting 900 observations, for 2 min in all',
      'test, round 7: fitting 900 observations, for 3 min in all',
    ]);
    expect(heard).toEqual([fit]);
  });

  it('has none for a quick one', async () => {
    const { pool, finish } = held();
    const lines: string[] = [];
    const decided = logSlowDecisions(pool, (line) => lines.push(line)).decide(request);
    vi.advanceTimersByTime(59_000);
    finish();
    await decided;
    expect(lines).toEqual([]);
  });
});
