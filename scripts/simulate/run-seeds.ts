import { availableParallelism } from 'node:os';
import { createDecidePool, type DecidePool, type PoolOptions } from '../../activities/decide-pool.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import type { AdapterSource } from './benches.js';
import { type InProcessOptions, type LoopNews, runInProcess } from './run-in-process.js';

/** How to run a campaign over many seeds. */
export interface SeedsOptions {
  readonly registry: AdapterSource;
  /** Seeds to run at the same time, each with a thread for its decisions; as many as there are cores where absent. */
  readonly jobs?: number;
  /** What each thread may have. */
  readonly threads?: PoolOptions;
  readonly model?: InProcessOptions['model'];
  readonly onEvent?: (seed: number, news: LoopNews) => void;
  readonly onDone?: (record: CampaignRecord, done: number) => void;
  /** When aborted, running trials are cancelled, decisions let go, and no further seed is begun. */
  readonly signal?: AbortSignal;
  readonly log?: (message: string) => void;
}

/**
 * Runs a campaign once for each seed, several at a time. The loops and adapters share this thread, which is free while
 * decisions, by far the most of the work, are made in threads of their own. The records come in the order of the seeds,
 * and each is what `runInProcess` gives for it. After an abort there are fewer, the last of them cut short.
 *
 * @throws what a seed threw first, an AthanorError with its seed named; the others are ended then
 */
export async function runSeeds(
  campaign: Campaign,
  seeds: readonly number[],
  options: SeedsOptions,
): Promise<readonly CampaignRecord[]> {
  const jobs = Math.min(seeds.length, options.jobs ?? availableParallelism());
  const pool = createDecidePool(jobs, options.threads);
  const failed = new AbortController();
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
  const records = new Map<number, CampaignRecord>();
  const left = [...seeds];
  const runLeft = async () => {
    for (let seed = left.shift(); seed !== undefined && !signal.aborted; seed = left.shift()) {
      const record = await runSeed(campaign, seed, pool, { ...options, signal });
      records.set(seed, record);
      options.onDone?.(record, records.size);
    }
  };
  const lanes = Array.from({ length: jobs }, () => runLeft());
  for (const lane of lanes) lane.catch((error: unknown) => failed.abort(error));
  try {
    await Promise.allSettled(lanes);
  } finally {
    await pool.close();
  }
  if (failed.signal.aborted) throw failed.signal.reason;
  return seeds.flatMap((seed) => records.get(seed) ?? []);
}

async function runSeed(
  campaign: Campaign,
  seed: number,
  pool: DecidePool,
  { registry, signal, log, model, onEvent }: SeedsOptions,
): Promise<CampaignRecord> {
  try {
    return await runInProcess(campaign, {
      registry,
      seed,
      decide: (request, decideSignal) => pool.decide(request, { signal: decideSignal }),
      ...(signal === undefined ? {} : { signal }),
      ...(log === undefined ? {} : { log }),
      ...(model === undefined ? {} : { model }),
      ...(onEvent === undefined ? {} : { onEvent: (news) => onEvent(seed, news) }),
    });
  } catch (error) {
    if (!(error instanceof AthanorError)) throw error;
    throw new AthanorError(error.code, `seed ${seed}: ${error.message}`, { cause: error });
  }
}
