import { ShapeError } from '../../domain/errors.js';
import { fatmax, logFatmoid, logFatplus } from '../../stats/fat.js';
import { logsumexp } from '../../stats/logsumexp.js';
import { drawJoint, type JointDraws, type JointGradient, type JointNormal } from '../joint-draws.js';

/** Width of the smooth indicator of a constraint, in the units of its outcome. */
const eta = 1e-3;

/** Standard deviations above the mean at which no feasible baseline point is taken to be. */
const boundSds = 6;

/** Log improvement of a set of points, with its gradients by the joint posteriors it was made from. */
export interface JointImprovement {
  readonly value: number;
  readonly byLosses: JointGradient;
  /** One for each constraint. */
  readonly byConstraints: readonly JointGradient[];
}

/**
 * Log of the expected improvement of the best of q points below the incumbent, over joint draws of their losses.
 *
 * log 1/S·Σ_s exp fatmax_i [log fatplus(incumbent − f_si) + Σ_c log fatmoid(−g_csi/η)],  η = 1e-3
 *
 * Points that are pending stand among the q: the improvement is that of all of them together. Losses are taken as they
 * are; the widths of the smooth functions (1e-6, and 1e-2 for the maximum of logarithms) suit losses of unit variance.
 *
 * @param losses - joint posterior of the losses at the points, [q], and draws; 512 by `normalDraws` as a rule
 * @param constraints - joint posterior of an outcome at the same points, feasible at ≤ 0, and as many draws
 * @throws {ShapeError} if the sizes do not fit together
 * @see Ament et al. 2023, arXiv:2310.20708, section 4 (qLogEI) and appendix A
 * @remarks Agrees with BoTorch 0.18.1 to relative 1e-5, tested with its base samples. Cost: O(q³ + S·q²).
 */
export function qLogEi(
  losses: JointNormal,
  incumbent: number,
  constraints: readonly JointNormal[] = [],
): JointImprovement {
  return improvement(losses, 0, () => ({ best: incumbent, at: null }), constraints).found;
}

/**
 * Log of the expected improvement of the best of q points below the best of the baseline, over joint draws of the
 * noiseless losses at both.
 *
 * As `qLogEi`, with min_j f_sj over the feasible ones of the first `baseline` points in place of the incumbent. Pending
 * points stand in the baseline. In a draw without a feasible one, the incumbent is max_j (μ_j + 6σ_j) over them.
 *
 * @param losses - joint posterior at the baseline, then at the q points, [baseline + q], and draws
 * @param baseline - number of points in the baseline, at least 1
 * @param constraints - as in `qLogEi`, at baseline and points
 * @throws {ShapeError} if the sizes do not fit together, or baseline or q is 0
 * @see Letham et al. 2019, Bayesian Analysis 14, 495 (noisy improvement); Ament et al. 2023, arXiv:2310.20708 (qLogNEI)
 */
export function qLogNei(
  losses: JointNormal,
  baseline: number,
  constraints: readonly JointNormal[] = [],
): JointImprovement {
  if (!(baseline >= 1)) throw new ShapeError(`a baseline of ${baseline} points; at least one is needed`);
  const bound = worst(losses, baseline);
  const bestOf: BestOf = (draw, drawn, outcomes) => {
    let at: number | null = null;
    for (let j = 0; j < baseline; j++) {
      const place = draw * drawn.m + j;
      if (outcomes.some(({ values }) => values[place]! > 0)) continue;
      if (at === null || drawn.values[place]! < drawn.values[at]!) at = place;
    }
    return at === null ? { best: bound.value, at } : { best: drawn.values[at]!, at };
  };
  const { found, byBest } = improvement(losses, baseline, bestOf, constraints);
  const { byMean, byCovariance } = found.byLosses;
  const { index, sd } = bound;
  byMean[index] = byMean[index]! + byBest;
  const diagonal = index * (losses.mean.length + 1);
  if (sd > 0) byCovariance[diagonal] = byCovariance[diagonal]! + (byBest * boundSds) / (2 * sd);
  return found;
}

/** What a draw is to be improved on, and where among the drawn losses it stands; null if it is none of them. */
type BestOf = (draw: number, drawn: JointDraws, outcomes: readonly JointDraws[]) => { best: number; at: number | null };

/** Improvement of the points from `first` on, and its derivative by bests that are no drawn loss. */
function improvement(
  losses: JointNormal,
  first: number,
  bestOf: BestOf,
  constraints: readonly JointNormal[],
): { found: JointImprovement; byBest: number } {
  const drawn = drawJoint(losses);
  const { m, draws, values } = drawn;
  const q = m - first;
  if (q < 1) throw new ShapeError(`${m} points of which ${first} are the baseline leave none to be improved by`);
  const outcomes = constraints.map(drawJoint);
  for (const outcome of outcomes)
    if (outcome.m !== m || outcome.draws !== draws)
      throw new ShapeError(`${outcome.draws} draws of ${outcome.m} outcomes for ${draws} of ${m} losses`);
  const logs = new Float64Array(draws);
  const terms = new Float64Array(q);
  const shares = new Float64Array(draws * q);
  const bests = Array.from({ length: draws }, (_, s) => bestOf(s, drawn, outcomes));
  for (let s = 0; s < draws; s++) {
    for (let i = 0; i < q; i++) {
      const place = s * m + first + i;
      let term = logFatplus(bests[s]!.best - values[place]!).value;
      for (const outcome of outcomes) term += logFatmoid(-outcome.values[place]! / eta).value;
      terms[i] = term;
    }
    logs[s] = fatmax(terms, shares.subarray(s * q, (s + 1) * q));
  }
  const total = logsumexp(logs);
  const byValues = new Float64Array(draws * m);
  const byOutcomes = outcomes.map(() => new Float64Array(draws * m));
  let byBest = 0;
  for (let s = 0; s < draws; s++) {
    const weight = Math.exp(logs[s]! - total);
    const { best, at } = bests[s]!;
    for (let i = 0; i < q; i++) {
      const place = s * m + first + i;
      const share = weight * shares[s * q + i]!;
      const by = share * logFatplus(best - values[place]!).slope;
      byValues[place] = byValues[place]! - by;
      if (at === null) byBest += by;
      else byValues[at] = byValues[at]! + by;
      outcomes.forEach((outcome, c) => {
        byOutcomes[c]![place] = (-share / eta) * logFatmoid(-outcome.values[place]! / eta).slope;
      });
    }
  }
  const found = {
    value: total - Math.log(draws),
    byLosses: drawn.pullback(byValues),
    byConstraints: outcomes.map((outcome, c) => outcome.pullback(byOutcomes[c]!)),
  };
  return { found, byBest };
}

/** Highest loss that a baseline point may have, and the point. */
function worst({ mean, covariance }: JointNormal, baseline: number): { value: number; index: number; sd: number } {
  const m = mean.length;
  const all = Array.from({ length: Math.min(baseline, m) }, (_, index) => {
    const sd = Math.sqrt(Math.max(covariance[index * (m + 1)]!, 0));
    return { value: mean[index]! + boundSds * sd, index, sd };
  });
  return all.reduce((a, b) => (b.value > a.value ? b : a));
}
