import { cholesky, inverse } from './cholesky.js';

/** A line through points, judged by how well it predicts each of them from the others. */
export interface LinearTrend {
  /** Value at a point. @param features - [p], as given to `linearTrend` */
  at(features: ArrayLike<number>): number;
  /** The lowest value seen. */
  readonly low: number;
  /** Mean square error of the leave-one-out predictions. */
  readonly leaveOneOut: number;
}

/** Strengths of the ridge that are tried, as shares of the variance of the values. */
const ridges = [0.03, 0.3, 3] as const;

/**
 * Ridge regression, by its strength with the best leave-one-out error.
 *
 * y = Xβ + b + e over standardised columns: K = XXᵀ/p + 11ᵀ + λI, α = K⁻¹y, leave-one-out error α_i/(K⁻¹)_ii.
 * A prediction lies never outside the range of the values seen.
 *
 * @param X - row-major [n × p]; a column that is constant says nothing
 * @param y - [n], centred on what is expected beforehand
 * @returns null where no column varies, or no value does
 * @see Rasmussen and Williams 2006, eq. 5.12 (leave-one-out)
 */
export function linearTrend(X: Float64Array, y: Float64Array): LinearTrend | null {
  const n = y.length;
  const p = n === 0 ? 0 : X.length / n;
  const columns = [...Array(p).keys()].flatMap((j) => {
    const values = Float64Array.from({ length: n }, (_, i) => X[i * p + j]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
    return sd > 1e-9 * Math.max(1, Math.abs(mean)) ? [{ j, mean, sd }] : [];
  });
  const spread = y.reduce((sum, value) => sum + value * value, 0) / n;
  if (columns.length === 0 || !(spread > 0)) return null;
  const standard = (features: ArrayLike<number>, from: number) =>
    Float64Array.from(columns, ({ j, mean, sd }) => (features[from + j]! - mean) / sd);
  const rows = [...y.keys()].map((i) => standard(X, i * p));
  const likeness = (a: Float64Array, b: Float64Array) =>
    1 + a.reduce((sum, value, k) => sum + value * b[k]!, 0) / columns.length;
  const K = Float64Array.from({ length: n * n }, (_, at) => likeness(rows[Math.floor(at / n)]!, rows[at % n]!));
  const fits = ridges.map((ridge) => {
    const inverted = inverse(cholesky(withRidge(K, n, ridge), n));
    const alpha = Float64Array.from(y, (_, i) => y.reduce((sum, value, k) => sum + inverted[i * n + k]! * value, 0));
    const leaveOneOut = alpha.reduce((sum, a, i) => sum + (a / inverted[i * n + i]!) ** 2, 0) / n;
    return { alpha, leaveOneOut };
  });
  const { alpha, leaveOneOut } = fits.reduce((best, fit) => (fit.leaveOneOut < best.leaveOneOut ? fit : best));
  const low = y.reduce((a, b) => Math.min(a, b));
  const high = y.reduce((a, b) => Math.max(a, b));
  const constant = alpha.reduce((sum, a) => sum + a, 0);
  const slopes = columns.map((_, k) => rows.reduce((sum, row, i) => sum + alpha[i]! * row[k]!, 0) / columns.length);
  return {
    low,
    leaveOneOut,
    at: (features) => {
      const value = constant + standard(features, 0).reduce((sum, x, k) => sum + slopes[k]! * x, 0);
      return Math.max(low, Math.min(high, value));
    },
  };
}

function withRidge(K: Float64Array, n: number, ridge: number): Float64Array {
  const sum = Float64Array.from(K);
  for (let i = 0; i < n; i++) sum[i * n + i] = sum[i * n + i]! + ridge;
  return sum;
}
