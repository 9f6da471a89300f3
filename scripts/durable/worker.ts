import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { createDecidePool, type DecidePool } from '../../activities/decide-pool.js';
import { handAdapter } from '../../activities/hand-adapter.js';
import { type ActivityDeps, createActivities } from '../../activities/index.js';
import { openStore } from '../../activities/store/client.js';
import { loadLab } from '../../activities/store/lab.js';
import { readMark } from '../../activities/store/mark.js';
import type { StoreMark } from '../../activities/store/mark-row.js';
import { migrate } from '../../activities/store/migrate.js';
import { restoreSubmissions } from '../../activities/store/submission.js';
import { isOfLab } from '../../models/domain/fidelity.js';
import type { RawLimits } from '../../models/domain/raw-limits.js';
import { redactorOf } from '../../models/domain/redaction.js';
import { homeQueue, instrumentQueue, modelQueue } from '../../workflows/queues.js';
import { keepAlarms } from '../alarms/keep-alarms.js';
import { registryFor as registryOf } from '../campaign-registry.js';
import { threadsFor } from '../decide-threads.js';
import { prepareHome } from '../home.js';
import { destinationsIn } from '../notify/destinations.js';
import { keepNotifying } from '../notify/keep-notifying.js';
import { stoppable } from '../safe-stop/stoppable.js';
import { keepExchanging } from '../safe-stop/tell-store.js';
import { version } from '../version.js';
import { createAdapterBench, type RegistryFor } from './adapter-bench.js';
import { defaultTaskQueue } from './campaign-workflow.js';
import { logSlowDecisions } from './decision-log.js';
import { type Driven, drivenInstruments } from './driven-instruments.js';
import { homeIdentity } from './home-identity.js';
import { keepHome } from './keep-home.js';
import { createLabBench } from './lab-bench.js';
import { keepBounded, LineMemory } from './line-memory.js';
import { keepWorkflows, restoreWorkflows } from './restore-workflows.js';
import { goOnFromStore, mustBeAbreast } from './restored-store.js';
import { isOpenOn, serverOf, tellOn } from './server-of.js';
import { serviceError } from './service-failure.js';
import { StoreMemory } from './store-memory.js';
import type { TemporalAccess } from './temporal-access.js';
import { temporalLines } from './temporal-lines.js';
import { trainingModels } from './training-models.js';

/** Where a worker finds what it needs. */
export interface WorkerSettings {
  readonly databaseUrl: string;
  /** host:port */
  readonly temporalAddress: string;
  /** Campaign home, where adapters keep their jobs. */
  readonly home: string;
  /** Folder in place of the home for adapters' jobs, for workers of several homes of one machine. */
  readonly shared?: string | null;
  readonly temporalAccess?: TemporalAccess;
  readonly namespace?: string;
  readonly taskQueue?: string;
  /**
   * Instruments of labs, as NAME or LAB/NAME, which this worker alone drives: it makes no decisions and runs no workflows. All
   * work of campaigns but the calls of such instruments where absent.
   */
  readonly instruments?: readonly string[];
  /** Who says that the database was restored from an older dump, and that work is to go on from it; absent where nobody does. */
  readonly restoredBy?: string;
  /** The adapters of a campaign; those built in and those of its own modules where absent. */
  readonly registryFor?: RegistryFor;
  /** Threads that make decisions, and the memory of each in MB; as `threadsFor` says where absent or null. */
  readonly decideThreads?: number | null;
  readonly decideMemoryMb?: number | null;
  /** How much of raw outputs is kept; that of `models/domain/raw-limits.ts` where absent. */
  readonly rawLimits?: RawLimits;
  /** Where decisions are made, in place of threads of this process; closed with the worker. */
  readonly pool?: DecidePool;
  readonly log?: (message: string) => void;
}

/** A worker at work. */
export interface RunningWorker {
  /** Resolves when the worker has ended; rejects if it ended because of an error. */
  readonly ended: Promise<void>;
  /** Lets go of all work in an orderly way: jobs live on, and another worker takes over. */
  shutdown(): Promise<void>;
}

/**
 * Starts a worker in this process: workflows, activities and decision threads. The store is migrated first, and
 * campaigns whose workflow is missing on the server are started again, now and whenever that server loses its data.
 *
 * @throws {UnavailableError} if PostgreSQL or Temporal cannot be reached
 */
export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const log = settings.log ?? (() => undefined);
  installLogger(log);
  const opened: (() => Promise<unknown>)[] = [];
  const release = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const jobs = settings.shared ?? settings.home;
    const memory = new StoreMemory(jobs);
    let onBehind: (error: Error) => void = () => undefined;
    const behind = new Promise<Error>((resolve) => {
      onBehind = resolve;
    });
    const refuses = (mark: StoreMark) => {
      const fault = memory.faultOf(mark);
      if (fault !== null) onBehind(fault);
      return fault !== null;
    };
    const store = openStore(settings.databaseUrl, { connections: 16, refuses });
    opened.push(() => store.close());
    await migrate(store.pool).catch((error) => Promise.reject(serviceError(error, 'PostgreSQL')));
    const connection = await NativeConnection.connect({
      ...settings.temporalAccess,
      address: settings.temporalAddress,
    }).catch((error) => Promise.reject(serviceError(error, `Temporal at ${settings.temporalAddress}`)));
    opened.push(() => connection.close());
    await prepareHome(settings.home, log);
    await mkdir(jobs, { recursive: true, mode: 0o700 });
    const home = await homeIdentity(jobs, { log, shared: typeof settings.shared === 'string' });
    const lines = new LineMemory(jobs);
    if (settings.restoredBy !== undefined)
      await goOnFromStore({ ...serverOf(settings, connection), store, lines }, settings.restoredBy, log);
    opened.push(await keepHome({ store, home, memory, log, onBehind }));
    // Of a home that was not there when that was said.
    if ((await readMark(store.query)).life > 1)
      await store.transaction((query) => restoreSubmissions(query, lines.all()));
    if (settings.restoredBy === undefined) await mustBeAbreast({ ...serverOf(settings, connection), store });
    opened.push(keepBounded(lines, store.query));
    const safety = stoppable(jobs, settings.registryFor ?? ((adapters) => registryOf({ adapters })), log);
    opened.push(() => safety.leave());
    const { registryFor } = safety;
    const { rawLimits } = settings;
    const bench = createAdapterBench(jobs, log, registryFor, settings.rawLimits?.fileBytes);
    opened.push(() => bench.close());
    const rawFileBytes = rawLimits?.fileBytes;
    const labOf = (name: string) => loadLab(store.query, name);
    const labBench = createLabBench(jobs, log, { registryFor, people: handAdapter(store), labOf, rawFileBytes });
    opened.push(() => labBench.close());
    const instrumentFor: ActivityDeps['instrumentFor'] = (campaign, fidelity, slot, on) =>
      campaign.spec.fidelities.some((level) => level.name === fidelity && isOfLab(level))
        ? labBench.instrumentFor(campaign, fidelity, slot, on)
        : bench.instrumentFor(campaign, fidelity);
    const pool = logSlowDecisions(settings.pool ?? openPool(settings), log);
    opened.push(() => pool.close());
    const activities = createActivities({
      store,
      pool,
      instrumentFor,
      home: home.id,
      program: version(),
      modelHere: trainingModels(settings.home, store, log),
      ...(rawLimits === undefined ? {} : { rawLimits }),
      isOpen: isOpenOn(settings, connection),
      tellInstrument: tellOn(settings, connection),
      remember: (line) => lines.keep(line),
      latchedBy: (instrument) => safety.latchedBy(instrument),
    });
    const destinations = destinationsIn(settings.home, process.env, log);
    const telling = { store, ...serverOf(settings, connection), home: home.id, jobs, destinations, log };
    const redact = redactorOf(process.env);
    opened.push(keepAlarms({ ...telling, redact }), keepNotifying({ ...telling, redact }));
    const alone = settings.instruments ?? null;
    opened.push(keepExchanging({ jobs, store, alone, log, tell: tellOn(settings, connection) }));
    if (settings.instruments !== undefined) {
      const driven = await drivenInstruments(store.query, settings.instruments);
      return run(
        await createDeviceWorkers(settings, connection, activities, { home: home.id, driven }),
        release,
        behind,
      );
    }
    const workers = await createWorkers(settings, connection, activities, home.id);
    await restoreWorkflows(settings, connection, store, log);
    opened.push(keepWorkflows(settings, connection, store, log));
    return run(workers, release, behind);
  } catch (error) {
    await release();
    throw error;
  }
}

function openPool({ decideThreads = null, decideMemoryMb = null }: WorkerSettings): DecidePool {
  const { threads, memoryMb } = threadsFor({ decideThreads, decideMemoryMb });
  return createDecidePool(threads, { memoryMb });
}

/** @param fault - what the workers must end for */
function run(workers: readonly Worker[], release: () => Promise<void>, fault: Promise<Error>): RunningWorker {
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const runs = workers.map((worker) => worker.run());
  // One that fails takes the others with it, so that a person or the system's supervisor starts the whole anew.
  for (const one of runs) one.catch(stop);
  let failed: Error | null = null;
  void fault.then((error) => {
    failed = error;
    stop();
  });
  const ended = Promise.allSettled(runs).then(async (results) => {
    await release();
    if (failed !== null) throw failed;
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  });
  ended.catch(() => undefined);
  return {
    ended,
    shutdown: () => {
      stop();
      return ended;
    },
  };
}

async function createWorkers(
  settings: WorkerSettings,
  connection: NativeConnection,
  activities: ReturnType<typeof createActivities>,
  home: string,
): Promise<Worker[]> {
  const { propose, place, beginTuning, trainTuning, keepTuning, ...others } = activities;
  const taskQueue = settings.taskQueue ?? defaultTaskQueue;
  const common = commonOptions(settings, connection);
  const campaigns = Worker.create({
    ...common,
    ...workflowCode(),
    taskQueue,
    activities: others,
    // A trial holds a place for as long as its experiment runs, which is mostly waiting.
    maxConcurrentActivityTaskExecutions: 2_000,
    // A worker that died is given up after this long, and its workflows are replayed elsewhere.
    stickyQueueScheduleToStartTimeout: '3s',
  });
  const models = Worker.create({
    ...common,
    taskQueue: modelQueue(taskQueue),
    activities: { propose, place, beginTuning, trainTuning, keepTuning },
    // More than there are threads: a decision that is in the store already needs none.
    maxConcurrentActivityTaskExecutions: 16,
  });
  const homes = createDeviceWorkers(settings, connection, activities, { home, driven: [] });
  return [...(await Promise.all([campaigns, models])), ...(await homes)];
}

/** Those that call devices: for the jobs of one home, and for instruments that only workers which were told to drive. */
function createDeviceWorkers(
  settings: WorkerSettings,
  connection: NativeConnection,
  { submit, track, settle }: ReturnType<typeof createActivities>,
  { home, driven }: { readonly home: string; readonly driven: readonly Driven[] },
): Promise<Worker[]> {
  const queue = settings.taskQueue ?? defaultTaskQueue;
  const queues = driven.map(({ lab, name }) => instrumentQueue(queue, lab, name));
  const workers = [homeQueue(queue, home), ...queues].map((taskQueue) =>
    Worker.create({
      ...commonOptions(settings, connection),
      taskQueue,
      activities: { submit, track, settle },
      // A trial holds a place for as long as its experiment runs, which is mostly waiting.
      maxConcurrentActivityTaskExecutions: 2_000,
    }),
  );
  return Promise.all(workers);
}

function commonOptions({ namespace = 'default' }: WorkerSettings, connection: NativeConnection) {
  return {
    connection,
    namespace,
    shutdownGraceTime: '2s',
    shutdownForceTime: '30s',
    maxHeartbeatThrottleInterval: '4s',
  } satisfies Partial<WorkerOptions>;
}

/** The bundle made by the build, or else the compiled workflows, bundled now. */
function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const dist = import.meta.url.endsWith('.ts') ? '../../dist/workflows/' : '../../workflows/';
  const codePath = fileURLToPath(new URL(`${dist}bundle.js`, import.meta.url));
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return { workflowsPath: fileURLToPath(new URL(`${dist}index.js`, import.meta.url)) };
}

/** Temporal's own lines: warnings and errors only. One runtime serves the whole process, and the first call makes it. */
function installLogger(log: (message: string) => void): void {
  const logger = new DefaultLogger('WARN', temporalLines(log));
  const filter = makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' });
  try {
    // Forwarded, as the native part would otherwise write to standard output, which belongs to the data.
    Runtime.install({ logger, telemetryOptions: { logging: { filter, forward: {} } } });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'IllegalStateError') throw error;
  }
}
