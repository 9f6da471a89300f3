import { join } from 'node:path';
import type { Campaign } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { keepResult } from '../output-place.js';
import { exportJson } from '../record/export.js';
import { Beats } from './beats.js';
import { keptRuns } from './kept-runs.js';
import { runSeeds, type SeedsOptions } from './run-seeds.js';

/** One campaign for each strategy, and where the records go. */
export interface StrategyRuns {
  readonly campaigns: readonly { readonly label: string; readonly campaign: Campaign }[];
  readonly seeds: readonly number[];
  /** Folder that keeps the records; null for none. */
  readonly folder: string | null;
  /** Name of the file of a run in it. */
  readonly nameOf: (label: string, seed: number) => string;
  /** What is told of progress. */
  readonly beat: (line: string) => void;
  /** What people must know: errors, and runs that were not done again. */
  readonly note: (line: string) => void;
}

/**
 * Runs several strategies over the same seeds, one strategy after the other. Each record is written as soon as its run has
 * ended, and a run whose record is in the folder already is not done again.
 *
 * @returns the records by strategy and seed, and whether all stand where they were wanted
 */
export async function runStrategies(
  { campaigns, seeds, folder, nameOf, beat, note }: StrategyRuns,
  options: Omit<SeedsOptions, 'onEvent' | 'onDone'>,
): Promise<{ records: CampaignRecord[]; asWanted: boolean }> {
  const several = campaigns.length > 1;
  const all: CampaignRecord[] = [];
  const writing: Promise<boolean>[] = [];
  const work: { label: string; campaign: Campaign; kept: Map<number, CampaignRecord> }[] = [];
  for (const { label, campaign } of campaigns) {
    const kept = new Map<number, CampaignRecord>();
    if (folder !== null) {
      const find = keptRuns(campaign);
      for (const seed of seeds) {
        const file = join(folder, nameOf(label, seed));
        const found = await find(file, seed);
        if (typeof found === 'string') note(`${file} is run anew: ${found}`);
        else if (found !== null) kept.set(seed, found);
      }
    }
    work.push({ label, campaign, kept });
  }
  const total = campaigns.length * seeds.length;
  const known = work.reduce((sum, { kept }) => sum + kept.size, 0);
  if (known > 0) note(`${known} of ${total} runs are in ${folder} already, and not done again`);
  const beats = new Beats(total, beat, known);
  for (const { label, campaign, kept } of work) {
    if (options.signal?.aborted) break;
    const left = seeds.filter((seed) => !kept.has(seed));
    const name = several ? label : null;
    const run = await runSeeds(campaign, left, {
      ...options,
      onEvent: (seed, { state }) => beats.tell(seed, state, Date.now(), name),
      onDone: (record) => {
        beats.done(record, Date.now(), name);
        if (folder === null) return;
        const file = join(folder, nameOf(label, record.campaign.spec.seed));
        writing.push(keepResult(file, exportJson(record), note).then((kept) => kept.asWanted));
      },
    });
    const bySeed = new Map([...kept.values(), ...run].map((record) => [record.campaign.spec.seed, record]));
    all.push(...seeds.flatMap((seed) => bySeed.get(seed) ?? []));
  }
  return { records: all, asWanted: (await Promise.all(writing)).every(Boolean) };
}
