import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { createDecidePool } from '../../activities/decide-pool.js';
import { propose } from '../../activities/propose.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { saveObservation } from '../../activities/store/observation.js';
import { saveRound } from '../../activities/store/proposal.js';
import { busyTurns, countsThreads } from '../support/busy-watch.js';
import { largeCampaign } from '../support/large-campaign.js';
import { createTestDatabase, type TestDatabase } from '../support/services.js';

const ids = ['large-a', 'large-b', 'large-c'];

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 4 });
  for (const id of ids) {
    const { campaign, trials } = await largeCampaign(id, { rows: 50_000, columns: 6, observations: 500 });
    await createCampaign(store.query, campaign);
    await store.transaction(async (query) => {
      const asked = { campaignId: id, round: 1, count: 500, pending: [], remainingCost: null, shortfall: null };
      await saveRound(query, { ...asked, proposals: trials.map((trial) => trial.proposal) });
      for (const trial of trials) await saveObservation(query, trial.observation!);
    });
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
  });
});
