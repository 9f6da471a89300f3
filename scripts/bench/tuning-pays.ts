import path from 'node:path';
import { sampleCorrelation } from 'simple-statistics';
import type { SpaceCodes } from '../../models/domain/space-codes.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import { type EncodedDesigns, selectDesigns } from '../../models/encode/encoded-designs.js';
import { SpaceEncoder } from '../../models/encode/space-encoder.js';
import { Generator } from '../../models/random/generator.js';
import { exactUpTo } from '../../models/strategy/training-set.js';
import type { TrainingSet } from '../../models/surrogate/contract.js';
import { type Contender, Ensemble } from '../../models/surrogate/ensemble.js';
import { rowSubset } from '../../models/surrogate/row-subset.js';
import { defaultChoice, surrogateChoice } from '../../models/surrogate/surrogates.js';
import { readConfig } from '../config.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { bundleIn, codesOf, withCodes } from './encoded-pool.js';
import { additive } from './encoder-blocks.js';
import { type Foretold, foretold } from './foretold.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { type SimulatedMolecules, simulatedMolecules } from './simulated-molecules.js';
import { tunedCodes } from './tuned-codes.js';

/** Molecules measured at the target; those judged. */
const [sizes, judgedMost] = [[50, 100], 300] as const;

/** What a surrogate sees of the molecules: nothing of an encoder, its codes as stored, or fine-tuned on the low level. */
type Codes = 'none' | 'frozen' | 'tuned';

interface Variant {
  readonly name: string;
  readonly codes: Codes;
  /** Whether it is told the low level of all molecules as a fidelity. */
  readonly low: boolean;
  readonly contenders: readonly Contender[];
}

const chosen = (levels: number, coded: boolean) =>
  surrogateChoice(defaultChoice(levels, { finite: true, coded })).members;
/** Blocks are fingerprints, descriptors and what the encoder tells. */
const codesAlone: readonly Contender[] = [{ type: additive('codes alone', [2]), logOdds: () => 0 }];
const variants: readonly Variant[] = [
  { name: 'codes alone, frozen', codes: 'frozen', low: false, contenders: codesAlone },
  { name: 'codes alone, fine-tuned', codes: 'tuned', low: false, contenders: codesAlone },
  { name: 'default without encoder', codes: 'none', low: false, contenders: chosen(1, false) },
  { name: 'default, frozen', codes: 'frozen', low: false, contenders: chosen(1, true) },
  { name: 'default, fine-tuned', codes: 'tuned', low: false, contenders: chosen(1, true) },
  { name: 'default, low fidelity, no encoder', codes: 'none', low: true, contenders: chosen(2, false) },
  { name: 'default, low fidelity, frozen', codes: 'frozen', low: true, contenders: chosen(2, true) },
  { name: 'default, low fidelity, fine-tuned', codes: 'tuned', low: true, contenders: chosen(2, true) },
];

interface HeldOutRow {
  readonly variant: string;
  readonly n: number;
  readonly r2: MeanAndError;
  readonly logScore: MeanAndError;
  readonly coverage: MeanAndError;
}

/** What fine-tuning adds, split by split, to what is foretold from the same codes as stored. */
interface Gain {
  readonly variant: string;
  readonly n: number;
  readonly r2: MeanAndError;
  readonly logScore: MeanAndError;
}

/**
 * Where fine-tuning pays: of a pool of molecules whose cheap level is known for all, 50 and 100 are known at the target, and others are
 * foretold there: from embeddings as they are stored, fine-tuned on the cheap level, from the cheap level as a fidelity, and from both.
 */
export async function benchTuningPays(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { transformer, tables, seeds } = options;
  if (transformer === undefined) return { figures: null, lines: ['skipped: --transformer names no folder of a model'] };
  const folder = tables ?? path.join(readConfig(process.env).home, 'bench');
  const pool = await simulatedMolecules(folder, log);
  if (pool === null) return { figures: null, lines: ['skipped: there is no xtb on this machine'] };
  const { low } = pool;
  const measured = [...low.keys()].filter((row) => pool.target[row] !== null);
  const bundle = await bundleIn(transformer);
  const { space } = pool.campaign;
  const tuned = await tunedCodes(bundle, space, { smiles: space.pool!.ids, values: low, seed: 1 }, { folder, log });
  const designs: Readonly<Record<Codes, EncodedDesigns>> = {
    none: await encoded(pool, []),
    frozen: await encoded(pool, [await codesOf(bundle, space)]),
    tuned: await encoded(pool, [tuned]),
  };
  const rows: HeldOutRow[] = [];
  const gains: Gain[] = [];
  for (const n of sizes.filter((size) => options.only?.includes(`${size}`) ?? true)) {
    const found = variants.map(() => [] as Foretold[]);
    for (let seed = 0; seed < seeds; seed++) {
      const order = [...new Generator(seed, 'tuning pays').permutation(measured.length)].map((at) => measured[at]!);
      const [known, rest] = [order.slice(0, n), order.slice(sizes.at(-1)!, sizes.at(-1)! + judgedMost)];
      for (const [v, variant] of variants.entries()) {
        const training = trainingOf(pool, designs[variant.codes], known, variant.low);
        const fitted = await Ensemble.fit(variant.contenders, training, { seed, previous: [], optimise: true });
        const judged = foretold(fitted, selectDesigns(designs[variant.codes], rest), lossesOf(pool, pool.target, rest));
        found[v]!.push(judged);
        log(`${n} known, split ${seed + 1}: ${variant.name} ${judged.r2.toFixed(3)}`);
      }
    }
    const over = (v: number, key: keyof Foretold) => meanAndError(found[v]!.map((one) => one[key]));
    for (const [v, { name }] of variants.entries()) {
      const stored = variants.findIndex((other) => other.name === name.replace('fine-tuned', 'frozen'));
      if (stored === v || stored < 0) continue;
      const gain = (key: keyof Foretold) => meanAndError(found[v]!.map((one, i) => one[key] - found[stored]![i]![key]));
      gains.push({ variant: name, n, r2: gain('r2'), logScore: gain('logScore') });
    }
    rows.push(
      ...variants.map(({ name }, v) => ({
        variant: name,
        n,
        r2: over(v, 'r2'),
        logScore: over(v, 'logScore'),
        coverage: over(v, 'coverage'),
      })),
    );
  }
  const correlation = sampleCorrelation(
    measured.map((row) => low[row]!),
    measured.map((row) => pool.target[row]!),
  );
  return {
    figures: {
      molecules: low.length,
      measured: measured.length,
      correlation,
      splits: seeds,
      judged: judgedMost,
      rows,
      gains,
    },
    lines: [
      `${low.length} molecules, ${measured.length} of them with the target, correlation of the levels ${correlation.toFixed(3)}; R² / log score / share in 90 % intervals of ${judgedMost} not seen, ${seeds} splits`,
      ...rows.map(line),
      'fine-tuned minus frozen, R² / log score, paired by split:',
      ...gains.map(
        ({ variant, n, r2, logScore }) => `${heading(n, variant)}${showMean(r2, 3)} / ${showMean(logScore, 2)}`,
      ),
    ],
  };
}

async function encoded(pool: SimulatedMolecules, codes: readonly SpaceCodes[]): Promise<EncodedDesigns> {
  const { space } = withCodes(pool.campaign, codes);
  const encoder = await SpaceEncoder.of(space);
  return encoder.encode(space.pool!.ids.map((_, row) => space.pool!.designs.at(row)!));
}

function lossesOf(
  { campaign }: SimulatedMolecules,
  values: readonly (number | null)[],
  rows: readonly number[],
): number[] {
  const sign = orientationOf(primaryObjective(campaign.spec));
  return rows.map((row) => sign * values[row]!);
}

/** The rows known at the target and, where that is a fidelity, all rows at the low level; as many as surrogates are told. */
function trainingOf(
  pool: SimulatedMolecules,
  designs: EncodedDesigns,
  known: readonly number[],
  low: boolean,
): TrainingSet {
  const all = low ? [...pool.low.keys()] : [];
  const rows = [...all, ...known];
  const training = {
    designs: selectDesigns(designs, rows),
    levels: Int32Array.from(rows, (_, i) => (i >= all.length && low ? 1 : 0)),
    losses: Float64Array.from([...lossesOf(pool, pool.low, all), ...lossesOf(pool, pool.target, known)]),
    levelCount: low ? 2 : 1,
    finite: true,
  };
  const kept = rowSubset(training, exactUpTo);
  return {
    ...training,
    designs: selectDesigns(training.designs, kept),
    levels: Int32Array.from(kept, (row) => training.levels[row]!),
    losses: Float64Array.from(kept, (row) => training.losses[row]!),
  };
}

function line({ variant, n, r2, logScore, coverage }: HeldOutRow): string {
  const cells = [showMean(r2, 3), showMean(logScore, 2), coverage.mean.toFixed(2)];
  return `${heading(n, variant)}${cells.join(' / ')}`;
}

function heading(n: number, variant: string): string {
  return `${String(n).padEnd(5)}${variant.padEnd(36)}`;
}
