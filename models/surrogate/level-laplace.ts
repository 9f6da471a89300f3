import { NumericalError } from '../domain/errors.js';
import { selectDesigns } from '../encode/encoded-designs.js';
import { cholesky, solve } from '../linalg/cholesky.js';
import { type IcmLayout, levelCovariances } from './icm-hyperparameters.js';
import { type IcmRows, icmObjective } from './icm-likelihood.js';
import { rowSubset } from './row-subset.js';

/** What is believed of the correlation ρ of two levels over all designs: atanh ρ is normal. */
export interface CorrelationBelief {
  /** Of atanh ρ. */
  readonly mean: number;
  readonly sd: number;
}

/** A process at its hyperparameters, with what it was fitted to. */
export interface FittedLevels extends IcmRows {
  readonly layout: IcmLayout;
  readonly theta: Float64Array;
  /** Standardised losses, [n]. */
  readonly y: Float64Array;
}

/** Rows that the curvature is taken of, at most: as many as hyperparameters are fitted to. */
const mostRows = 200;

/** Step of the differences by each hyperparameter. */
const step = 1e-3;

/** Largest |atanh ρ| that is told: as far as the priors let correlations go. */
const largest = 3;

/**
 * Correlation of each lower level with the target, ρ_l = B[l, T]/√(B[l, l]·B[T, T]), B = Σ_q B_q, by Laplace's
 * approximation about the hyperparameters.
 *
 * atanh ρ_l ~ N(z_l(θ), gᵀH⁻¹g), g = ∂z_l/∂θ, H the Hessian of minus the log posterior density by all hyperparameters:
 * those of the kernels, scales and noises are not taken as known. H by central differences of analytic gradients.
 *
 * It knows of one sign: where both are as likely, the interval is too narrow.
 *
 * @returns by level, the cheapest first; null where the density has no maximum nearby
 * @see MacKay 1992, Neural Computation 4, 415 (Laplace's approximation); Fisher 1921, Metron 1, 3 (atanh ρ)
 */
export function correlationBeliefs(state: FittedLevels): readonly (CorrelationBelief | null)[] {
  const { layout, theta } = state;
  const target = layout.levels - 1;
  const H = hessian(state);
  return Array.from({ length: target }, (_, level) => {
    const z = (at: Float64Array) => transformed(layout, at, level);
    const slope = theta.map((_, q) => difference(theta, q, z));
    const mean = z(theta);
    if (H === null) return null;
    try {
      const solved = solve(cholesky(H, theta.length), slope);
      const variance = slope.reduce((sum, g, q) => sum + g * solved[q]!, 0);
      return Number.isFinite(variance) ? { mean, sd: Math.sqrt(variance) } : null;
    } catch (error) {
      if (error instanceof NumericalError) return null;
      throw error;
    }
  });
}

/** atanh of the correlation of a level with the target. */
function transformed(layout: IcmLayout, theta: Float64Array, level: number): number {
  const { B } = levelCovariances(layout, theta);
  const L = layout.levels;
  const sum = (a: number, b: number) => B.reduce((total, Bq) => total + Bq[a * L + b]!, 0);
  const scale = Math.sqrt(sum(level, level) * sum(L - 1, L - 1));
  const z = Math.atanh(Math.max(-1, Math.min(1, scale === 0 ? 0 : sum(level, L - 1) / scale)));
  return Math.max(-largest, Math.min(largest, z));
}

function difference(theta: Float64Array, q: number, of: (at: Float64Array) => number): number {
  const at = (shift: number) => of(theta.map((value, i) => (i === q ? value + shift : value)));
  return (at(step) - at(-step)) / (2 * step);
}

/** Second derivatives of minus the log posterior density, symmetric, [p × p]; null where it is not finite nearby. */
function hessian({ layout, theta, designs, levels, noise, y }: FittedLevels): Float64Array | null {
  const rows = rowSubset({ designs, levels, losses: y, levelCount: layout.levels }, mostRows);
  const objective = icmObjective(
    layout,
    {
      designs: selectDesigns(designs, rows),
      levels: Int32Array.from(rows, (row) => levels[row]!),
      noise: noise?.select(rows) ?? null,
    },
    Float64Array.from(rows, (row) => y[row]!),
  );
  const p = theta.length;
  const H = new Float64Array(p * p);
  for (let q = 0; q < p; q++) {
    const gradients = [step, -step].map((shift) => {
      const gradient = new Float64Array(p);
      const at = theta.map((value, i) => (i === q ? value + shift : value));
      return Number.isFinite(objective(at, gradient)) ? gradient : null;
    });
    const [above, below] = gradients;
    if (above == null || below == null) return null;
    for (let i = 0; i < p; i++) {
      const half = (above[i]! - below[i]!) / (4 * step);
      H[i * p + q] = H[i * p + q]! + half;
      H[q * p + i] = H[q * p + i]! + half;
    }
  }
  return H;
}
