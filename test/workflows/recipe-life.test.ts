import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDecidePool } from '../../activities/decide-pool.js';
import { type Activities, createActivities } from '../../activities/index.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Query, type Store } from '../../activities/store/client.js';
import { saveLab } from '../../activities/store/lab.js';
import { migrate } from '../../activities/store/migrate.js';
import { findObservation } from '../../activities/store/observation.js';
import { saveRound } from '../../activities/store/proposal.js';
import { AdapterError } from '../../models/domain/errors.js';
import { labSchema } from '../../models/domain/lab.js';
import { randomDecisions } from '../../scripts/bench/random-decisions.js';
import { homeQueue } from '../../workflows/queues.js';
import { describeRecipeLife, lawRecipe, type RecipeHost, type ScriptedLab } from '../laws/recipe-life.js';
import type { Moment } from '../laws/trial-life.js';
import { createTestDatabase, testTemporal } from '../support/services.js';
import { problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, quietRuntime, replayFaults } from './histories.js';

/** What one trial runs on. */
interface Bench {
  readonly lab: ScriptedLab;
  readonly moment: Moment;
}

/** One attempt of an activity: a process of its own, as far as a trial can tell. */
const attempt = new AsyncLocalStorage<Bench & { dead: boolean }>();
const benches = new Map<string, Bench>();
const tag = randomBytes(4).toString('hex');
const taskQueue = `recipe-${tag}`;
const campaignId = `recipe-${tag}`;
const ended: string[] = [];
const free: string[] = [];
const opened: (() => Promise<unknown>)[] = [];
let store: Store;
let client: Client;

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

const ofTrials = ['submit', 'track', 'settle', 'quarantine', 'planLease', 'planSteps', 'endSteps', 'recall'] as const;

beforeAll(async () => {
  quietRuntime();
  const [database, temporal] = await Promise.all([createTestDatabase(), testTemporal()]);
  opened.push(() => database.drop());
  store = openStore(database.url, { connections: 8 });
  opened.push(() => store.close());
  await migrate(store.pool);
  const slots = 1_000;
  const lab = labSchema.parse({
    name: `lab-${tag}`,
    instruments: Object.fromEntries(['robot', 'oven', 'balance'].map((name) => [name, { adapter: 'problem', slots }])),
    positions: { shelf: { slots }, tray: { slots } },
  });
  const campaign = problemCampaign(campaignId, {
    budget: { trials: 10_000 },
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', recipe: lawRecipe, cost: 9 }],
  });
  const asked = { round: 1, count: 1_500, pending: [], remainingCost: null };
  const decision = await randomDecisions.decide({ campaign, ...asked, trials: [] });
  await store.transaction(async (query) => {
    await saveLab(query, lab, 'ann');
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
  const instrumentFor = async (_campaign: unknown, _fidelity: string, slot?: string, on?: string) => ({
    id: slot?.replace(/#\d+$/, '') ?? `${lab.name}/${on}`,
    type: 'problem',
    adapter: attempt.getStore()!.lab.adapter,
  });
  const all = createActivities({ store: { ...store, query, transaction }, pool, instrumentFor, home: 'a' });
  const own = (name: (typeof ofTrials)[number]) => {
    const act = all[name] as (input: never) => Promise<unknown>;
    return (input: { readonly trialId: string }) =>
      attempt.run({ ...benches.get(input.trialId)!, dead: false }, () => act(input as never));
  };
  const activities = { ...all, ...Object.fromEntries(ofTrials.map((name) => [name, own(name)])) } as Activities;
  const codePath = fileURLToPath(new URL('../../dist/workflows/bundle.js', import.meta.url));
  const common = { connection: native, workflowBundle: { codePath }, activities, shutdownForceTime: '5s' } as const;
  const workers = [
    await Worker.create({ ...common, taskQueue }),
    await Worker.create({ ...common, taskQueue: homeQueue(taskQueue, 'a') }),
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

const host: RecipeHost = {
  run: async (make) => {
    const trialId = free.shift()!;
    const cancel = async () => {
      await client.workflow.getHandle(trialId).cancel();
    };
    const crash = () => {
      attempt.getStore()!.dead = true;
      live();
    };
    benches.set(trialId, make({ cancel, crash }));
    const args = [{ trialId, campaignId, generation: 1, lab: true }];
    await client.workflow.execute('trialWorkflow', { taskQueue, workflowId: trialId, args });
    ended.push(trialId);
    return (await findObservation(store.query, trialId))!;
  },
};

describeRecipeLife('on Temporal and PostgreSQL', host, { crashes: true, every: 11, timeoutMs: 900_000 });

it('their histories are short, and replay', async () => {
  const histories = (await Promise.all(ended.map((id) => historiesOf(client, id)))).flat();
  expect(histories.length).toBeGreaterThan(50);
  for (const { history } of histories) expect(history.events!.length).toBeLessThan(300);
  expect(await replayFaults(histories)).toEqual([]);
  await keepHistories('recipe-life', histories.slice(0, 3));
});
