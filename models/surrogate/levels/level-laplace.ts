import { NumericalError } from '../../domain/errors.js';
import { selectDesigns } from '../../encode/encoded-designs.js';
import { cholesky, solve } from '../../linalg/cholesky.js';
import type { CorrelationPosterior } from '../contract.js';
import { type IcmLayout, levelCovariances } from '../process/icm-hyperparameters.js';
import { icmObjective } from '../process/icm-likelihood.js';
import type { IcmRows } from '../process/icm-rows.js';
import { rowSubset } from '../row-subset.js';

/** Largest |atanh ρ|: as far as the priors let correlations go. */
export const largestTransformed = 3;

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

/** Largest |atanh ρ| that is computed with: chains know no bound, and the correlation of levels that are equal is 1. */
const farthestTold = 6;

/** How many standard deviations beyond a bound the mean of a posterior is at most. */
const farthestBeyond = 5;

/**
 * Correlation of each lower level with the target, ρ_l = B[l, T]/√(B[l, l]·B[T, T]), B = Σ_q B_q, by Laplace's
 * approximation about the hyperparameters.
 *
 * atanh ρ_l ~ N(z_l(θ) − gᵀH⁻¹∇, gᵀH⁻¹g), g = ∂z_l/∂θ, ∇ and H the gradient and Hessian of minus the log posterior
 * density by all hyperparameters: those of the kernels, scales and noises are not taken as known, but for those at one
 * of their bounds. ∇ is 0 but where a correlation is at its bound. H by central differences of analytic gradients.
 *
 * It knows of one sign: where both are as likely, the interval is too narrow.
 *
 * @returns by level, the cheapest first; null where the density has no maximum nearby
 * @see MacKay 1992, Neural Computation 4, 415 (Laplace's approximation); Fisher 1921, Metron 1, 3 (atanh ρ)
 */
export function correlationPosteriors(state: FittedLevels): readonly (CorrelationPosterior | null)[] {
  const { layout, theta } = state;
  const target = layout.levels - 1;
  const free = [...theta.keys()].filter((q) => isFree(layout, theta, q));
  const curved = curvature(state, free);
  return Array.from({ length: target }, (_, level) => {
    const z = (at: Float64Array) => transformed(layout, at, level);
    const g = Float64Array.from(free, (q) => difference(theta, q, z));
    const solved = curved === null ? null : solvedBy(curved.H, g);
    if (solved === null) return null;
    const sum = (other: Float64Array) => solved.reduce((total, value, a) => total + value * other[a]!, 0);
    const sd = Math.sqrt(sum(g));
    if (!(sd > 0 && sd < Number.POSITIVE_INFINITY)) return null;
    const most = largestTransformed + farthestBeyond * sd;
    return { mean: Math.max(-most, Math.min(most, z(theta) - sum(curved!.gradient))), sd };
  });
}

/** Whether a hyperparameter is away from its bounds by more than the steps of the differences, or carries a sign. */
function isFree({ all, structure, structureAt }: IcmLayout, theta: Float64Array, q: number): boolean {
  if (structure.signed.includes(q - structureAt)) return true;
  return theta[q]! - step > all[q]!.lower && theta[q]! + step < all[q]!.upper;
}

/** H⁻¹g; null where H is not positive definite. */
function solvedBy(H: Float64Array, g: Float64Array): Float64Array | null {
  try {
    return solve(cholesky(H, g.length), g);
  } catch (error) {
    if (error instanceof NumericalError) return null;
    throw error;
  }
}

/** atanh of the correlation of a level with the target. */
function transformed(layout: IcmLayout, theta: Float64Array, level: number): number {
  const { B } = levelCovariances(layout, theta);
  const L = layout.levels;
  const sum = (a: number, b: number) => B.reduce((total, Bq) => total + Bq[a * L + b]!, 0);
  const scale = Math.sqrt(sum(level, level) * sum(L - 1, L - 1));
  const z = Math.atanh(scale === 0 ? 0 : sum(level, L - 1) / scale);
  return Math.max(-farthestTold, Math.min(farthestTold, z));
}

function difference(theta: Float64Array, q: number, of: (at: Float64Array) => number): number {
  const at = (shift: number) => of(theta.map((value, i) => (i === q ? value + shift : value)));
  return (at(step) - at(-step)) / (2 * step);
}

/** First and second derivatives of minus the log posterior density by those hyperparameters; null where not finite. */
function curvature(
  { layout, theta, designs, levels, noise, y }: FittedLevels,
  free: readonly number[],
): { readonly gradient: Float64Array; readonly H: Float64Array } | null {
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
  const gradientAt = (at: Float64Array) => {
    const gradient = new Float64Array(theta.length);
    return Number.isFinite(objective(at, gradient)) ? gradient : null;
  };
  const here = gradientAt(theta);
  if (here === null) return null;
  const p = free.length;
  const H = new Float64Array(p * p);
  for (const [a, q] of free.entries()) {
    const [above, below] = [step, -step].map((shift) =>
      gradientAt(theta.map((value, i) => (i === q ? value + shift : value))),
    );
    if (above == null || below == null) return null;
    for (const [b, i] of free.entries()) {
      const half = (above[i]! - below[i]!) / (4 * step);
      H[b * p + a] = H[b * p + a]! + half;
      H[a * p + b] = H[a * p + b]! + half;
    }
  }
  return { gradient: Float64Array.from(free, (q) => here[q]!), H };
}
