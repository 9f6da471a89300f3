import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDecidePool } from '../../activities/decide-pool.js';
import { createActivities } from '../../activities/index.js';
import { jobKey } from '../../activities/job-request.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Query, type Store } from '../../activities/store/client.js';
import { migrate } from '../../activities/store/migrate.js';
import { findObservation } from '../../activities/store/observation.js';
import { saveRound } from '../../activities/store/proposal.js';
import { acceptSubmission, openSubmission } from '../../activities/store/submission.js';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { AdapterError } from '../../models/domain/errors.js';
import { randomDecisions } from '../../scripts/bench/random-decisions.js';
import { homeQueue } from '../../workflows/queues.js';
import {
  describeTrialLife,
  impatientMs,
  type Moment,
  type Script,
  type ScriptedDevice,
  scriptedDevice,
  type TrialLifeHost,
} from '../laws/trial-life.js';
import { createTestDatabase, testTemporal } from '../support/services.js';
import { eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, quietRuntime, replayFaults } from './histories.js';

/** What one trial runs on. */
interface Lab {
  readonly device: ScriptedDevice;
  readonly moment: Moment;
  readonly impatient?: boolean;
}

/** One attempt of an activity: a process of its own, as far as a trial can tell. */
interface Attempt extends Lab {
  dead: boolean;
}

const attempt = new AsyncLocalStorage<Attempt>();
const labs = new Map<string, Lab>();
const tag = randomBytes(4).toString('hex');
const taskQueue = `life-${tag}`;
const campaignId = `life-${tag}`;
const ended: string[] = [];
/** Trials of which an activity came to its end, but its worker died before it could say so. */
const silent = new Set<string>();
const free: string[] = [];
const opened: (() => Promise<unknown>)[] = [];
let store: Store;
let client: Client;

/** A process that has died does nothing more: an error that is not waited out there ends what it was at. */
function live(): void {
  if (attempt.getStore()?.dead) throw new AdapterError('the process has died');
}

/** Moments before and after each statement; none is carried out by a process that has died. */
function observed<T extends unknown[], R>(act: (...given: T) => Promise<R>): (...given: T) => Promise<R> {
  return async (...given) => {
    live();
    await attempt.getStore()?.moment();
    live();
    const result = await act(...given);
    await attempt.getStore()?.moment();
    live();
    return result;
  };
}

beforeAll(async () => {
  quietRuntime();
  const [database, temporal] = await Promise.all([createTestDatabase(), testTemporal()]);
  opened.push(() => database.drop());
  store = openStore(database.url, { connections: 8 });
  opened.push(() => store.close());
  await migrate(store.pool);
  const campaign = problemCampaign(campaignId, { budget: { trials: 10_000 } });
  const asked = { round: 1, count: 1_500, pending: [], remainingCost: null };
  const decision = await randomDecisions.decide({ campaign, ...asked, trials: [] });
  await store.transaction(async (query) => {
    await createCampaign(query, campaign);
    await saveRound(query, { campaignId, ...asked, ...decision });
  });
  free.push(...decision.proposals.map(({ id }) => id));
  const connection = await Connection.connect({ address: temporal.address });
  client = new Client({ connection });
  opened.push(() => connection.close());
  const native = await NativeConnection.connect({ address: temporal.address });
  opened.push(() => native.close());
  const pool = createDecidePool(1, { memoryMb: 512 });
  opened.push(() => pool.close());
  const query: Query = observed((sql, parameters) => store.query(sql, parameters));
  const transaction: Store['transaction'] = observed((work: (query: Query) => Promise<never>) =>
    store.transaction(work),
  );
  const activitiesOf = (home: string) => {
    const instrumentFor = async () => ({
      id: 'scripted',
      type: 'problem',
      adapter: attempt.getStore()!.device.adapter,
    });
    const deps = { store: { ...store, query, transaction }, pool, instrumentFor, home };
    const [patient, impatient] = [createActivities(deps), createActivities({ ...deps, callTimeoutMs: impatientMs })];
    return Object.fromEntries(
      (['submit', 'track', 'settle', 'quarantine'] as const).map((name) => [
        name,
        async (input: never) => {
          const { trialId } = input as { trialId: string };
          const lab = labs.get(trialId)!;
          const wasSilent = silent.has(trialId);
          const act = (lab.impatient ? impatient : patient)[name] as (input: never) => Promise<unknown>;
          const answer = await attempt.run({ ...lab, dead: false }, () => act(input));
          // No heart beats any more: the server gives the attempt up by itself.
          if (silent.has(trialId) && !wasSilent) await Context.current().cancelled;
          return answer;
        },
      ]),
    );
  };
  const codePath = fileURLToPath(new URL('../../dist/workflows/bundle.js', import.meta.url));
  const common = { connection: native, shutdownForceTime: '5s', maxConcurrentActivityTaskExecutions: 200 } as const;
  const workers = [
    await Worker.create({ ...common, taskQueue, workflowBundle: { codePath }, activities: activitiesOf('a') }),
    await Worker.create({ ...common, taskQueue: homeQueue(taskQueue, 'a'), activities: activitiesOf('a') }),
    await Worker.create({ ...common, taskQueue: homeQueue(taskQueue, 'b'), activities: activitiesOf('b') }),
  ];
  const runs = workers.map((worker) => worker.run());
  opened.push(async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(runs);
  });
});

afterAll(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const host: TrialLifeHost = {
  run: async (make, impatient = false) => {
    const trialId = free.shift()!;
    const { device, moment = () => undefined } = make({
      cancel: async () => {
        await client.workflow.getHandle(trialId).cancel();
      },
      crash: () => {
        attempt.getStore()!.dead = true;
        live();
      },
    });
    labs.set(trialId, { device, moment, impatient });
    const args = [{ trialId, campaignId, generation: 1 }];
    await client.workflow.execute('trialWorkflow', { taskQueue, workflowId: trialId, args });
    ended.push(trialId);
    return (await findObservation(store.query, trialId))!;
  },
};

describeTrialLife('on Temporal and PostgreSQL', host, { crashes: true, every: 3, timeoutMs: 600_000 });

it('is settled where the answer that was lost was that of a call which was to be cancelled', async () => {
  const trialId = free[0]!;
  let isTold = false;
  const isTakenBack = async () => {
    const { events } = await client.workflow.getHandle(trialId).fetchHistory();
    return events!.some((event) => event.activityTaskCancelRequestedEventAttributes != null);
  };
  let device!: ScriptedDevice;
  const observation = await host.run((trial) => {
    // Between what the device does and its answer the person's wish has come as far as the server.
    const moment = async () => {
      if (isTold || device.begun === 0) return;
      isTold = true;
      await trial.cancel();
      await eventually(isTakenBack);
    };
    device = scriptedDevice({ mishaps: { submit: ['lostReply'] }, looks: 1e9 }, moment);
    return { device };
  });
  expect(observation).toMatchObject({ outcome: 'cancelled' });
  expect(device).toMatchObject({ begun: 1, state: 'cancelled' });
});

it('is settled where the worker died with the answer of such a call', async () => {
  const trialId = free[0]!;
  let device!: ScriptedDevice;
  const observation = await host.run((trial) => {
    const moment = async () => {
      if (device.begun === 0 || silent.has(trialId)) return;
      silent.add(trialId);
      await trial.cancel();
    };
    device = scriptedDevice({ looks: 1e9 }, moment);
    return { device };
  });
  expect(observation).toMatchObject({ outcome: 'cancelled' });
  expect(device).toMatchObject({ begun: 1, state: 'cancelled' });
});

/** A trial whose job was begun from another home. */
async function lyingIn(home: string, script: Script): Promise<{ trialId: string; device: ScriptedDevice }> {
  const trialId = free.shift()!;
  const device = scriptedDevice(script);
  labs.set(trialId, { device, moment: () => undefined });
  const [key, generation] = [jobKey(trialId), 1];
  const requestSha = 'as it was';
  await openSubmission(store.query, {
    key,
    trialId,
    adapter: 'problem',
    fidelity: 'exact',
    requestSha,
    home,
    generation,
    instrument: 'scripted',
  });
  await device.adapter.submit(key, {} as JobRequest, { fence: 1 });
  await acceptSubmission(store.query, key, 'the job');
  const args = [{ trialId, campaignId, generation }];
  await client.workflow.start('trialWorkflow', { taskQueue, workflowId: trialId, args });
  ended.push(trialId);
  return { trialId, device };
}

/** Waits until an activity waits in the queue of a home for a worker. */
async function waitingFor(trialId: string, home: string, activity: string): Promise<void> {
  await eventually(async () => {
    const [one] = await historiesOf(client, trialId);
    const scheduled = one!.history.events!.map((event) => event.activityTaskScheduledEventAttributes);
    return scheduled.some(
      (a) => a?.activityType?.name === activity && a.taskQueue?.name === homeQueue(taskQueue, home),
    );
  });
}

describe('a trial whose job lies in another home', () => {
  const result = async (trialId: string) => {
    await client.workflow.getHandle(trialId).result();
    return (await findObservation(store.query, trialId))!;
  };

  it('is followed there, and cancelled there', async () => {
    const measured = await lyingIn('b', {});
    expect(await result(measured.trialId)).toMatchObject({ outcome: 'measured', values: { value: 2.5 } });
    const long = await lyingIn('b', { looks: 1e9 });
    await waitingFor(long.trialId, 'b', 'track');
    await client.workflow.getHandle(long.trialId).cancel();
    expect(await result(long.trialId)).toMatchObject({ outcome: 'cancelled' });
    for (const { device } of [measured, long]) expect(device.begun).toBe(1);
  });

  it('waits for that home until a person gives it up, cancelled or not', async () => {
    const [one, two] = [await lyingIn('away', {}), await lyingIn('away', {})];
    for (const { trialId } of [one, two]) await waitingFor(trialId, 'away', 'submit');
    await client.workflow.getHandle(two.trialId).cancel();
    await waitingFor(two.trialId, 'away', 'settle');
    for (const { trialId, device } of [one, two]) {
      await client.workflow.getHandle(trialId).signal('giveUp', { who: 'ann' });
      expect(await result(trialId)).toMatchObject({ outcome: 'quarantined', cause: { code: 'givenUp' } });
      expect(device.asked).toEqual(['submit']);
    }
  });
});

describe('the histories of all these trials', () => {
  it('are short, and replay', async () => {
    const histories = (await Promise.all(ended.map((id) => historiesOf(client, id)))).flat();
    expect(histories.length).toBeGreaterThan(100);
    for (const { history } of histories) expect(history.events!.length).toBeLessThan(60);
    expect(await replayFaults(histories)).toEqual([]);
    const kinds = new Map(histories.map((one) => [commandsOf(one), one]));
    await keepHistories('trial-life', [...kinds.values()]);
  });
});

/** The activities that a trial's workflow called for, in order. */
function commandsOf({ history }: Awaited<ReturnType<typeof historiesOf>>[number]): string {
  return history
    .events!.map(
      ({ activityTaskScheduledEventAttributes: scheduled, activityTaskCancelRequestedEventAttributes: taken }) =>
        scheduled?.activityType?.name ?? (taken ? 'taken back' : null),
    )
    .filter((name) => name !== null)
    .join(' ');
}
