import { InfeasibleError } from '../../domain/errors.js';
import { type Encoding, selectDesigns } from '../../encode/encoded-designs.js';
import type { DesignKernel } from '../../kernel/contract.js';
import { longLengthscale, longLengthscales } from '../../kernel/lengthscale-prior.js';
import { RadialBlock } from '../../kernel/radial-block.js';
import { WarpedKernel } from '../../kernel/warped.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from '../contract.js';
import { standardUnits } from '../levels/level-scale.js';
import { SingleLevel } from '../levels/single-level.js';
import { LatentNoise } from '../noise/latent-noise.js';
import { suspectsOf } from '../noise/suspects.js';
import { logWarp } from '../outputs/log-warp.js';
import { lossUnit, refuseNotFinite, transformInUnits } from '../outputs/loss-unit.js';
import type { OutputTransform } from '../outputs/output-transform.js';
import { standardise } from '../outputs/standardise.js';
import { type TargetRows, transformedObjective } from '../outputs/transformed-objective.js';
import { icmLayout } from '../process/icm-hyperparameters.js';
import { IcmPosterior } from '../process/icm-posterior.js';
import { mapEstimateOfRows } from '../process/map-estimate.js';
import { rowSubset } from '../row-subset.js';
import { withContexts } from './with-contexts.js';

/** Rows up to which hyperparameters are searched from several starts. */
export const thoroughUpTo = 60;

/** Rows that hyperparameters are fitted to, at most, by `rowSubset`; conditioning uses all. */
const fitUpTo = 1000;

/** What kind of Gaussian process of one level. */
export interface GpKind {
  readonly kernel: DesignKernel;
  readonly transform: OutputTransform;
  /** Mean and sd of the normal prior on log noise. */
  readonly noisePrior: readonly [number, number];
  /** Mean and sd of the normal prior on the log of the kernel's variance; where sd is 0, it is the mean. */
  readonly scalePrior: readonly [number, number];
  /** Variance of the constant, which the covariance integrates out; null: the constant that fits best. */
  readonly constantVariance: number | null;
  /** What was chosen of several kinds, kept with the fit; absent where there is one kind only. */
  readonly choice?: GpChoice;
}

/** Which of several kinds: as numbers that follow the hyperparameters, and in words. */
export interface GpChoice {
  readonly code: readonly number[];
  readonly text: string;
}

/** Matérn 3/2 with a lengthscale a column, on losses warped by a learned logarithm. */
export function standardGp(encoding: Encoding): GpKind {
  return {
    kernel: withContexts(encoding, 'matern32', new RadialBlock(encoding, 'matern32')),
    transform: logWarp,
    noisePrior: [-6, 2],
    // A learned variance does better without noise and worse with it: docs/decisions/0001.
    scalePrior: [0, 0],
    constantVariance: null,
  };
}

/**
 * Matérn 5/2 of long lengthscales and large variance, on losses as they are: smooth and nearly additive, as responses to
 * ingredients often are. Molecules are compared by their descriptors, each a column. log s² ~ N(log(0.4·√d + 4), 0.4).
 *
 * @see BayBE 0.15, preset for substances: the same centres
 */
export function smoothGp(encoding: Encoding): GpKind {
  const kernel = new RadialBlock(encoding, 'matern52', { molecules: 'descriptors', lengthscales: longLengthscales });
  const variance = longLengthscale(kernel.hyperparameters.length);
  return {
    kernel: withContexts(encoding, 'matern52', kernel),
    transform: standardise,
    noisePrior: [-6, 2],
    scalePrior: [Math.log(variance), 0.4],
    constantVariance: null,
  };
}

/** BoTorch's defaults of 2025: RBF of variance 1 on standardised losses, log noise ~ N(−5, 1); the peer to compare with. */
export function vanillaGp(encoding: Encoding): GpKind {
  return {
    kernel: new RadialBlock(encoding, 'rbf'),
    transform: standardise,
    noisePrior: [-5, 1],
    scalePrior: [0, 0],
    constantVariance: null,
  };
}

/**
 * As `standardGp`, with each numeric coordinate warped by a learned Kumaraswamy distribution. For hundreds of trials of
 * losses that vary faster in one part of a range; with few trials the warping follows their accidents.
 */
export function warpedGp(encoding: Encoding): GpKind {
  return {
    ...standardGp(encoding),
    kernel: withContexts(encoding, 'matern32', new WarpedKernel(new RadialBlock(encoding, 'matern32'), encoding)),
  };
}

/**
 * A surrogate that is an exact Gaussian process on the trials at the target fidelity alone. Of other levels it knows
 * nothing.
 *
 * The parameter of the output transform is fitted together with the kernel, the likelihood being that of the losses
 * themselves: log p(loss) = log N(t(loss) | 0, K) + Σ log dt/dz.
 *
 * What the kinds were measured against is in `docs/decisions`, 1 to 5.
 *
 * @param fitKind - how one of that kind is fitted; to all rows at the target where absent
 */
export function gpType(
  name: string,
  description: string,
  kind: (encoding: Encoding) => GpKind,
  fitKind: (training: TrainingSet, options: FitOptions, kind: GpKind) => FittedSurrogate = fitGp,
): SurrogateType<FittedSurrogate> {
  return {
    name,
    description,
    sees: 'target',
    fit: (training, options) => fitKind(training, options, kind(training.designs.encoding)),
  };
}

/**
 * A Gaussian process of that kind, fitted to the rows at the target.
 *
 * @param aside - rows that it does not learn from
 * @throws {InfeasibleError} if there are no others
 */
export function fitGp(
  training: TrainingSet,
  options: FitOptions,
  kind: GpKind,
  aside: readonly number[] = [],
): SingleLevel {
  return fitRows(targetRows(training, aside), kind, training, options, aside);
}

/** @throws {InfeasibleError} if there are none @throws {NumericalError} if a loss is not finite */
export function targetRows(training: TrainingSet, aside: readonly number[] = []): TargetRows {
  const target = training.levelCount - 1;
  const rows = [...training.levels.keys()].filter((row) => training.levels[row] === target && !aside.includes(row));
  if (rows.length === 0) throw new InfeasibleError('no measured trial at the target fidelity to learn from');
  refuseNotFinite(training.losses);
  const losses = Float64Array.from(rows, (row) => training.losses[row]!);
  const { noise } = training;
  const known = noise === undefined ? undefined : Float64Array.from(rows, (row) => noise[row]!);
  return { designs: selectDesigns(training.designs, rows), losses, noise: known };
}

/** The rows, or those of `rowSubset` if they are more. */
export function someRows(rows: TargetRows, most: number): TargetRows {
  const { designs, losses } = rows;
  if (designs.n <= most) return rows;
  return selectRows(rows, rowSubset({ designs, losses, levels: new Int32Array(designs.n), levelCount: 1 }, most));
}

function selectRows({ designs, losses, noise }: TargetRows, some: readonly number[]): TargetRows {
  const pick = (values: Float64Array) => Float64Array.from(some, (row) => values[row]!);
  return { designs: selectDesigns(designs, some), losses: pick(losses), noise: noise && pick(noise) };
}

function fitRows(
  own: TargetRows,
  kind: GpKind,
  training: TrainingSet,
  options: FitOptions,
  aside: readonly number[],
): SingleLevel {
  const { designs, losses } = own;
  const units = new Array<number>(training.levelCount).fill(lossUnit(losses));
  const transform = transformInUnits(kind.transform, units);
  const layout = icmLayout({ ...kind, levels: 1 });
  const all = layout.size + 1;
  const previous = options.previous !== null && options.previous.length >= all ? options.previous.slice(0, all) : null;
  const noise = LatentNoise.of(designs, own.noise);
  const fitted = someRows(own, fitUpTo);
  const theta =
    !options.optimise && previous !== null
      ? Float64Array.from(previous)
      : mapEstimateOfRows(
          fitted.designs.n,
          (some) => transformedObjective(layout, selectRows(fitted, some), transform),
          [...layout.all, transform.parameter],
          { previous, thorough: designs.n <= thoroughUpTo, seed: options.seed },
        ).x;
  const parameter = theta[layout.size]!;
  const transformed = transform.of(losses, parameter);
  noise?.update(losses, transformed);
  const inner = new IcmPosterior({
    designs,
    levels: new Int32Array(designs.n),
    noise: noise?.rows ?? null,
    layout,
    theta: theta.subarray(0, layout.size),
    y: transformed.values,
    scales: [standardUnits],
  });
  const logPrior = -0.5 * ((parameter - transform.parameter.mean) / transform.parameter.sd) ** 2;
  return new SingleLevel(inner, training.levels, training.levelCount, transformed, {
    parameter,
    logPrior,
    choice: kind.choice ?? null,
    aside: aside.length === 0 ? null : suspectsOf(training, aside),
  });
}
