import type { Config } from '../config.js';
import type { RunningWorker, WorkerSettings } from '../durable/worker.js';
import { keepServices, servicesAgain } from '../local/keep-services.js';
import { areEnded, type Services } from '../local/services.js';

/**
 * A worker that also keeps the servers of its home: one that dies is started again, and where it comes back at another address
 * the worker begins anew there. Where a person ends them it lets go, and goes on when they run again.
 *
 * @param told.instruments - which it alone drives; all other work where absent
 * @param told.restoredBy - who says that the database was restored, and that work is to go on from it
 * @throws {UnavailableError} if PostgreSQL or Temporal cannot be reached
 */
export async function startKeptWorker(
  config: Config,
  services: Services,
  log: (line: string) => void,
  { restoredBy, ...told }: Pick<WorkerSettings, 'instruments' | 'restoredBy'> = {},
): Promise<RunningWorker> {
  const { startWorker } = await import('../durable/worker.js');
  const over = new AbortController();
  let gone = false;
  // What a worker says of servers that a person ended is known.
  const unlessGone = (line: string) => {
    if (!gone) log(line);
  };
  const start = (at: Services, once: Pick<WorkerSettings, 'restoredBy'> = {}) => {
    const { databaseUrl, temporalAddress, temporalAccess, temporalNamespace: namespace } = at;
    const { home, shared, decideThreads, decideMemoryMb, rawLimits } = config;
    const servers = { databaseUrl, temporalAddress, temporalAccess, namespace };
    return startWorker({
      ...servers,
      ...told,
      ...once,
      home,
      shared,
      decideThreads,
      decideMemoryMb,
      rawLimits,
      log: unlessGone,
    });
  };
  let worker = await start(services, restoredBy === undefined ? {} : { restoredBy });

  /** Where the servers are once this worker has ended; null where that is the end of all. */
  const kept = async (at: Services): Promise<Services | null> => {
    const leave = new AbortController();
    const left = () => leave.abort();
    over.signal.addEventListener('abort', left, { once: true });
    let moved: Services | null = null;
    const letGo = () => void worker.shutdown().catch(() => undefined);
    const keeping = keepServices(config, at, {
      log,
      signal: leave.signal,
      onMoved: (now) => {
        moved = now;
        letGo();
      },
      onEnded: () => {
        log(`the servers of ${config.home} are gone ('athanor down'); waiting until they run again`);
        gone = true;
        letGo();
      },
    });
    try {
      await worker.ended;
    } catch (error) {
      // Nothing can be let go in an orderly way.
      if (!gone) throw error;
    } finally {
      leave.abort();
      over.signal.removeEventListener('abort', left);
    }
    await keeping;
    return gone ? servicesAgain(config, { log, signal: over.signal }) : moved;
  };

  const work = async (): Promise<void> => {
    for (let at = await kept(services); at !== null && !over.signal.aborted; at = await kept(at)) {
      const wasGone = gone;
      gone = false;
      try {
        worker = await start(at);
        if (wasGone) log('the servers run again; going on');
      } catch (error) {
        gone = await areEnded(config);
        if (!gone) throw error;
      }
    }
  };
  const ended = work();
  ended.catch(() => undefined);
  return {
    ended,
    shutdown: async () => {
      over.abort();
      await worker.shutdown();
      await ended;
    },
  };
}
