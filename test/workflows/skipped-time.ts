import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createDecidePool } from '../../activities/decide-pool.js';
import { handAdapter } from '../../activities/hand-adapter.js';
import { createActivities } from '../../activities/index.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { loadLab } from '../../activities/store/lab.js';
import { connect } from '../../scripts/durable/control.js';
import type { Control } from '../../scripts/durable/control-contract.js';
import { createLabBench } from '../../scripts/durable/lab-bench.js';
import { tellInstrument } from '../../scripts/durable/lab-control.js';
import { modelQueue } from '../../workflows/queues.js';
import { temporaryHome } from '../support/home.js';
import { createTestDatabase, timeSkippingServer } from '../support/services.js';
import { quietRuntime } from './histories.js';
import { SlowDevices } from './slow-devices.js';

/** An hour, in milliseconds. */
export const hour = 3_600_000;
/** A day, in milliseconds. */
export const day = 24 * hour;

/** A worker, control and store on a Temporal server that skips time, and devices whose jobs take hours by its clock. */
export interface SkippedTime {
  readonly server: TestWorkflowEnvironment;
  readonly control: Control;
  readonly store: Store;
  readonly devices: SlowDevices;
  /** Milliseconds since 1970, by the clock of the server. */
  now(): Promise<number>;
  /** Lets time pass until then. */
  sleepUntil(at: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts what a test of weeks in a lab needs; adapter `slow` is the only one. */
export async function skippedTime(taskQueue: string): Promise<SkippedTime> {
  // Of jobs that are not over yet there would be a warning each.
  quietRuntime();
  const path = await timeSkippingServer();
  const [server, database, home] = await Promise.all([
    TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } }),
    createTestDatabase(),
    temporaryHome(),
  ]);
  const now = () => server.currentTimeMs();
  const devices = new SlowDevices(now);
  const store = openStore(database.url, { connections: 6 });
  const control = await connect({ databaseUrl: database.url, temporalAddress: server.address, taskQueue });
  const pool = createDecidePool(1);
  const bench = createLabBench(home.path, () => undefined, {
    people: handAdapter(store),
    labOf: (name) => loadLab(store.query, name),
    registryFor: async () => devices,
  });
  const { client } = server;
  const { propose, place, track, ...others } = createActivities({
    store,
    pool,
    instrumentFor: bench.instrumentFor,
    home: 'h',
    tellInstrument: (lab, name) => tellInstrument({ client, taskQueue }, lab, name),
    isOpen: async (id) => (await client.workflow.getHandle(id).describe()).status.name === 'RUNNING',
  });
  const activities = {
    ...others,
    // The server lets no time pass while an activity runs: it is called again when the job is over.
    track: async (input: Parameters<typeof track>[0]) => {
      const left = await devices.left(input.job);
      if (left > 0) throw ApplicationFailure.create({ message: 'not over yet', nextRetryDelay: left });
      return track(input);
    },
  };
  const common = { connection: server.nativeConnection, namespace: 'default' };
  const codePath = fileURLToPath(new URL('../../dist/workflows/bundle.js', import.meta.url));
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue, workflowBundle: { codePath }, activities }),
    Worker.create({ ...common, taskQueue: modelQueue(taskQueue), activities: { propose, place } }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    server,
    control,
    store,
    devices,
    now,
    sleepUntil: async (at) => server.sleep(Math.max(0, at - (await now()))),
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await pool.close();
      await control.close();
      await store.close();
      await server.teardown();
      await database.drop();
      await home.remove();
    },
  };
}
