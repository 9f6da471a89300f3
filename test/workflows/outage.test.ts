import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { createDecidePool } from '../../activities/decide-pool.js';
import { createActivities } from '../../activities/index.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { saveRound } from '../../activities/store/proposal.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { decide } from '../../models/strategy/decide.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { createTestDatabase, testTemporal } from '../support/services.js';
import { problemCampaign } from './durable-host.js';
import { replayFaults } from './histories.js';

/** A store that is away for the first calls of an activity, which fail as where PostgreSQL is. */
function awayFor(store: Store, calls: number): { readonly store: Store; readonly called: () => void } {
  let left = 0;
  let made = 0;
  const unlessAway = <T>(work: () => Promise<T>): Promise<T> =>
    left > 0 ? Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })) : work();
  return {
    store: {
      ...store,
      query: (sql, parameters) => unlessAway(() => store.query(sql, parameters)),
      transaction: (work) => unlessAway(() => store.transaction(work)),
    },
    called: () => {
      made += 1;
      left = calls - made + 1;
    },
  };
}

it('a store that is away adds no events to a history, however long it lasts', async () => {
  const [database, { address }] = await Promise.all([createTestDatabase(), testTemporal()]);
  const store = openStore(database.url, { connections: 4 });
  const pool = createDecidePool(1);
  const native = await NativeConnection.connect({ address });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const campaign = problemCampaign(`outage-${randomBytes(4).toString('hex')}`);
  const asked = { round: 1, count: 2, pending: [], remainingCost: null };
  const decision = await decide({ campaign, ...asked, trials: [] });
  await store.transaction(async (query) => {
    await createCampaign(query, campaign);
    await saveRound(query, { campaignId: campaign.id, ...asked, ...decision });
  });
  const adapter = createRegistry().create(
    'problem',
    { problem: 'branin' },
    { clock: systemClock, folder: '', log: () => undefined },
  );

  const eventsAfter = async (trialId: string, calls: number): Promise<number> => {
    const away = awayFor(store, calls);
    const { planLease, ...others } = createActivities({
      store: away.store,
      pool,
      instrumentFor: async () => ({ id: 'problem', type: 'problem', adapter }),
      home: 'h',
    });
    const taskQueue = `outage-${randomBytes(4).toString('hex')}`;
    const codePath = fileURLToPath(new URL('../../dist/workflows/bundle.js', import.meta.url));
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: { codePath },
      activities: {
        ...others,
        planLease: (input: Parameters<typeof planLease>[0]) => {
          away.called();
          return planLease(input);
        },
      },
    });
    return worker.runUntil(async () => {
      const args = [{ trialId, campaignId: campaign.id, generation: 1, lab: true }];
      await client.workflow.execute('trialWorkflow', { workflowId: trialId, taskQueue, args });
      const history = await client.workflow.getHandle(trialId).fetchHistory();
      expect(await replayFaults([{ workflowId: trialId, history }])).toEqual([]);
      return history.events!.length;
    });
  };

  try {
    const [first, second] = decision.proposals.map(({ id }) => id) as [string, string];
    expect(await eventsAfter(second, 7)).toBe(await eventsAfter(first, 4));
    const { rows } = await store.pool.query('SELECT outcome FROM attempt');
    expect(rows).toEqual([{ outcome: 'measured' }, { outcome: 'measured' }]);
  } finally {
    await pool.close();
    await connection.close();
    await native.close();
    await store.close();
    await database.drop();
  }
});
