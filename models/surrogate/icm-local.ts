import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { LocalPosterior } from './contract.js';
import type { IcmState } from './icm-posterior.js';
import { covarianceAt, localTerms } from './level-terms.js';

/** What a posterior with gradients is computed from. */
interface LocalParts extends IcmState {
  readonly alpha: Float64Array;
  readonly B: readonly Float64Array[];
  readonly constant: number;
  /** L⁻¹, row-major [n × n]. */
  readonly lowerInverse: Float64Array;
}

const one = Float64Array.of(1);

/** Posterior of a process at one candidate, at every level, with gradients by its numeric coordinates. */
export function localPosterior(parts: LocalParts, candidate: EncodedDesigns): LocalPosterior {
  const { layout, theta, designs, levels, alpha, B, constant, scales, lowerInverse } = parts;
  const n = designs.n;
  const L = layout.levels;
  const target = L - 1;
  const d = designs.encoding.numeric;
  const terms = localTerms(layout, theta, designs, candidate);
  const values = terms.map(({ value }) => value);
  const own = layout.terms.map(({ kernel, at }) => kernel.own?.(theta.subarray(at), candidate) ?? null);
  const ownValues = own.map((term) => term?.value ?? one);
  const rows = Array.from({ length: L }, (_, level) =>
    Float64Array.from({ length: n }, (__, i) => covarianceAt(layout, B, [level, levels[i]!], values, i)),
  );
  // K⁻¹·k by L⁻ᵀ·(L⁻¹·k).
  const weights = rows.map((row) => timesTransposed(lowerInverse, times(lowerInverse, row, n), n));
  const gradients = () => Array.from({ length: L }, () => new Float64Array(d));
  const result = {
    mean: new Float64Array(L),
    variance: new Float64Array(L),
    covariance: new Float64Array(L),
    meanGradient: gradients(),
    varianceGradient: gradients(),
    covarianceGradient: gradients(),
  };
  const sdT = scales[target]!.sd;
  for (let level = 0; level < L; level++) {
    const { mean, sd } = scales[level]!;
    const [row, toOwn, toTarget] = [rows[level]!, weights[level]!, weights[target]!];
    let m = constant;
    let variance = covarianceAt(layout, B, [level, level], ownValues, 0);
    let covariance = covarianceAt(layout, B, [level, target], ownValues, 0);
    for (let i = 0; i < n; i++) {
      m += row[i]! * alpha[i]!;
      variance -= row[i]! * toOwn[i]!;
      covariance -= row[i]! * toTarget[i]!;
    }
    result.mean[level] = m * sd + mean;
    result.variance[level] = Math.max(variance, 1e-10) * sd * sd;
    result.covariance[level] = covariance * sd * sdT;
    const [byMean, byVariance, byCovariance] = [
      result.meanGradient[level]!,
      result.varianceGradient[level]!,
      result.covarianceGradient[level]!,
    ];
    terms.forEach(({ gradient }, q) => {
      const Bq = B[q]!;
      for (let i = 0; i < n; i++) {
        const b = Bq[level * L + levels[i]!]!;
        const meanWeight = b * alpha[i]! * sd;
        const varianceWeight = -2 * b * toOwn[i]! * sd * sd;
        for (let j = 0; j < d; j++) {
          const slope = gradient[i * d + j]!;
          byMean[j] = byMean[j]! + slope * meanWeight;
          byVariance[j] = byVariance[j]! + slope * varianceWeight;
        }
        if (level === target) continue;
        const covarianceWeight = -(b * toTarget[i]! + Bq[target * L + levels[i]!]! * toOwn[i]!) * sd * sdT;
        for (let j = 0; j < d; j++) byCovariance[j] = byCovariance[j]! + gradient[i * d + j]! * covarianceWeight;
      }
      own[q]?.gradient.forEach((slope, j) => {
        byVariance[j] = byVariance[j]! + slope * Bq[level * L + level]! * sd * sd;
        if (level !== target) byCovariance[j] = byCovariance[j]! + slope * Bq[level * L + target]! * sd * sdT;
      });
    });
    if (level === target) byCovariance.set(byVariance);
  }
  return result;
}

/** M·x for a lower triangle M with zeros above it, row-major [n × n]; four rows at a time share what is read of x. */
function times(M: Float64Array, x: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n);
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const row = i * n;
    let [a, b, c, e] = [0, 0, 0, 0];
    for (let j = 0; j < i + 4; j++) {
      const value = x[j]!;
      a += M[row + j]! * value;
      b += M[row + n + j]! * value;
      c += M[row + 2 * n + j]! * value;
      e += M[row + 3 * n + j]! * value;
    }
    result[i] = a;
    result[i + 1] = b;
    result[i + 2] = c;
    result[i + 3] = e;
  }
  for (; i < n; i++) for (let j = 0; j <= i; j++) result[i] = result[i]! + M[i * n + j]! * x[j]!;
  return result;
}

/** Mᵀ·x for such a triangle; four rows at a time are added to the result. */
function timesTransposed(M: Float64Array, x: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n);
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const row = i * n;
    const [a, b, c, e] = [x[i]!, x[i + 1]!, x[i + 2]!, x[i + 3]!];
    for (let j = 0; j < i + 4; j++)
      result[j] =
        result[j]! + (M[row + j]! * a + M[row + n + j]! * b + (M[row + 2 * n + j]! * c + M[row + 3 * n + j]! * e));
  }
  for (; i < n; i++) for (let j = 0; j <= i; j++) result[j] = result[j]! + M[i * n + j]! * x[i]!;
  return result;
}
