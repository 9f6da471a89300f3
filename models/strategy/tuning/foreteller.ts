import { mean, sampleStandardDeviation, sum } from 'simple-statistics';
import type { Space } from '../../domain/space.js';
import { packedRows } from '../../domain/space-codes.js';
import { type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import { SpaceEncoder } from '../../encode/space-encoder.js';
import { logDensity } from '../../stats/normal.js';
import type { FittedSurrogate, TrainingSet } from '../../surrogate/contract.js';
import { surrogates } from '../../surrogate/surrogates.js';
import { primaryTurned } from '../history.js';
import type { TargetRows } from './labels.js';

/** What a version of an encoder gives of molecules, by SMILES. */
export type VersionCodes = ReadonlyMap<string, ArrayLike<number>>;

/** Log densities of the values of rows, in units of the spread of all, foretold from those of other rows. */
export type Foretell = (taught: readonly number[], left: readonly number[]) => Float64Array;

/** Log density below which a value counts no further against a version, lest one outlier decides. */
const leastDensity = -6;

/** Foretells target values with a process on fingerprints, descriptors and codes (`blocks-gp`). */
export class Foreteller {
  private readonly losses: Float64Array;
  private readonly spread: number;
  private known: SpaceEncoder | undefined;

  /**
   * @param how.on - substance whose molecules the codes are of
   * @param how.seed - of the fits
   */
  constructor(
    private readonly target: TargetRows,
    private readonly how: { readonly on: string; readonly seed: number },
  ) {
    this.losses = Float64Array.from(target.rows, ({ visit }) => primaryTurned(visit)!);
    this.spread = spreadOf(this.losses);
  }

  /** With the codes of a version; null for fingerprints and descriptors alone. */
  async under(codes: VersionCodes | null): Promise<Foretell> {
    const { parameters, rows } = this.target;
    // Descriptors are a block of their own only where there are codes, if but such as are all the same.
    const told = codes ?? new Map(rows.map(({ smiles }) => [smiles, [0]]));
    const encoder: SpaceEncoder = await SpaceEncoder.of(spaceWith(parameters, told, this.how.on), this.known);
    this.known = encoder;
    const whole = encoder.encode(rows.map(({ visit }) => visit.design));
    const { encoding } = whole;
    const bare = { ...encoding, codes: encoding.codes.filter(({ encoder: name }) => name === 'descriptors') };
    const designs = codes === null ? { ...whole, encoding: bare } : whole;
    return (taught, left) => this.densities(designs, taught, left);
  }

  private densities(designs: EncodedDesigns, taught: readonly number[], left: readonly number[]): Float64Array {
    const { losses, spread } = this;
    const training: TrainingSet = {
      designs: selectDesigns(designs, [...taught]),
      levels: new Int32Array(taught.length),
      losses: Float64Array.from(taught, (row) => losses[row]!),
      noise: Float64Array.from(taught, (row) => this.target.rows[row]!.visit.noises[0] ?? Number.NaN),
      levelCount: 1,
      finite: true,
    };
    const type = surrogates.find(({ name }) => name === 'blocks-gp')!;
    const fitted = type.fit(training, { seed: this.how.seed, previous: null, optimise: true }) as FittedSurrogate;
    const { mean, variance } = fitted.posterior(selectDesigns(designs, [...left]));
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
}

/** How well both versions foretell the same values. */
export interface PairedFigures {
  readonly molecules: number;
  readonly values: number;
  /** Mean log score of a molecule's values, in units of the standard deviation of all target values. */
  readonly inUse: number;
  readonly tuned: number;
  /** The difference, and its standard error over the molecules. */
  readonly gain: number;
  readonly error: number;
}

/** Log densities of a molecule's values, added up. */
export interface MoleculeScore {
  values: number;
  inUse: number;
  tuned: number;
}

/** Figures of both versions over molecules, one or more. */
export function pairedFigures(all: readonly MoleculeScore[]): PairedFigures {
  const gains = all.map((one) => (one.tuned - one.inUse) / one.values);
  return {
    molecules: all.length,
    values: sum(all.map(({ values }) => values)),
    inUse: mean(all.map((one) => one.inUse / one.values)),
    tuned: mean(all.map((one) => one.tuned / one.values)),
    gain: mean(gains),
    error: all.length < 2 ? 0 : sampleStandardDeviation(gains) / Math.sqrt(all.length),
  };
}

function spaceWith(parameters: TargetRows['parameters'], codes: VersionCodes, on: string): Space {
  const rows = [...codes.values()];
  const told = { encoder: 'judged', output: 'judged', identity: '0'.repeat(64), on: [on], width: rows[0]!.length };
  const keys = [...codes.keys()];
  return { parameters, pool: null, codes: [{ ...told, reads: 'molecules', keys, rows: packedRows(rows) }] };
}

function spreadOf(losses: Float64Array): number {
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const variance = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length;
  return variance > 0 ? Math.sqrt(variance) : 1;
}
