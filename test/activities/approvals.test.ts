import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDecidePool, type DecidePool } from '../../activities/decide-pool.js';
import { createActivities } from '../../activities/index.js';
import type { Proposed } from '../../activities/propose.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { listRoundTrials, saveProposal } from '../../activities/store/proposal.js';
import { loadTrials } from '../../activities/store/record.js';
import { rejectTrial, setDeadlines, setNeeds } from '../../activities/store/trial.js';
import { createTestDatabase, type TestDatabase } from '../support/services.js';
import { problemCampaign } from '../workflows/durable-host.js';

let database: TestDatabase;
let store: Store;
let pool: DecidePool;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 2 });
  pool = createDecidePool(1);
});
afterAll(async () => {
  await pool?.close();
  await store?.close();
  await database?.drop();
});

it('a round that is proposed again waits for the same approvals, but for what people said meanwhile', async () => {
  const id = 'gated';
  const approval = [{ first: 3, timeout: '2h', otherwise: 'reject' }];
  await createCampaign(store.query, problemCampaign(id, { approval, budget: { trials: 20 } }));
  const asked = { campaignId: id, round: 1, count: 4, pending: [], remainingCost: null };
  const instrumentFor = () => Promise.reject(new Error('no trial is run here'));
  const again = (): Promise<Proposed> =>
    new MockActivityEnvironment({ startToCloseTimeoutMs: 600_000 }).run(
      createActivities({ home: 'a', store, pool, instrumentFor }).propose,
      asked,
    );

  const first = await again();
  const due = { timeoutMs: 7_200_000, otherwise: 'reject', until: null };
  const slot = (place: number, more: object = {}) => ({
    id: `${id}/r1/p${place}`,
    cost: 1,
    fidelity: 'exact',
    ...more,
  });
  const waits = { needs: 'approval', approval: due };
  expect(first).toEqual({
    proposals: [slot(1, waits), slot(2, waits), slot(3, waits), slot(4)],
    shortfall: null,
  });
  // As when the worker dies before its answer has come: whoever is asked next says the same.
  expect(await again()).toEqual(first);

  // One is approved, one taken back, and another put in the place of the third.
  await setNeeds(store.query, `${id}/r1/p1`, null);
  await setDeadlines(store.query, { [`${id}/r1/p1`]: 5 });
  const rejection = { who: 'ann', why: 'too hot', at: 1_700_000_000_000 };
  await rejectTrial(store.query, `${id}/r1/p2`, rejection);
  await rejectTrial(store.query, `${id}/r1/p3`, rejection);
  const third = (await loadTrials(store.query, id))[2]!.proposal;
  const person = { who: 'ann', sinceRound: 2, insteadOf: third.id };
  const edited = { ...third, id: `${id}/r1/p5`, index: 5, basis: { ...third.basis, person } };
  await store.transaction((query) => saveProposal(query, id, edited));
  expect(await again()).toEqual({ proposals: [slot(1), slot(4), slot(5)], shortfall: null });
  expect(await listRoundTrials(store.query, id, 1)).toMatchObject([
    { id: `${id}/r1/p1`, needs: null, approval: { why: ['among the first 3'], until: 5 } },
    { id: `${id}/r1/p4`, approval: null },
    { id: `${id}/r1/p5`, approval: null },
  ]);
});
