import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { dotRow } from '../../linalg/dot.js';
import type { LocalPosterior } from '../contract.js';
import { covarianceAt, localTerms } from '../levels/level-terms.js';
import type { IcmState } from './icm-rows.js';

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
  const rows = Array.from({ length: L }, (_, level) => {
    const row = new Float64Array(n);
    const pair: [number, number] = [level, 0];
    for (let i = 0; i < n; i++) {
      pair[1] = levels[i]!;
      row[i] = covarianceAt(layout, B, pair, values, i);
    }
    return row;
  });
  const weights = rows.map((row) => inverseTimes(lowerInverse, row));
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

/**
 * K⁻¹·x = Mᵀ·(M·x) for M = L⁻¹, row-major [n × n] with zeros above its diagonal. Four rows at a time, which are used for
 * both products while they are at hand.
 */
function inverseTimes(M: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const result = new Float64Array(n);
  let i = 0;
  for (; i + 3 < n; i += 4) {
    const row0 = i * n;
    const row1 = row0 + n;
    const row2 = row1 + n;
    const row3 = row2 + n;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let j = 0; j < i + 4; j++) {
      const value = x[j]!;
      a += M[row0 + j]! * value;
      b += M[row1 + j]! * value;
      c += M[row2 + j]! * value;
      d += M[row3 + j]! * value;
    }
    for (let j = 0; j < i + 4; j++)
      result[j] = result[j]! + (M[row0 + j]! * a + M[row1 + j]! * b + (M[row2 + j]! * c + M[row3 + j]! * d));
  }
  for (; i < n; i++) {
    const product = dotRow(M, i * n, x, i + 1);
    for (let j = 0; j <= i; j++) result[j] = result[j]! + M[i * n + j]! * product;
  }
  return result;
}
