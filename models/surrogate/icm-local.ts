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
    terms.forEach(({ gradient }, q) => {
      const Bq = B[q]!;
      for (let i = 0; i < n; i++) {
        const b = Bq[level * L + levels[i]!]!;
        const bT = Bq[target * L + levels[i]!]!;
        for (let j = 0; j < d; j++) {
          const slope = gradient[i * d + j]!;
          result.meanGradient[level]![j]! += slope * b * alpha[i]! * sd;
          result.varianceGradient[level]![j]! -= 2 * slope * b * toOwn[i]! * sd * sd;
          result.covarianceGradient[level]![j]! -= slope * (b * toTarget[i]! + bT * toOwn[i]!) * sd * sdT;
        }
      }
      own[q]?.gradient.forEach((slope, j) => {
        result.varianceGradient[level]![j]! += slope * Bq[level * L + level]! * sd * sd;
        result.covarianceGradient[level]![j]! += slope * Bq[level * L + target]! * sd * sdT;
      });
    });
  }
  return result;
}

/** M·x for a lower triangle M, row-major [n × n]. */
function times(M: Float64Array, x: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let [a, b] = [0, 0];
    let j = 0;
    for (; j < i; j += 2) {
      a += M[row + j]! * x[j]!;
      b += M[row + j + 1]! * x[j + 1]!;
    }
    if (j === i) a += M[row + j]! * x[j]!;
    result[i] = a + b;
  }
  return result;
}

/** Mᵀ·x for a lower triangle M, row-major [n × n]. */
function timesTransposed(M: Float64Array, x: Float64Array, n: number): Float64Array {
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const xi = x[i]!;
    for (let j = 0; j <= i; j++) result[j] = result[j]! + M[row + j]! * xi;
  }
  return result;
}
