import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { createDecidePool } from '../../activities/decide-pool.js';
import { propose } from '../../activities/propose.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { busyTurns, countsThreads } from '../support/busy-watch.js';
import { largeCampaign, storeCampaign } from '../support/large-campaign.js';
import { createTestDatabase, type TestDatabase } from '../support/services.js';

const ids = ['large-a', 'large-b', 'large-c'];

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 4 });
  for (const id of ids) {
    const { campaign, trials } = await largeCampaign(id, { rows: 50_000, columns: 6, observations: 500 });
    await storeCampaign(store, campaign, trials);
  }
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

// Elsewhere the system tells only the time of the whole process, threads included.
describe.runIf(countsThreads)('the event loop', () => {
  it('is never held up by decisions, with 500 observations and a pool of 50,000 designs', async () => {
    const pool = createDecidePool(2);
    const deps = { store, source: createCampaignSource(store), pool };
    const decideAll = (round: number) =>
      Promise.all(
        ids.map((campaignId) => propose(deps, { campaignId, round, count: 1, pending: [], remainingCost: null })),
      );
    try {
      const first = await busyTurns(() => decideAll(2));
      const next = await busyTurns(() => decideAll(3));
      expect(first.longestMs).toBeLessThan(50);
      expect(next.longestMs).toBeLessThan(50);
    } finally {
      await pool.close();
    }
    // The decisions themselves take a while on a busy machine.
  });
});
