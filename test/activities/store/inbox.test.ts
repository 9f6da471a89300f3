import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampaign } from '../../../activities/store/campaign.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import { loadInbox } from '../../../activities/store/inbox.js';
import { saveObservation } from '../../../activities/store/observation.js';
import { saveRound } from '../../../activities/store/proposal.js';
import { saveRuling } from '../../../activities/store/ruling.js';
import { setDeadlines } from '../../../activities/store/trial.js';
import { decide } from '../../../models/strategy/decide.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { problemCampaign } from '../../workflows/durable-host.js';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 2 });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

it('holds what waits for a person of all campaigns that have not stopped, or of one', async () => {
  const ids = await Promise.all(
    ['a', 'b'].map(async (id) => {
      const campaign = problemCampaign(id, { parallel: 2, budget: { trials: 9 } });
      const asked = { round: 1, count: 2, pending: [], remainingCost: null };
      const decision = await decide({ campaign, ...asked, trials: [] });
      const asks = { why: ['at first'], timeoutMs: null, otherwise: 'wait' as const, until: null };
      await store.transaction(async (query) => {
        await createCampaign(query, campaign);
        await saveRound(query, { campaignId: id, ...asked, ...decision, approvals: [asks, null] });
      });
      const trialId = `${id}/r1/p2`;
      await saveObservation(store.query, {
        trialId,
        outcome: 'quarantined',
        values: {},
        noise: {},
        cost: 1,
        durationMs: 0,
        cause: { class: 'unknown', code: 'limits', message: 'too large' },
        artefacts: {},
        details: { answered: { value: 7 } },
      });
      return trialId;
    }),
  );
  await setDeadlines(store.query, { 'a/r1/p1': 1_900_000_000_000 });
  const all = await loadInbox(store.query, null);
  expect(all.trials.map(({ trialId, needs }) => [trialId, needs]).sort()).toEqual([
    ['a/r1/p1', 'approval'],
    ['a/r1/p2', 'ruling'],
    ['b/r1/p1', 'approval'],
    ['b/r1/p2', 'ruling'],
  ]);
  const waits = all.trials.find(({ trialId }) => trialId === 'a/r1/p1')!;
  expect(waits).toMatchObject({ approval: { why: ['at first'], until: 1_900_000_000_000 }, generation: 1, rulings: 0 });

  const ruling = {
    trialId: ids[0]!,
    generation: 1,
    verdict: 'discard' as const,
    values: {},
    cause: null,
    who: 'ann',
    why: 'w',
  };
  await store.transaction((query) => saveRuling(query, { ...ruling, requestId: 'r', sinceRound: 2, at: 1 }, ['value']));
  await store.query(`UPDATE campaign SET phase = 'paused', problem = 'no current' WHERE id = 'a'`);
  // A campaign that drains begins no proposal any more, and takes no word on one.
  await store.query(`UPDATE campaign SET phase = 'draining' WHERE id = 'b'`);
  expect((await loadInbox(store.query, 'b')).trials.map(({ trialId }) => trialId)).toEqual(['b/r1/p2']);
  await store.query(`UPDATE campaign SET phase = 'stopped' WHERE id = 'b'`);
  const one = await loadInbox(store.query, null);
  // What was quarantined waits on, though its campaign has ended; an approval does not.
  expect(one.trials.map(({ trialId, ended }) => [trialId, ended])).toEqual([
    ['a/r1/p1', false],
    ['b/r1/p2', true],
  ]);
  expect(one.problems).toEqual([{ campaignId: 'a', text: 'no current', phase: 'paused' }]);
  expect((await loadInbox(store.query, 'b')).trials.map(({ trialId }) => trialId)).toContain('b/r1/p2');
  // A second that knew nothing of the first is refused, and told of it.
  const second = { ...ruling, who: 'bob', requestId: 's', after: 0, sinceRound: 2, at: 2 };
  await expect(store.transaction((query) => saveRuling(query, second, ['value']))).rejects.toThrow(/ann was first/);
});
