import { on } from 'node:events';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDecidePool, type DecidePool } from '../../activities/decide-pool.js';
import { createActivities } from '../../activities/index.js';
import type { Proposed } from '../../activities/propose.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { someCampaign, somePool } from '../support/campaigns.js';
import { largeCampaign, storeCampaign, withoutFits } from '../support/large-campaign.js';
import { createTestDatabase, type TestDatabase } from '../support/services.js';

const asked = { round: 2, count: 1, pending: [], remainingCost: null };

let database: TestDatabase;
let store: Store;
let pool: DecidePool;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 4 });
  pool = createDecidePool(1);
  // To fit this surrogate to so many observations takes some ten seconds, were it not ended.
  const size = { rows: 2000, columns: 6, observations: 1500, surrogate: 'warped-gp' };
  const { campaign, trials } = await largeCampaign('slow', size);
  await storeCampaign(store, campaign, withoutFits(trials));
  await storeCampaign(store, { ...someCampaign({}, somePool(20)), id: 'quick' }, []);
});
afterAll(async () => {
  await pool?.close();
  await store?.close();
  await database?.drop();
});

/** Runs the activity as the server would, with the timeouts it would say. */
function propose(campaignId: string, { startToCloseTimeoutMs = 600_000, threads = pool } = {}) {
  const times = { startToCloseTimeoutMs, heartbeatTimeoutMs: 10_000 };
  const environment = new MockActivityEnvironment(times, { logger: new DefaultLogger('ERROR') });
  const instrumentFor = () => Promise.reject(new Error('no trial is run here'));
  const activity = createActivities({ home: 'a', store, pool: threads, instrumentFor }).propose;
  const proposed: Promise<Proposed> = environment.run(activity, { campaignId, ...asked });
  proposed.catch(() => undefined);
  return { environment, proposed };
}

describe('the activity that proposes', () => {
  it('tells with its heartbeat what the decision is doing, and lets it go when it is cancelled', async () => {
    const { environment, proposed } = propose('slow');
    for await (const [details] of on(environment, 'heartbeat')) {
      // On a busy machine the first come before there is anything to tell.
      if (details === undefined) continue;
      expect(details).toMatchObject({ observations: 1500, made: 0, count: 1 });
      if (details.stage === 'fit') break;
      // On a busy machine a heartbeat comes before the fit begins.
      expect(details.stage).toBe('prepare');
    }
    // As when a person aborts the campaign, or the server has given up an attempt whose heartbeats were late.
    environment.cancel('CANCELLED');
    await expect(proposed).rejects.toBeInstanceOf(CancelledFailure);
    expect((await propose('quick').proposed).proposals).toHaveLength(1);
  });

  it('gives a decision up before the server does, for good', async () => {
    const { proposed } = propose('slow', { startToCloseTimeoutMs: 1_000 });
    await expect(proposed).rejects.toMatchObject({ type: 'TIMEOUT', nonRetryable: true });
  });

  it('refuses for good what does not fit into the memory of a decision', async () => {
    const tight = createDecidePool(1, { memoryMb: 64 });
    const { proposed } = propose('slow', { threads: tight });
    await expect(proposed).rejects.toMatchObject({ type: 'MEMORY', nonRetryable: true });
    await tight.close();
  });
});
