import { InfeasibleError, NumericalError } from '../domain/errors.js';
import { type EncodedDesigns, type Encoding, selectDesigns } from '../encode/encoded-designs.js';
import type { DesignKernel } from '../kernel/contract.js';
import { RadialBlock } from '../kernel/radial-block.js';
import type { Objective } from '../optimiser/lbfgs.js';
import type { FitOptions, FittedSurrogate, SurrogateType, TrainingSet } from './contract.js';
import { type IcmLayout, icmLayout } from './icm-hyperparameters.js';
import { type IcmRows, icmObjective } from './icm-likelihood.js';
import { IcmPosterior } from './icm-posterior.js';
import { logWarp } from './log-warp.js';
import { mapEstimate } from './map-estimate.js';
import type { OutputTransform } from './output-transform.js';
import { SingleLevel } from './single-level.js';

/** Rows up to which hyperparameters are searched from several starts. */
const thoroughUpTo = 150;

/** What kind of Gaussian process of one level. */
export interface GpKind {
  readonly kernel: (encoding: Encoding) => DesignKernel;
  readonly transform: OutputTransform;
  /** Mean and sd of the normal prior on log noise. */
  readonly noisePrior: readonly [number, number];
  /** Sd of the normal prior on the log of the kernel's variance; 0: it is 1. */
  readonly scaleSd: number;
  readonly constantVariance: number | null;
}

/** Matérn 3/2 with a lengthscale a column, on losses warped by a learned logarithm. */
export const standardGp: GpKind = {
  kernel: (encoding) => new RadialBlock(encoding, 'matern32'),
  transform: logWarp,
  noisePrior: [-6, 2],
  scaleSd: 1,
  constantVariance: null,
};

/**
 * Exact Gaussian process on the trials at the target fidelity alone, of the standard kind. Of other levels it knows
 * nothing.
 *
 * The parameter of the output transform is fitted together with the kernel, the likelihood being that of the losses
 * themselves: log p(loss) = log N(t(loss) | 0, K) + Σ log dt/dz.
 *
 * What it was measured against is in `models/README.md`.
 */
export const gp: SurrogateType = {
  name: 'gp',
  description: 'exact Gaussian process on the target fidelity alone (Matérn 3/2, learned log warp)',
  fit: (training, options) => fitGp(training, options, standardGp),
};

/** A Gaussian process of that kind, fitted to the rows at the target. @throws {InfeasibleError} if there are none */
export function fitGp(training: TrainingSet, options: FitOptions, kind: GpKind): FittedSurrogate {
  const target = training.levelCount - 1;
  const rows = [...training.levels.keys()].filter((row) => training.levels[row] === target);
  if (rows.length === 0) throw new InfeasibleError('no measured trial at the target fidelity to learn from');
  const losses = Float64Array.from(rows, (row) => training.losses[row]!);
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) throw new NumericalError(`loss ${bad} is ${losses[bad]}; finite numbers are wanted`);
  return fitRows(selectDesigns(training.designs, rows), losses, kind, training, options);
}

function fitRows(
  designs: EncodedDesigns,
  losses: Float64Array,
  kind: GpKind,
  training: TrainingSet,
  options: FitOptions,
): FittedSurrogate {
  const { noisePrior, scaleSd, constantVariance, transform } = kind;
  const kernel = kind.kernel(designs.encoding);
  const layout = icmLayout({ kernel, levels: 1, noisePrior, scaleSd, constantVariance });
  const known = options.previous !== null && options.previous.length === layout.size + 1 ? options.previous : null;
  const rows: IcmRows = { designs, levels: new Int32Array(designs.n), noise: null };
  const theta =
    !options.optimise && known !== null
      ? Float64Array.from(known)
      : mapEstimate(transformedObjective(layout, rows, losses, transform), [...layout.all, transform.parameter], {
          previous: known,
          thorough: designs.n <= thoroughUpTo,
          seed: options.seed,
        }).x;
  const parameter = theta[layout.size]!;
  const transformed = transform.of(losses, parameter);
  const inner = new IcmPosterior({
    ...rows,
    layout,
    theta: theta.subarray(0, layout.size),
    y: transformed.values,
    scales: [{ mean: 0, sd: 1 }],
  });
  const logPrior = -0.5 * ((parameter - transform.parameter.mean) / transform.parameter.sd) ** 2;
  return new SingleLevel(inner, training.levels, training.levelCount, transformed, { parameter, logPrior });
}

/** Minus the log posterior density of kernel and transform, the transform's parameter last. */
function transformedObjective(
  layout: IcmLayout,
  rows: IcmRows,
  losses: Float64Array,
  transform: OutputTransform,
): Objective {
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
