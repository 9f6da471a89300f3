import { Client, Connection } from '@temporalio/client';
import { isConnectionLoss, openStore } from '../activities/store/client.js';
import { listLabs } from '../activities/store/lab.js';
import type { Config } from './config.js';
import { defaultTaskQueue } from './durable/campaign-workflow.js';
import { isDriven } from './durable/lab-report.js';
import { retriesUntilClosed } from './durable/retries-until-closed.js';
import { findServices } from './local/services.js';

/**
 * Which instruments of labs wait for a worker of their own, in words; starts and changes nothing.
 * @throws {Error} in words, if there is none for some
 */
export async function instrumentsState(config: Config): Promise<string> {
  const { databaseUrl, temporalAddress } = await findServices(config);
  if (databaseUrl === null || temporalAddress === null) return 'not looked at, as the servers do not run';
  const store = openStore(databaseUrl, { connections: 1 });
  const connection = Connection.lazy({
    ...config.temporalAccess,
    address: temporalAddress,
    connectTimeout: '3s',
    interceptors: retriesUntilClosed,
  });
  try {
    const client = new Client({ connection, namespace: config.temporalNamespace });
    // A store from before there were labs has no table of them.
    const labs = await listLabs(store.query).catch((error: { code?: unknown }) => {
      if (error.code === '42P01') return [];
      if (isConnectionLoss(error)) return null;
      throw error;
    });
    if (labs === null) return 'not looked at, as PostgreSQL does not answer';
    const apart = labs.flatMap(({ name: lab, definition: { instruments } }) =>
      Object.entries(instruments).flatMap(([name, { worker }]) =>
        worker === undefined ? [] : [{ lab, name, worker }],
      ),
    );
    const alone: string[] = [];
    for (const { lab, name, worker } of apart)
      if ((await isDriven({ client, taskQueue: defaultTaskQueue }, lab, name)) === false)
        alone.push(`${lab}/${name} (${worker})`);
    if (alone.length > 0) throw new Error(`no worker drives ${alone.join(', ')}`);
    if (labs.length === 0) return 'no lab is registered';
    return apart.length === 0 ? 'all workers drive all' : `a worker is there for each of ${apart.length}`;
  } finally {
    await connection.close();
    await store.close();
  }
}
