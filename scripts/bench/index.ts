import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Argument, Command, Option } from 'commander';
import { AthanorError } from '../../models/domain/errors.js';
import { acquisitionNames, surrogateNames } from '../../models/strategy/names.js';
import { wholeNumber } from '../commands/arguments.js';
import { benchArylation } from './arylation.js';
import { benchBatch } from './batch.js';
import { benchContinuousFidelities } from './continuous-fidelities.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { benchCouplings } from './couplings.js';
import { benchEncoderSearch } from './encoder-search.js';
import { benchEncoders } from './encoders.js';
import { benchEnsemble } from './ensemble.js';
import { benchFailures } from './failures.js';
import { benchFidelities } from './fidelities.js';
import { benchFineTune } from './finetune.js';
import { benchGoals } from './goals.js';
import { benchHeldOut } from './held-out.js';
import { benchLatency } from './latency.js';
import { benchLinalg } from './linalg.js';
import { benchMixed } from './mixed.js';
import { benchOrchestrator } from './orchestrator.js';
import { benchOutlierGoals } from './outlier-goals.js';
import { benchOutliers } from './outliers.js';
import { benchPools } from './pools.js';
import { benchQuinones } from './quinones.js';
import { benchRegret } from './regret.js';
import { benchSafeStop } from './safe-stop.js';
import { benchTransfer } from './transfer.js';
import { benchTuningPays } from './tuning-pays.js';

type Bench = (log: (line: string) => void, options: BenchOptions) => Promise<BenchResult>;

/** The benchmarks by name; a new one is one line here. */
export const benches: Readonly<Record<string, Bench>> = {
  orchestrator: benchOrchestrator,
  linalg: benchLinalg,
  latency: benchLatency,
  pools: benchPools,
  arylation: benchArylation,
  regret: benchRegret,
  batch: benchBatch,
  fidelities: benchFidelities,
  'continuous-fidelities': benchContinuousFidelities,
  quinones: benchQuinones,
  goals: benchGoals,
  outliers: benchOutliers,
  'outlier-goals': benchOutlierGoals,
  failures: benchFailures,
  ensemble: benchEnsemble,
  mixed: benchMixed,
  'held-out': benchHeldOut,
  encoders: benchEncoders,
  finetune: benchFineTune,
  'tuning-pays': benchTuningPays,
  couplings: benchCouplings,
  'encoder-search': benchEncoderSearch,
  transfer: benchTransfer,
  'safe-stop': benchSafeStop,
};

/** Reference values and data sets beside the checkout, where they are there; no part of the product. */
function beside(place: string): string | undefined {
  const found = path.resolve(import.meta.dirname, '../../../../shared', place);
  return existsSync(found) ? found : undefined;
}

/** A file of the product, from its sources or from what was built of them. */
function ofProduct(file: string): string | undefined {
  return ['../..', '../../..']
    .map((up) => path.resolve(import.meta.dirname, up, file))
    .find((place) => existsSync(place));
}

/** Acquisitions with a surrogate behind them, whose intervals can be looked at. */
const modelled = acquisitionNames.filter((name) => name !== 'random');

function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber(1));
}

type Flags = Omit<BenchOptions, 'peer' | 'seeds'> & {
  json?: boolean;
  peer?: string;
  seeds?: number;
};

/** Runs of each problem and pool where the command does not say, by benchmark. */
const usualSeeds: Readonly<Record<string, number>> = {
  mixed: 20,
  fidelities: 30,
  batch: 5,
  goals: 10,
  outliers: 10,
  'outlier-goals': 5,
  failures: 5,
  'held-out': 8,
  encoders: 8,
  finetune: 4,
  'tuning-pays': 5,
  couplings: 6,
  'encoder-search': 10,
};

/** Runs `npm run bench -- [NAMES] [options]`; with --json nothing but the figures goes to standard output. */
async function main(): Promise<void> {
  const command = new Command('bench')
    .description('measures the parts; all of them unless some are named')
    .addArgument(new Argument('[names...]').choices(Object.keys(benches)))
    .option(
      '--curves <file>',
      "other engines' regret curves, for `regret`, `batch` and `ensemble`",
      beside('golden/curves.json'),
    )
    .option(
      '--draws <file>',
      "other engines' draws from pools, for `pools` and `batch`",
      beside('golden/curves-pools.json'),
    )
    .option('--goals <file>', "another engine's hypervolumes, for `goals`", beside('golden/curves-goals.json'))
    .option(
      '--outliers <file>',
      "another engine's curves from the starts of `outliers` (`figures.starts` of --json), for `outliers`",
      beside('golden/curves-outliers.json'),
    )
    .option('--batches <file>', "another engine's runs in batches, for `batch`", beside('golden/curves-batch.json'))
    .option(
      '--pools <folder>',
      'measured data sets, for `pools`, `batch`, `arylation`, `fidelities`, `goals`, `ensemble`, `held-out`, `encoders`, `finetune`, `couplings` and `encoder-search`',
      beside('data'),
    )
    .option(
      '--transformer <folder>',
      'a stored transformer of SMILES, for `finetune` and `tuning-pays`',
      beside('models/rxnmapper-albert'),
    )
    .option(
      '--quinones <file>',
      'campaign file of real simulations, for `quinones`',
      ofProduct('examples/quinone-posolyte/campaign.yaml'),
    )
    .option(
      '--models <folders...>',
      'folders of stored networks of molecules, for `encoders`, `couplings` and `encoder-search`: see `athanor models add`',
    )
    .option(
      '--tables <folder>',
      'where `quinones`, `tuning-pays` and `encoder-search` keep what they compute once, in some minutes (default of the last two: bench/ in the campaign home)',
    )
    .option(
      '--seeds <n>',
      'runs of each problem and pool (default: 30 of `fidelities`, 5 of `batch`, `failures` and `outlier-goals`, 10 of `goals` and `outliers`, 8 of `held-out` and `encoders`, 4 of `finetune`, 5 of `tuning-pays`, 6 of `couplings`, 10 of `encoder-search`, else 20)',
      wholeNumber(1),
    )
    .option(
      '--only <names...>',
      'problems or pools to run, for `regret`, `batch`, `pools`, `fidelities`, `goals`, `outliers`, `outlier-goals`, `failures`, `ensemble`, `held-out`, `encoders`, `finetune`, `couplings` and `encoder-search`; 50 or 100 known, for `tuning-pays`',
    )
    .addOption(
      new Option(
        '--acquisition <name>',
        'another than the default, for `regret`, `batch`, `fidelities` and `goals`',
      ).choices(modelled),
    )
    .addOption(
      new Option(
        '--surrogate <name>',
        'another than the default, for `regret`, `batch`, `fidelities`, `goals`, `outliers` and `outlier-goals`',
      ).choices(surrogateNames),
    )
    .option('--batch <n>', 'proposals a round, for `regret`', wholeNumber(1), 1)
    .option(
      '--sizes <n,n,...>',
      'trials at which a proposal is timed, for `latency`',
      wholeNumbers,
      [50, 100, 200, 500, 1000],
    )
    .option('--dimensions <d,d,...>', 'parameters at which it is timed', wholeNumbers, [2, 6, 20])
    .option('--candidates <n,n,...>', 'sizes of the pools that are scored', wholeNumbers, [10_000, 100_000])
    .option('--peer <python>', 'an interpreter with torch and botorch, to be timed beside `latency`')
    .option('--warm-up <n>', 'decisions before each dimension, of both', wholeNumber(0), 40)
    .option('--peer-pool', "wait for the peer's pool of a million, too: some minutes")
    .option('--json', 'print the figures as one JSON document')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse();
  const { json, peer: interpreter, seeds, ...rest } = command.opts<Flags>();
  const script = ofProduct('scripts/bench/botorch-latency.py')!;
  const peer = interpreter === undefined ? {} : { peer: { interpreter, script } };
  const names = command.processedArgs[0] as string[];
  const figures: Record<string, unknown> = {};
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    const options: BenchOptions = { ...rest, ...peer, seeds: seeds ?? usualSeeds[name] ?? 20 };
    const result = await benches[name]!((line) => void process.stderr.write(`${line}\n`), options);
    figures[name] = result.figures;
    for (const limit of result.missed ?? []) {
      process.stderr.write(`${name}: ${limit}\n`);
      process.exitCode = 1;
    }
    if (json !== true) process.stdout.write(`${name}\n${result.lines.map((line) => `  ${line}\n`).join('')}`);
  }
  if (json === true) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href)
  await main().catch((error: unknown) => {
    if (!(error instanceof AthanorError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    process.exitCode = 2;
  });
