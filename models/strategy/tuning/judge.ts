import { mean, sampleStandardDeviation, sum } from 'simple-statistics';
import type { Space } from '../../domain/space.js';
import { packedRows } from '../../domain/space-codes.js';
import { selectDesigns } from '../../encode/encoded-designs.js';
import { SpaceEncoder } from '../../encode/space-encoder.js';
import { logDensity } from '../../stats/normal.js';
import type { FittedSurrogate, TrainingSet } from '../../surrogate/contract.js';
import { surrogates } from '../../surrogate/surrogates.js';
import { primaryTurned } from '../history.js';
import type { TargetRow, TargetRows } from './labels.js';

/** What a version of an encoder gives of molecules, by SMILES. */
export type VersionCodes = ReadonlyMap<string, ArrayLike<number>>;

/** Molecules that are foretold from all others, and what both versions give. */
export interface JudgedFold {
  readonly molecules: ReadonlySet<string>;
  readonly inUse: VersionCodes;
  /** Of a version that has seen no value of the fold's molecules. */
  readonly tuned: VersionCodes;
}

/** How well both versions foretell what was left out. */
export interface VersionFigures {
  readonly folds: number;
  readonly molecules: number;
  readonly values: number;
  /** Mean log score of a molecule's values, in units of the standard deviation of all target values. */
  readonly inUse: number;
  readonly tuned: number;
  /** Of the same network with random weights, and without any codes: whether what was learned before the campaign tells anything. */
  readonly random: number;
  readonly classical: number;
  /** The difference, and its standard error over the molecules. */
  readonly gain: number;
  readonly error: number;
}

/** What values are foretold with. */
const variants = ['inUse', 'tuned', 'random', 'classical'] as const;
type Variant = (typeof variants)[number];

/** Log density below which a value counts no further against a version, lest one outlier decides. */
const leastDensity = -6;

/**
 * Compares two versions of an encoder: a process on fingerprints, descriptors and codes (`blocks-gp`) is fitted under each to the target
 * values of all molecules but a fold's, and foretells these.
 *
 * @param folds - of molecules that are measured at the target
 * @param seed - of the fits
 * @param random - codes of the network with random weights, to compare with
 */
export async function judgeVersions(
  { parameters, rows }: TargetRows,
  folds: readonly JudgedFold[],
  { on, seed, random }: { readonly on: string; readonly seed: number; readonly random: VersionCodes },
): Promise<VersionFigures> {
  const losses = Float64Array.from(rows, ({ visit }) => primaryTurned(visit)!);
  const spread = spreadOf(losses);
  let known: SpaceEncoder | undefined;
  const scores = new Map<string, Record<Variant | 'values', number>>();
  for (const { molecules, inUse, tuned } of folds) {
    const own: Partial<Record<Variant, Float64Array>> = {};
    const left = [...rows.keys()].filter((row) => molecules.has(rows[row]!.smiles));
    for (const [version, codes] of [
      ['inUse', inUse],
      ['tuned', tuned],
      ['random', random],
      ['classical', new Map()],
    ] as const) {
      const encoder: SpaceEncoder = await SpaceEncoder.of(spaceWith(parameters, codes, on), known);
      known = encoder;
      own[version] = densities({ encoder, rows, losses, spread }, left, seed);
    }
    left.forEach((row, i) => {
      const { smiles } = rows[row]!;
      const score = scores.get(smiles) ?? { inUse: 0, tuned: 0, random: 0, classical: 0, values: 0 };
      for (const variant of variants) score[variant] += own[variant]![i]!;
      score.values++;
      scores.set(smiles, score);
    });
  }
  const all = [...scores.values()];
  const gains = all.map((one) => (one.tuned - one.inUse) / one.values);
  return {
    folds: folds.length,
    molecules: all.length,
    values: sum(all.map(({ values }) => values)),
    inUse: mean(all.map((one) => one.inUse / one.values)),
    tuned: mean(all.map((one) => one.tuned / one.values)),
    random: mean(all.map((one) => one.random / one.values)),
    classical: mean(all.map((one) => one.classical / one.values)),
    gain: mean(gains),
    error: all.length < 2 ? 0 : sampleStandardDeviation(gains) / Math.sqrt(all.length),
  };
}

function spaceWith(parameters: TargetRows['parameters'], codes: VersionCodes, on: string): Space {
  const rows = [...codes.values()];
  if (rows.length === 0) return { parameters, pool: null };
  const told = { encoder: 'judged', output: 'judged', identity: '0'.repeat(64), on: [on], width: rows[0]!.length };
  const keys = [...codes.keys()];
  return { parameters, pool: null, codes: [{ ...told, reads: 'molecules', keys, rows: packedRows(rows) }] };
}

interface Judging {
  readonly encoder: SpaceEncoder;
  readonly rows: readonly TargetRow[];
  readonly losses: Float64Array;
  readonly spread: number;
}

/** Log densities of rows that are left out, in units of the spread. */
function densities({ encoder, rows, losses, spread }: Judging, left: readonly number[], seed: number): Float64Array {
  const designs = encoder.encode(rows.map(({ visit }) => visit.design));
  const isLeft = new Set(left);
  const taught = [...rows.keys()].filter((row) => !isLeft.has(row));
  const training: TrainingSet = {
    designs: selectDesigns(designs, taught),
    levels: new Int32Array(taught.length),
    losses: Float64Array.from(taught, (row) => losses[row]!),
    noise: Float64Array.from(taught, (row) => rows[row]!.visit.noises[0] ?? Number.NaN),
    levelCount: 1,
    finite: true,
  };
  const type = surrogates.find(({ name }) => name === 'blocks-gp')!;
  const fitted = type.fit(training, { seed, previous: null, optimise: true }) as FittedSurrogate;
  const { mean, variance } = fitted.posterior(selectDesigns(designs, left));
  return Float64Array.from(left, (row, i) => {
    const loss = losses[row]!;
    const sd = Math.sqrt(variance[0]![i]! + fitted.noise[0]!);
    const latent = fitted.scale.toLatent(loss);
    const density =
      logDensity((latent - mean[0]![i]!) / sd) - Math.log(sd) + Math.log(fitted.scale.slope(loss) * spread);
    // Beyond what the scale can tell it has no density.
    return Number.isFinite(density) ? Math.max(leastDensity, density) : leastDensity;
  });
}

function spreadOf(losses: Float64Array): number {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length;
  return variance > 0 ? Math.sqrt(variance) : 1;
}
