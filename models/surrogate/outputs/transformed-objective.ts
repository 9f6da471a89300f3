import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { Objective } from '../../optimiser/lbfgs.js';
import { LatentNoise } from '../noise/latent-noise.js';
import type { IcmLayout } from '../process/icm-hyperparameters.js';
import { icmObjective } from '../process/icm-likelihood.js';
import type { OutputTransform } from './output-transform.js';

/** Rows of one level. */
export interface TargetRows {
  readonly designs: EncodedDesigns;
  readonly losses: Float64Array;
  /** Known noise variances, loss units²; NaN where unknown. */
  readonly noise: Float64Array | undefined;
}

/**
 * Minus the log posterior density of the hyperparameters and of the parameter of the transform, which comes last, given
 * losses of one level; with its gradient.
 *
 * −log p = −log p(t(losses) | θ) − Σ log dt/dz + ½·((λ − mean)/sd)²
 *
 * @returns +∞ where the covariance cannot be factorised
 */
export function transformedObjective(
  layout: IcmLayout,
  { designs, losses, noise }: TargetRows,
  transform: OutputTransform,
): Objective {
  const y = new Float64Array(losses.length);
  const byData = { values: new Float64Array(losses.length), noise: new Float64Array(losses.length) };
  const latent = LatentNoise.of(designs, noise);
  const rows = { designs, levels: new Int32Array(designs.n), noise: latent?.rows ?? null };
  const inner = icmObjective(layout, rows, y, byData);
  const { mean, sd } = transform.parameter;
  return (theta, gradient) => {
    const parameter = theta[layout.size]!;
    const transformed = transform.of(losses, parameter);
    y.set(transformed.values);
    latent?.update(losses, transformed);
    const value = inner(theta.subarray(0, layout.size), gradient.subarray(0, layout.size));
    if (!Number.isFinite(value)) return value;
    let slope = -transformed.byParameter.logJacobian;
    for (let i = 0; i < y.length; i++) slope += byData.values[i]! * transformed.byParameter.values[i]!;
    slope += latent?.slope(transformed, byData.noise, Math.exp(theta[layout.noiseAt]!)) ?? 0;
    const z = (parameter - mean) / sd;
    gradient[layout.size] = slope + z / sd;
    return value - transformed.logJacobian + 0.5 * z * z;
  };
}
