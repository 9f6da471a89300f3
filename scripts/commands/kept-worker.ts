import type { Config } from '../config.js';
import type { RunningWorker } from '../durable/worker.js';
import { keepServices } from '../local/keep-services.js';
import type { Services } from '../local/services.js';

/**
 * A worker that also keeps the servers of its home: one that dies is started again, and where it comes back at another address
 * the worker begins anew there.
 *
 * @throws {UnavailableError} if PostgreSQL or Temporal cannot be reached
 */
export async function startKeptWorker(
  config: Config,
  services: Services,
  log: (line: string) => void,
): Promise<RunningWorker> {
  const { startWorker } = await import('../durable/worker.js');
  const start = ({ databaseUrl, temporalAddress, temporalAccess, temporalNamespace: namespace }: Services) => {
    const { home, shared, decideThreads, decideMemoryMb } = config;
    const servers = { databaseUrl, temporalAddress, temporalAccess, namespace };
    return startWorker({ ...servers, home, shared, decideThreads, decideMemoryMb, log });
  };
  const over = new AbortController();
  let worker = await start(services);
  const work = async (): Promise<void> => {
    for (let at = services; ; ) {
      const leave = new AbortController();
      const left = () => leave.abort();
      over.signal.addEventListener('abort', left, { once: true });
      let moved: Services | null = null;
      const kept = keepServices(config, at, {
        log,
        signal: leave.signal,
        onMoved: (now) => {
          moved = now;
          worker.shutdown().catch(() => undefined);
        },
      });
      await worker.ended.finally(() => {
        leave.abort();
        over.signal.removeEventListener('abort', left);
      });
      await kept;
      if (moved === null || over.signal.aborted) return;
      at = moved;
      worker = await start(at);
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
