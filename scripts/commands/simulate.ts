import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { Campaign } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { compare } from '../compare/compare.js';
import { comparisonLines } from '../compare/words.js';
import { readConfig } from '../config.js';
import { threadsFor } from '../decide-threads.js';
import { modelsOf } from '../models/campaign-models.js';
import { bestOf } from '../outcome.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { renderComparison } from '../report/comparison/page.js';
import { renderReport } from '../report/render.js';
import { simulationDocument } from '../simulate/document.js';
import { runStrategies } from '../simulate/run-strategies.js';
import { parseStrategies, type StrategyOverride, strategyLabel } from '../simulate/strategies.js';
import { summaryText } from '../simulate/summary.js';
import { withInitialTrials } from '../simulate/supplied.js';
import { positiveNumber, wholeNumber } from './arguments.js';
import { exitCodes } from './exit-codes.js';
import { checkEnvironment, type OpenedCampaign, openRunnable } from './open-campaign.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';

interface Options {
  readonly seeds: number;
  readonly seed?: number;
  readonly trials?: number;
  readonly cost?: number;
  readonly initial?: string;
  readonly jobs?: number;
  readonly strategy?: string;
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
    .option(
      '-s, --strategy <names>',
      "strategies to run over the same seeds, parted by commas: default, file (the campaign file's own), random (the baseline), an acquisition, a surrogate, or surrogate+acquisition",
    )
    .option(
      '--save <folder>',
      'keep the record of each run, for verify, export and report; what is there is not run again',
    )
    .option('--report <file>', 'write the report as HTML; of several seeds or strategies, one that compares them')
    .option('--json', 'print everything as one JSON document')
    .option('-q, --quiet', 'no progress on stderr')
    .addHelpText(
      'after',
      `
Time is virtual where every adapter of the campaign allows it (problem, dataset): waiting takes no time.
Each seed is a run from the start; the same seed gives the same trials, and begins with the same ones whatever the strategy.

Examples:
  athanor simulate campaign.yaml
  athanor simulate campaign.yaml --seeds 20 --trials 60 --json > runs.json
  athanor simulate pool-folder --trials 40 --initial my-first-rows.txt
  athanor simulate campaign.yaml --save runs && athanor verify runs/seed-1.json
  athanor simulate campaign.yaml --seeds 10 --strategy default,ucb,random --save runs && athanor report runs`,
    )
    .action(async (file: string, options: Options) => {
      const { campaigns, registry } = await openStrategies(file, options, terminal);
      const { campaign } = campaigns[0]!;
      checkEnvironment(file, { campaign, registry }, terminal.environment);
      const seeds = seedsOf(campaign, options);
      const nameOf = (label: string, seed: number) =>
        `${options.strategy === undefined ? '' : `${label}-`}seed-${seed}.json`;
      const names = campaigns.flatMap(({ label }) => seeds.map((seed) => nameOf(label, seed)));
      const { save, report } = options;
      await checkOutputs([
        ...(save === undefined ? [] : [{ option: '--save', path: save, kind: names }]),
        ...(report === undefined ? [] : [{ option: '--report', path: report, kind: 'page' as const }]),
      ]);
      const stop = new AbortController();
      const undo = terminal.onInterrupt(() => {
        if (stop.signal.aborted) process.exit(exitCodes.interrupted);
        stop.abort();
        terminal.note('cancelling what runs; once more ends at once');
      });
      const jobs = options.jobs ?? Math.min(seeds.length, availableParallelism());
      const { decideMemoryMb } = readConfig(terminal.environment);
      const { memoryMb } = threadsFor({ decideThreads: jobs, decideMemoryMb });
      const runs = {
        campaigns,
        seeds,
        folder: save ?? null,
        nameOf,
        beat: options.quiet === true ? () => {} : terminal.note,
        note: terminal.note,
      };
      const { records, asWanted } = await runStrategies(runs, {
        model: modelsOf(readConfig(terminal.environment).home),
        registry,
        jobs,
        threads: { memoryMb },
        signal: stop.signal,
        log: (message) => terminal.note(message),
      }).finally(undo);
      const document = simulationDocument(campaign, records);
      const kept = await keepReport(records, report, terminal.note);
      await print(terminal, options.json, document, () => simulationText(campaigns, records));
      if (!asWanted || !kept) end(exitCodes.badInput);
      else if (stop.signal.aborted) end(exitCodes.interrupted);
      else if (records.every((record) => bestOf(record.campaign.spec, record.trials) === null)) end(exitCodes.noResult);
    });

/** The campaign of the file, once for each strategy of the command line; all with one space in memory. */
async function openStrategies(file: string, options: Options, { note, environment }: Terminal) {
  const { home } = readConfig(environment);
  const wanted = options.strategy === undefined ? [null] : parseStrategies(options.strategy);
  const campaigns = new Map<string, Campaign>();
  let first: OpenedCampaign | null = null;
  for (const strategy of wanted) {
    const noteOnce = first === null ? note : () => {};
    const opened = await openRebudgeted(file, options, { strategy, note: noteOnce, home });
    first ??= opened;
    const { pool, parameters } = first.campaign.space;
    const { space } = opened.campaign;
    const { sources, codes } = first.campaign.space;
    const isSame = space.sources === sources && space.codes === codes;
    const shared = isSame ? first.campaign.space : { ...space, pool, parameters };
    const read = { ...opened.campaign, space: shared };
    const campaign = options.initial === undefined ? read : await withInitialTrials(read, options.initial, noteOnce);
    campaigns.set(strategyLabel(campaign.spec), campaign);
  }
  return { campaigns: [...campaigns].map(([label, campaign]) => ({ label, campaign })), registry: first!.registry };
}

/** The campaign, with the trials and cost of the command line in place of the file's; the file's wall clock stays. */
async function openRebudgeted(
  file: string,
  { trials, cost }: Options,
  { strategy, note, home }: { strategy: StrategyOverride; note: (line: string) => void; home: string },
): Promise<OpenedCampaign> {
  const own = strategy === null ? {} : { strategy };
  const opened = await openRunnable(file, { overrides: own, onNote: note, home });
  if (trials === undefined && cost === undefined) return opened;
  const { wallClock } = opened.campaign.spec.budget;
  const budget = {
    ...(wallClock === undefined ? {} : { wallClock }),
    ...(trials === undefined ? {} : { trials }),
    ...(cost === undefined ? {} : { cost }),
  };
  return openRunnable(file, { overrides: { ...own, budget }, home });
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

/** The tables of each strategy, and where there are several, how they compare. */
function simulationText(
  campaigns: readonly { readonly label: string; readonly campaign: Campaign }[],
  records: readonly CampaignRecord[],
): string {
  const tables = campaigns.flatMap(({ label, campaign }) => {
    const own = records.filter((record) => strategyLabel(record.campaign.spec) === label);
    if (own.length === 0) return [];
    return [
      ...(campaigns.length > 1 ? [`strategy ${label}`] : []),
      summaryText(campaign, simulationDocument(campaign, own)),
      '',
    ];
  });
  if (campaigns.length > 1 && records.length > 0) tables.push(...comparisonLines(compare(records)));
  return tables.join('\n').trimEnd();
}

/** Writes the report that was asked for: of the one run, or of several beside one another; whether it stands there. */
async function keepReport(
  records: readonly CampaignRecord[],
  file: string | undefined,
  note: (line: string) => void,
): Promise<boolean> {
  const [first] = records;
  if (file === undefined || first === undefined) return true;
  const page = records.length === 1 ? await renderReport(first) : renderComparison(records);
  return (await keepResult(file, page, note)).asWanted;
}
