import type { Boxes } from '../../pareto/boxes.js';
import { log1mexp } from '../../stats/normal.js';
import type { LossIntegral } from './loss-integral.js';

/** The integrals of all objectives over the coordinates of a front, and the boxes that it leaves. */
export interface LeftToWin {
  readonly boxes: Boxes;
  /** By objective, over its coordinates. */
  readonly integrals: readonly LossIntegral[];
}

/**
 * Log of the expected hypervolume improvement of a candidate whose losses are independent, in closed form.
 *
 * log Σ_b Π_k E[(u_bk − max(f_k, l_bk))⁺],  boxes b from l to u
 *
 * @returns a function that gives it at means and variances on the scales of the integrals, [m], and fills their derivatives
 * @see Yang et al. 2019, arXiv:1904.12672; Ament et al. 2023, arXiv:2310.20708 (logarithms)
 * @remarks Cost: O(Σ_k coordinates + boxes·m).
 */
export function logHypervolumeImprovement({ boxes, integrals }: LeftToWin) {
  const m = integrals.length;
  const { count } = boxes;
  const ranges = integrals.map((_, k) => rangesOf(boxes, k));
  const logs = new Float64Array(count);
  return (mean: Float64Array, variance: Float64Array, byMean: Float64Array, byVariance: Float64Array): number => {
    for (let k = 0; k < m; k++) ranges[k]!.at(integrals[k]!, mean[k]!, variance[k]!);
    let largest = Number.NEGATIVE_INFINITY;
    for (let b = 0; b < count; b++) {
      let sum = 0;
      for (let k = 0; k < m; k++) sum += ranges[k]!.log[ranges[k]!.of[b]!]!;
      logs[b] = sum;
      if (sum > largest) largest = sum;
    }
    byMean.fill(0);
    byVariance.fill(0);
    if (largest === Number.NEGATIVE_INFINITY) return largest;
    let total = 0;
    for (let b = 0; b < count; b++) {
      const share = Math.exp(logs[b]! - largest);
      if (share === 0) continue;
      total += share;
      for (let k = 0; k < m; k++) {
        const own = ranges[k]!;
        const at = own.of[b]!;
        byMean[k] = byMean[k]! + share * own.byMean[at]!;
        byVariance[k] = byVariance[k]! + share * own.byVariance[at]!;
      }
    }
    for (let k = 0; k < m; k++) {
      byMean[k] = byMean[k]! / total;
      byVariance[k] = byVariance[k]! / total;
    }
    return largest + Math.log(total);
  };
}

/** The ranges of an objective that boxes have, each once, and which one a box has. */
function rangesOf({ ranges, count, coordinates }: Boxes, k: number) {
  const m = coordinates.length;
  const known = new Map<number, number>();
  const ends: (readonly [number, number])[] = [];
  const width = coordinates[k]!.length;
  const of = Int32Array.from({ length: count }, (_, b) => {
    const [from, to] = [ranges[b * 2 * m + 2 * k]!, ranges[b * 2 * m + 2 * k + 1]!];
    const key = from * width + to;
    const place = known.get(key) ?? ends.push([from, to]) - 1;
    known.set(key, place);
    return place;
  });
  const [log, byMean, byVariance] = [0, 1, 2].map(() => new Float64Array(ends.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const at = (integral: LossIntegral, mean: number, variance: number) => {
    integral.at(mean, variance);
    for (let i = 0; i < ends.length; i++) {
      const [from, to] = ends[i]!;
      const [high, low] = [integral.log[to]!, integral.log[from]!];
      if (low === Number.NEGATIVE_INFINITY) {
        log[i] = high;
        byMean[i] = integral.byMean[to]!;
        byVariance[i] = integral.byVariance[to]!;
        continue;
      }
      const gap = low - high;
      const share = gap < 0 ? -1 / Math.expm1(gap) : 0;
      log[i] = share === 0 ? Number.NEGATIVE_INFINITY : high + log1mexp(gap);
      byMean[i] = share * integral.byMean[to]! - (share - 1) * integral.byMean[from]!;
      byVariance[i] = share * integral.byVariance[to]! - (share - 1) * integral.byVariance[from]!;
    }
  };
  return { of, log, byMean, byVariance, at };
}
