import { randomBytes } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { openStore, type Store } from '../../activities/store/client.js';
import { type Campaign, campaignSchema } from '../../models/domain/campaign.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { connect } from '../../scripts/durable/control.js';
import type { Control } from '../../scripts/durable/control-contract.js';
import { type RunningWorker, startWorker, type WorkerSettings } from '../../scripts/durable/worker.js';
import type { CampaignStatus } from '../../workflows/messages.js';
import { temporaryHome } from '../support/home.js';
import { createTestDatabase, testTemporal } from '../support/services.js';

/** Worker, control and stores of one test file: real servers, a database and a task queue of its own. */
export interface DurableHost {
  readonly settings: WorkerSettings;
  readonly control: Control;
  readonly client: Client;
  readonly store: Store;
  /** An id that no other test uses. */
  id(name: string): string;
  /** Runs a campaign to its end. */
  run(campaign: Campaign, historyLimit?: number): Promise<CampaignRecord>;
  /** Starts a worker, unless the host was made with one. */
  work(): Promise<RunningWorker>;
  close(): Promise<void>;
}

/** Starts what a test of the durable host needs. */
export async function durableHost(
  options: { readonly worker?: boolean } & Partial<WorkerSettings> = {},
): Promise<DurableHost> {
  const [database, temporal, home] = await Promise.all([createTestDatabase(), testTemporal(), temporaryHome()]);
  const tag = randomBytes(4).toString('hex');
  const { worker: withWorker = true, ...given } = options;
  const settings: WorkerSettings = {
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    home: home.path,
    taskQueue: `test-${tag}`,
    decideThreads: 1,
    ...given,
  };
  // What is said to a worker that is there is confirmed, however busy the machine.
  const control = await connect(withWorker ? { ...settings, confirmMs: 300_000 } : settings);
  const connection = await Connection.connect({ address: settings.temporalAddress });
  const client = new Client({ connection });
  const store = openStore(settings.databaseUrl, { connections: 2 });
  const workers: RunningWorker[] = [];
  const work = async () => {
    const worker = await startWorker(settings);
    workers.push(worker);
    return worker;
  };
  if (withWorker) await work();
  return {
    settings,
    control,
    client,
    store,
    id: (name) => `${name}-${tag}`,
    run: async (campaign, historyLimit) => {
      await control.start(campaign, historyLimit === undefined ? {} : { historyLimit });
      await control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
      return control.record(campaign.id);
    },
    work,
    close: async () => {
      await Promise.all(workers.map((worker) => worker.shutdown().catch(() => undefined)));
      await control.close();
      await connection.close();
      await store.close();
      await database.drop();
      await home.remove();
    },
  };
}

/** What differs from a minimisation of Branin's function by a Sobol sequence, without noise or delay. */
export interface ProblemCampaign {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A campaign on the adapter `problem`. */
export function problemCampaign(id: string, { settings = {}, ...given }: ProblemCampaign = {}): Campaign {
  const spec = campaignSchema.parse({
    name: 'test',
    seed: 7,
    space: {
      parameters: [
        { name: 'x1', type: 'continuous', bounds: [-5, 10] },
        { name: 'x2', type: 'continuous', bounds: [0, 15] },
      ],
    },
    objectives: [{ name: 'value', direction: 'minimise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: { problem: 'branin', ...settings }, cost: 1 }],
    // Initial designs only: what these tests look at is the loop, not the model.
    strategy: { initial: { trials: 10_000 } },
    budget: { trials: 6 },
    ...given,
  });
  return { id, spec, space: { parameters: spec.space.parameters as Parameter[], pool: null } };
}

/** Looks again and again until it is so; the test's own timeout is the limit. */
export async function eventually<T>(look: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until a campaign has heard that a trial has ended, which the store knows before it; then people may rule on it. */
export async function hasHeard({ client }: DurableHost, trialId: string): Promise<void> {
  const handle = client.workflow.getHandle(parseTrialId(trialId).campaignId);
  await eventually(async () => {
    const { inFlight } = await handle.query<CampaignStatus>('status');
    return inFlight.every(({ id }) => id !== trialId);
  });
}

/** Ends a workflow and forgets that it ever was, as when a server loses its data. */
export async function loseWorkflow({ client }: DurableHost, id: string): Promise<void> {
  await client.workflow.getHandle(id).terminate('lost');
  await client.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: id },
  });
  await eventually(() =>
    client.workflow
      .getHandle(id)
      .describe()
      .then(() => false)
      .catch(() => true),
  );
}

/** What of a record must not depend on the host, the hour or a crash: the trials without their times. */
export function comparable(record: CampaignRecord): unknown {
  return {
    stop: record.stop,
    trials: record.trials.map(({ proposal, state, observation }) => ({
      proposal,
      state,
      observation: observation && { ...observation, durationMs: 0 },
    })),
  };
}
