import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { acquisitionNames } from '../../models/strategy/names.js';
import { benchLinalg } from './linalg.js';
import { benchOrchestrator } from './orchestrator.js';
import { benchPools } from './pools.js';
import { benchRegret } from './regret.js';

/** What a benchmark found: figures for machines, lines for people. */
export interface BenchResult {
  readonly figures: unknown;
  readonly lines: readonly string[];
}

/** What to compare with, and how much of it. */
export interface BenchOptions {
  /** File of other engines' regret curves from stated starting designs. */
  readonly curves?: string;
  /** File of other engines' draws from pools, from stated first rows. */
  readonly draws?: string;
  /** Folder of the data sets that the draws are from. */
  readonly pools?: string;
  /** Runs of each problem. */
  readonly seeds: number;
  /** Problems and pools to run; all where absent. */
  readonly only?: readonly string[];
  /** Acquisition of the campaigns; the default one where absent. */
  readonly acquisition?: string;
  /** Proposals a round, measured together. */
  readonly batch: number;
}

type Bench = (log: (line: string) => void, options: BenchOptions) => Promise<BenchResult>;

/** The benchmarks by name; a new one is one line here. */
export const benches: Readonly<Record<string, Bench>> = {
  orchestrator: benchOrchestrator,
  linalg: benchLinalg,
  pools: benchPools,
  regret: benchRegret,
};

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('a whole number from 1 is wanted');
}

/** Runs `npm run bench -- [NAMES] [options]`; with --json nothing but the figures goes to standard output. */
async function main(): Promise<void> {
  const command = new Command('bench')
    .description('measures the parts; all of them unless some are named')
    .addArgument(new Argument('[names...]').choices(Object.keys(benches)))
    .option('--curves <file>', "other engines' regret curves, for `regret`")
    .option('--draws <file>', "other engines' draws from pools, for `pools`")
    .option('--pools <folder>', 'the data sets that the draws are from, for `pools`')
    .option('--seeds <n>', 'runs of each problem, for `regret`', count, 20)
    .option('--only <names...>', 'problems or pools to run, for `regret` and `pools`')
    .addOption(new Option('--acquisition <name>', 'another than the default, for `regret`').choices(acquisitionNames))
    .option('--batch <n>', 'proposals a round, for `regret`', count, 1)
    .option('--json', 'print the figures as one JSON document')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse();
  const { json, ...options } = command.opts<BenchOptions & { json?: boolean }>();
  const names = command.processedArgs[0] as string[];
  const figures: Record<string, unknown> = {};
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    const result = await benches[name]!((line) => void process.stderr.write(`${line}\n`), options);
    figures[name] = result.figures;
    if (json !== true) process.stdout.write(`${name}\n${result.lines.map((line) => `  ${line}\n`).join('')}`);
  }
  if (json === true) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href)
  await main();
