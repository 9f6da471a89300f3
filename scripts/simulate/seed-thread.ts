import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { registryFor } from '../campaign-registry.js';
import { runInProcess } from './run-in-process.js';
import type { SeedThreadAnswer, SeedThreadData, SeedThreadOrder } from './run-seeds.js';

/** Runs the campaign of this thread once for every seed it is sent, one after the other. */
async function serve(port: NonNullable<typeof parentPort>, data: SeedThreadData): Promise<void> {
  const registry = await registryFor(data.campaign.spec);
  const log = (message: string) => port.postMessage({ log: message });
  const stop = new AbortController();
  port.on('message', (order: SeedThreadOrder) => {
    if (order === 'abort') {
      stop.abort();
      return;
    }
    const seed = order;
    runInProcess(data.campaign, { registry, seed, log, signal: stop.signal }).then(
      (record) => port.postMessage({ seed, record } satisfies SeedThreadAnswer),
      (error: unknown) => {
        const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
        port.postMessage({ seed, error: told } satisfies SeedThreadAnswer);
      },
    );
  });
}

if (!isMainThread && parentPort !== null) await serve(parentPort, workerData as SeedThreadData);
