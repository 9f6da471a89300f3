import { selectDesigns } from '../../encode/encoded-designs.js';
import { solveLower } from '../../linalg/cholesky.js';
import type { GpKind } from '../kinds/gp.js';
import { LatentNoise } from '../noise/latent-noise.js';
import { addPrior, icmLayout } from '../process/icm-hyperparameters.js';
import { bestConstant, icmFactor } from '../process/icm-likelihood.js';
import { lossUnit, transformInUnits } from './loss-unit.js';
import { type TargetRows, transformedObjective } from './transformed-objective.js';
import { tukeyFence } from './winsorise.js';

/** Step of the central difference for the curvature by the parameter of a transform, in prior standard deviations. */
const step = 1e-3;

/**
 * Log evidence of a Gaussian process on transformed losses, to compare transforms by: of the losses within Tukey's fence,
 * given those beyond it.
 *
 * Σ_{i within} [log N(t_i | t_{<i}, θ) + log dt/dloss_i] + log p(θ) − ½·z² − ½·log H,  z = (λ − mean)/sd
 *
 * with the rows beyond the fence first in the order of the chain rule, θ and λ the mode. The last two terms integrate
 * over the parameter λ of the transform by Laplace's method, H the curvature of minus the log density by z, at least 1,
 * that of the prior: a transform that can be anything is worth less than one that need not be.
 *
 * A transform of winsorised losses takes those beyond the fence for the fence itself. Of what they are it says nothing,
 * so that there is no density of theirs to compare; what both predict in the same units are the others.
 *
 * @param hyperparameters - θ, then λ
 * @returns in natural logarithms; larger is better
 */
export function transformEvidence(
  { designs, losses, noise: known }: TargetRows,
  kind: GpKind,
  hyperparameters: readonly number[],
): number {
  const transform = transformInUnits(kind.transform, [lossUnit(losses)]);
  const layout = icmLayout({ ...kind, levels: 1 });
  const at = Float64Array.from(hyperparameters.slice(0, layout.size + 1));
  const parameter = at[layout.size]!;
  const transformed = transform.of(losses, parameter);
  const latent = LatentNoise.of(designs, known);
  latent?.update(losses, transformed);
  const fence = tukeyFence(losses);
  const all = [...losses.keys()];
  const beyond = all.filter((row) => losses[row]! > fence);
  const order = [...beyond, ...all.filter((row) => !(losses[row]! > fence))];
  const rows = { levels: new Int32Array(order.length), noise: latent?.rows.select(order) ?? null };
  const factor = icmFactor(layout, { designs: selectDesigns(designs, order), ...rows }, at);
  const y = Float64Array.from(order, (row) => transformed.values[row]!);
  const constant = bestConstant(layout, factor, y);
  const innovations = solveLower(
    factor,
    y.map((value) => value - constant),
  );
  let value = -addPrior(layout, at);
  for (let k = beyond.length; k < order.length; k++) {
    const slope = transformed.slope(losses[order[k]!]!);
    value += Math.log(slope / factor.L[k * order.length + k]!) - 0.5 * (innovations[k]! ** 2 + Math.log(2 * Math.PI));
  }
  const { mean, sd } = transform.parameter;
  const objective = transformedObjective(layout, { designs, losses, noise: known }, transform);
  const slopeAt = (by: number) => {
    const gradient = new Float64Array(layout.size + 1);
    objective(
      at.map((one, q) => (q === layout.size ? one + by * sd : one)),
      gradient,
    );
    return gradient[layout.size]! * sd;
  };
  const curvature = (slopeAt(step) - slopeAt(-step)) / (2 * step);
  return value - 0.5 * ((parameter - mean) / sd) ** 2 - 0.5 * Math.log(Math.max(1, curvature));
}
