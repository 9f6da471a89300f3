import { InfeasibleError } from '../domain/errors.js';
import { type EncodedDesigns, type Encoding, selectDesigns } from '../encode/encoded-designs.js';
import type { DesignKernel } from '../kernel/contract.js';
import { longLengthscale, longLengthscales } from '../kernel/lengthscale-prior.js';
import { RadialBlock } from '../kernel/radial-block.js';
import type { Objective } from '../optimiser/lbfgs.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from './contract.js';
import { type IcmLayout, icmLayout } from './icm-hyperparameters.js';
import { type IcmRows, icmObjective } from './icm-likelihood.js';
import { IcmPosterior } from './icm-posterior.js';
import { standardUnits } from './level-scale.js';
import { logWarp } from './log-warp.js';
import { lossUnit, refuseNotFinite, transformInUnits } from './loss-unit.js';
import { mapEstimateOfRows } from './map-estimate.js';
import type { OutputTransform } from './output-transform.js';
import { SingleLevel } from './single-level.js';
import { standardise } from './standardise.js';

/** Rows up to which hyperparameters are searched from several starts. */
const thoroughUpTo = 60;

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
}

/** Matérn 3/2 with a lengthscale a column, on losses warped by a learned logarithm. */
export function standardGp(encoding: Encoding): GpKind {
  return {
    kernel: new RadialBlock(encoding, 'matern32'),
    transform: logWarp,
    noisePrior: [-6, 2],
    // A learned variance does better without noise and worse with it: see models/README.md.
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
    kernel,
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
 * A surrogate that is an exact Gaussian process on the trials at the target fidelity alone. Of other levels it knows
 * nothing.
 *
 * The parameter of the output transform is fitted together with the kernel, the likelihood being that of the losses
 * themselves: log p(loss) = log N(t(loss) | 0, K) + Σ log dt/dz.
 *
 * What the kinds were measured against is in `models/README.md`.
 */
export function gpType(name: string, description: string, kind: (encoding: Encoding) => GpKind): SurrogateType {
  return { name, description, fit: (training, options) => fitGp(training, options, kind(training.designs.encoding)) };
}

/** A Gaussian process of that kind, fitted to the rows at the target. @throws {InfeasibleError} if there are none */
export function fitGp(training: TrainingSet, options: FitOptions, kind: GpKind): FittedSurrogate {
  const target = training.levelCount - 1;
  const rows = [...training.levels.keys()].filter((row) => training.levels[row] === target);
  if (rows.length === 0) throw new InfeasibleError('no measured trial at the target fidelity to learn from');
  refuseNotFinite(training.losses);
  const losses = Float64Array.from(rows, (row) => training.losses[row]!);
  const units = new Array<number>(training.levelCount).fill(lossUnit(losses));
  const transform = transformInUnits(kind.transform, units);
  return fitRows(selectDesigns(training.designs, rows), losses, { ...kind, transform }, training, options);
}

function fitRows(
  designs: EncodedDesigns,
  losses: Float64Array,
  kind: GpKind,
  training: TrainingSet,
  options: FitOptions,
): FittedSurrogate {
  const { transform } = kind;
  const layout = icmLayout({ ...kind, levels: 1 });
  const known = options.previous !== null && options.previous.length === layout.size + 1 ? options.previous : null;
  const rows: IcmRows = { designs, levels: new Int32Array(designs.n), noise: null };
  const theta =
    !options.optimise && known !== null
      ? Float64Array.from(known)
      : mapEstimateOfRows(
          designs.n,
          (some) => transformedObjective(layout, rowsAt(rows, some), losses, some, transform),
          [...layout.all, transform.parameter],
          { previous: known, thorough: designs.n <= thoroughUpTo, seed: options.seed },
        ).x;
  const parameter = theta[layout.size]!;
  const transformed = transform.of(losses, parameter);
  const inner = new IcmPosterior({
    ...rows,
    layout,
    theta: theta.subarray(0, layout.size),
    y: transformed.values,
    scales: [standardUnits],
  });
  const logPrior = -0.5 * ((parameter - transform.parameter.mean) / transform.parameter.sd) ** 2;
  return new SingleLevel(inner, training.levels, training.levelCount, transformed, { parameter, logPrior });
}

function rowsAt({ designs, levels }: IcmRows, some: readonly number[]): IcmRows {
  return { designs: selectDesigns(designs, some), levels: levels.subarray(0, some.length), noise: null };
}

/** Minus the log posterior density of kernel and transform given some rows, the transform's parameter last. */
function transformedObjective(
  layout: IcmLayout,
  rows: IcmRows,
  all: Float64Array,
  some: readonly number[],
  transform: OutputTransform,
): Objective {
  const losses = Float64Array.from(some, (row) => all[row]!);
  const y = new Float64Array(losses.length);
  const alpha = new Float64Array(losses.length);
  const inner = icmObjective(layout, rows, y, alpha);
  const { mean, sd } = transform.parameter;
  return (theta, gradient) => {
    const parameter = theta[layout.size]!;
    const transformed = transform.of(losses, parameter);
    y.set(transformed.values);
    const value = inner(theta.subarray(0, layout.size), gradient.subarray(0, layout.size));
    if (!Number.isFinite(value)) return value;
    let slope = -transformed.byParameter.logJacobian;
    for (let i = 0; i < y.length; i++) slope += alpha[i]! * transformed.byParameter.values[i]!;
    const z = (parameter - mean) / sd;
    gradient[layout.size] = slope + z / sd;
    return value - transformed.logJacobian + 0.5 * z * z;
  };
}
