import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Campaign } from '../../models/domain/campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import type { AdapterSource } from './benches.js';
import { runInProcess } from './run-in-process.js';

/** What a thread of `run-seeds` is given when it starts. */
export interface SeedThreadData {
  readonly campaign: Campaign;
}

/** What a thread is told: a seed to run, or to abort what it runs. */
export type SeedThreadOrder = number | 'abort';

/** What a thread answers to a seed. */
export type SeedThreadAnswer =
  | { readonly seed: number; readonly record: CampaignRecord }
  | { readonly seed: number; readonly error: string };

/** How to run a campaign over many seeds. */
export interface SeedsOptions {
  readonly registry: AdapterSource;
  /** Threads to use; as many as the machine has cores where absent. */
  readonly jobs?: number | undefined;
  readonly onDone?: (record: CampaignRecord, done: number) => void;
  /** When aborted, running trials are cancelled and no further seed is begun. */
  readonly signal?: AbortSignal;
  readonly log?: (message: string) => void;
}

/**
 * Runs a campaign once for each seed, several seeds at a time on threads of their own. The records come in the order of
 * the seeds, and each is what `runInProcess` gives for it. After an abort there are fewer, the last of them cut short.
 */
export async function runSeeds(
  campaign: Campaign,
  seeds: readonly number[],
  options: SeedsOptions,
): Promise<readonly CampaignRecord[]> {
  const jobs = Math.min(seeds.length, options.jobs ?? availableParallelism());
  // A thread is started from compiled JavaScript only; from source, and for a single seed, this thread does it all.
  if (jobs <= 1 || !import.meta.url.endsWith('.js')) return runHere(campaign, seeds, options);
  const records = new Map<number, CampaignRecord>();
  const left = [...seeds];
  const done = (record: CampaignRecord) => {
    records.set(record.campaign.spec.seed, record);
    options.onDone?.(record, records.size);
  };
  const threads = Array.from({ length: jobs }, () => startThread(campaign));
  const abort = () => {
    left.length = 0;
    for (const thread of threads) thread.postMessage('abort' satisfies SeedThreadOrder);
  };
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  try {
    await Promise.all(threads.map((thread) => feed(thread, left, done, options.log ?? (() => {}))));
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return seeds.flatMap((seed) => records.get(seed) ?? []);
}

async function runHere(campaign: Campaign, seeds: readonly number[], options: SeedsOptions) {
  const records: CampaignRecord[] = [];
  for (const seed of seeds) {
    if (options.signal?.aborted) break;
    const { registry, signal, log } = options;
    const record = await runInProcess(campaign, {
      registry,
      seed,
      ...(signal === undefined ? {} : { signal }),
      ...(log === undefined ? {} : { log }),
    });
    records.push(record);
    options.onDone?.(record, records.length);
  }
  return records;
}

function startThread(campaign: Campaign): Worker {
  const workerData: SeedThreadData = { campaign };
  return new Worker(new URL('./seed-thread.js', import.meta.url), { workerData });
}

/** Gives a thread one seed after the other until none is left. */
function feed(
  thread: Worker,
  left: number[],
  done: (record: CampaignRecord) => void,
  log: (message: string) => void,
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const next = () => {
      const seed = left.shift();
      if (seed === undefined) resolve();
      else thread.postMessage(seed satisfies SeedThreadOrder);
    };
    thread.on('message', (answer: SeedThreadAnswer | { readonly log: string }) => {
      if ('log' in answer) log(answer.log);
      else if ('error' in answer) reject(new AthanorError('SIMULATION', `seed ${answer.seed}: ${answer.error}`));
      else {
        done(answer.record);
        next();
      }
    });
    thread.on('error', reject);
    thread.on('exit', (code) => reject(new AthanorError('SIMULATION', `a simulation thread ended with code ${code}`)));
    next();
  });
}
