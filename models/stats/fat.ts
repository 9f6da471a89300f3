import { ShapeError } from '../domain/errors.js';

/** A value with its derivative by the argument. */
export interface Sloped {
  readonly value: number;
  readonly slope: number;
}

const cauchyWeight = 0.1;
const moidCentre = 1 / Math.sqrt(3);

/**
 * Log of a smooth positive part with tails so fat that its logarithm has a slope wherever x is.
 *
 * log fatplus(x) = log(τ·(log(1 + eʸ) + 0.1/(1 + y²))),  y = x/τ
 *
 * It is log x to 0.1·τ³/x³ for x well above τ, and falls as log(0.1·τ³/x²) below 0, where an improvement is none.
 *
 * @param tau - width of the bend, in the units of x
 * @see Ament et al. 2023, arXiv:2310.20708, appendix A (fat softplus)
 * @remarks Accuracy: relative 1e-14, tested against the formula where that neither over- nor underflows.
 */
export function logFatplus(x: number, tau = 1e-6): Sloped {
  const y = x / tau;
  // Below, log(1 + eʸ) is nothing beside the Cauchy tail, and y² could overflow.
  if (y < -1e8) return { value: Math.log(tau * cauchyWeight) - 2 * Math.log(-y), slope: -2 / x };
  const falling = Math.exp(-Math.abs(y));
  const softplus = Math.max(y, 0) + Math.log1p(falling);
  const logistic = (y > 0 ? 1 : falling) / (1 + falling);
  const cauchy = 1 / (1 + y * y);
  const sum = softplus + cauchyWeight * cauchy;
  return {
    value: Math.log(tau * sum),
    slope: (logistic - 2 * cauchyWeight * y * cauchy * cauchy) / (tau * sum),
  };
}

/**
 * Smooth maximum in which every term keeps a share of the slope that falls by a power of its distance, not
 * exponentially.
 *
 * fatmax(x) = M + τ·log Σ_i p((M − x_i)/τ),  M = max x,  p(z) = (b₀/(b₀ + b₁z + z²))^a,  a = α/2, b₁ = 2a, b₀ = 2a²
 *
 * p(0) = 1 and p′(0) = −1, so two terms that are equal have half of the slope each, without a kink if there are no
 * others. The value is from M to M + τ·log n.
 *
 * @param x - [n], at least one; −∞ has no share
 * @param slopes - filled with the derivatives by x, [n]; they are ≥ 0 and add up to 1 where M is finite, else all 0
 * @param tau - width of the bend, in the units of x
 * @param alpha - power by which shares fall
 * @throws {ShapeError} if x is empty, or slopes has another length
 * @see Ament et al. 2023, arXiv:2310.20708, appendix A
 */
export function fatmax(x: ArrayLike<number>, slopes: Float64Array, tau = 1e-2, alpha = 2): number {
  const n = x.length;
  if (n === 0 || slopes.length !== n) throw new ShapeError(`a maximum of ${n} terms, with room for ${slopes.length}`);
  let largest = 0;
  for (let i = 1; i < n; i++) if (x[i]! > x[largest]!) largest = i;
  const M = x[largest]!;
  if (!Number.isFinite(M)) {
    slopes.fill(0);
    return M;
  }
  const a = alpha / 2;
  const b1 = 2 * a;
  const b0 = a * b1;
  let sum = 1;
  for (let i = 0; i < n; i++) {
    if (i === largest) continue;
    const z = (M - x[i]!) / tau;
    // 1/(b₀ + b₁z + z²), without overflow of z².
    const share = z > 1e100 ? 0 : 1 / (b0 + b1 * z + z * z);
    const p = a === 1 ? b0 * share : (b0 * share) ** a;
    sum += p;
    slopes[i] = share === 0 ? 0 : a * p * (b1 + 2 * z) * share;
  }
  let others = 0;
  for (let i = 0; i < n; i++) {
    if (i === largest) continue;
    slopes[i] = slopes[i]! / sum;
    others += slopes[i]!;
  }
  slopes[largest] = 1 - others;
  return M + tau * Math.log(sum);
}

/**
 * Log of a sigmoid with fat tails: 0 far above, a half at x = 0, and with a slope wherever x is.
 *
 * fatmoid(x) = ⅔/(1 + (x − m)²) for x < 0, else 1 − ⅔/(1 + (x + m)²),  m = 1/√3
 *
 * For an outcome c that is feasible at c ≤ 0, log fatmoid(−c/η) is a smooth log of the indicator; η = 1e-3.
 *
 * @see Ament et al. 2023, arXiv:2310.20708, appendix A
 */
export function logFatmoid(x: number): Sloped {
  if (x < 0) {
    const d = x - moidCentre;
    return { value: Math.log(2 / 3) - 2 * Math.log(Math.hypot(1, d)), slope: -2 / (d + 1 / d) };
  }
  const d = x + moidCentre;
  const rest = 2 / 3 / (1 + d * d);
  return { value: Math.log1p(-rest), slope: (2 * rest) / ((d + 1 / d) * (1 - rest)) };
}
