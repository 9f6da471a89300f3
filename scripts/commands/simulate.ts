import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Campaign } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { readConfig } from '../config.js';
import { threadsFor } from '../decide-threads.js';
import { exportJson } from '../export.js';
import { bestOf } from '../outcome.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { renderReport } from '../report/render.js';
import { Beats } from '../simulate/beats.js';
import { simulationDocument } from '../simulate/document.js';
import { runSeeds } from '../simulate/run-seeds.js';
import { summaryText } from '../simulate/summary.js';
import { withInitialTrials } from '../simulate/supplied.js';
import { positiveNumber, wholeNumber } from './arguments.js';
import { exitCodes } from './exit-codes.js';
import { checkEnvironment, type OpenedCampaign, openRunnable } from './open-campaign.js';
import type { Verb } from './program.js';
import { print } from './terminal.js';

interface Options {
  readonly seeds: number;
  readonly seed?: number;
  readonly trials?: number;
  readonly cost?: number;
  readonly initial?: string;
  readonly jobs?: number;
  readonly save?: string;
  readonly report?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `athanor simulate FILE`: the campaign in this process, over several seeds, with no server. */
export const simulateCommand: Verb = (terminal, end) =>
  new Command('simulate')
    .description('run a campaign in this process, with no server, over one or more seeds')
    .argument('<file>', 'campaign file (YAML or JSON), or a folder in the data-set format')
    .option(
      '-n, --seeds <n>',
      'how many seeds: that of the campaign file and those after it',
      wholeNumber(1, 10_000),
      1,
    )
    .option('--seed <seed>', 'first seed, in place of that of the campaign file', wholeNumber(0, 4_294_967_295))
    .option(
      '-t, --trials <n>',
      'budget in trials, in place of the trials and cost of the campaign file',
      wholeNumber(1),
    )
    .option('-c, --cost <cost>', 'budget in cost, in place of the trials and cost of the campaign file', positiveNumber)
    .option('-i, --initial <file>', 'your own first trials: row ids or designs, as JSON, CSV or a line each')
    .option('-j, --jobs <n>', 'seeds run at the same time (as many as there are cores)', wholeNumber(1, 1_000))
    .option('--save <folder>', 'keep the record of each seed, for verify, export and report')
    .option('--report <file>', 'write the report of the first seed as HTML')
    .option('--json', 'print everything as one JSON document')
    .option('-q, --quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      `
Time is virtual where every adapter of the campaign allows it (problem, dataset): waiting takes no time.
Each seed is a run from the start; the same seed gives the same trials.

Examples:
  athanor simulate campaign.yaml
  athanor simulate campaign.yaml --seeds 20 --trials 60 --json > runs.json
  athanor simulate pool-folder --trials 40 --initial my-first-rows.txt
  athanor simulate campaign.yaml --save runs && athanor verify runs/seed-1.json`,
    )
    .action(async (file: string, options: Options) => {
      const { campaign: read, registry } = await openRebudgeted(file, options, terminal.note);
      checkEnvironment(file, { campaign: read, registry }, terminal.environment);
      const campaign = options.initial === undefined ? read : await withInitialTrials(read, options.initial);
      const seeds = seedsOf(campaign, options);
      await checkOutputs([
        ...(options.save === undefined ? [] : [{ option: '--save', path: options.save, kind: seeds.map(recordName) }]),
        ...(options.report === undefined ? [] : [{ option: '--report', path: options.report, kind: 'file' as const }]),
      ]);
      const stop = new AbortController();
      const undo = terminal.onInterrupt(() => {
        if (stop.signal.aborted) process.exit(exitCodes.interrupted);
        stop.abort();
        terminal.note('cancelling what runs; once more ends at once');
      });
      const note = options.quiet === true ? () => {} : (line: string) => terminal.note(line);
      const jobs = options.jobs ?? Math.min(seeds.length, availableParallelism());
      const { decideMemoryMb } = readConfig(terminal.environment);
      const { memoryMb } = threadsFor({ decideThreads: jobs, decideMemoryMb });
      const beats = new Beats(seeds.length, note);
      const records = await runSeeds(campaign, seeds, {
        registry,
        jobs,
        threads: { memoryMb },
        signal: stop.signal,
        log: (message) => terminal.note(message),
        onEvent: (seed, { state }) => beats.tell(seed, state, Date.now()),
        onDone: (record, done) => beats.done(record, done, Date.now()),
      }).finally(undo);
      const document = simulationDocument(campaign, records);
      const asWanted = await keep(records, options, terminal.note);
      await print(terminal, options.json, document, () => summaryText(campaign, document));
      if (!asWanted) end(exitCodes.badInput);
      else if (stop.signal.aborted) end(exitCodes.interrupted);
      else if (records.every((record) => bestOf(record.campaign.spec, record.trials) === null)) end(exitCodes.noResult);
    });

/** The campaign, with the trials and cost of the command line in place of the file's; the file's wall clock stays. */
async function openRebudgeted(
  file: string,
  { trials, cost }: Options,
  note: (line: string) => void,
): Promise<OpenedCampaign> {
  const opened = await openRunnable(file, { onNote: note });
  if (trials === undefined && cost === undefined) return opened;
  const { wallClock } = opened.campaign.spec.budget;
  const budget = {
    ...(wallClock === undefined ? {} : { wallClock }),
    ...(trials === undefined ? {} : { trials }),
    ...(cost === undefined ? {} : { cost }),
  };
  return openRunnable(file, { overrides: { budget } });
}

function seedsOf(campaign: Campaign, options: Options): number[] {
  const first = options.seed ?? campaign.spec.seed;
  const seeds = Array.from({ length: options.seeds }, (_, i) => first + i);
  if (seeds.at(-1)! > 4294967295)
    throw new InvalidInputError('seeds', [
      { path: 'seed', message: `${seeds.at(-1)} is too large`, remedy: 'a whole number up to 4294967295' },
    ]);
  return seeds;
}

function recordName(seed: number): string {
  return `seed-${seed}.json`;
}

/** Writes what was asked for; whether all of it stands where it was wanted. */
async function keep(
  records: readonly CampaignRecord[],
  { save, report }: Options,
  note: (line: string) => void,
): Promise<boolean> {
  let asWanted = true;
  const write = async (file: string, text: string) => {
    if (!(await keepResult(file, text, note)).asWanted) asWanted = false;
  };
  for (const record of save === undefined ? [] : records)
    await write(join(save!, recordName(record.campaign.spec.seed)), exportJson(record));
  if (report !== undefined && records[0] !== undefined) await write(report, await renderReport(records[0]));
  return asWanted;
}
