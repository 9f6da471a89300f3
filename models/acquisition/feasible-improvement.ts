import { ShapeError } from '../domain/errors.js';
import { type BoundedOutcome, logWithin } from '../stats/log-within.js';
import { logEi } from './internal/log-ei.js';
import { type JointImprovement, qLogEi } from './internal/monte-carlo-improvement.js';
import type { JointGradient, JointNormal } from './joint-draws.js';
import type { LogWorth } from './per-cost.js';

/** Log of a feasible improvement, with its derivatives by the loss and by each outcome. */
export interface FeasibleWorth extends LogWorth {
  readonly byOutcomes: readonly { readonly byMean: number; readonly byVariance: number }[];
}

/**
 * Log of the expected improvement of a normal loss below the incumbent that counts only where every outcome is within
 * its bound, loss and outcomes being independent.
 *
 * log E[max(0, incumbent − f)·Π_j 1[c_j ≤ b_j]] = logEI + Σ_j log Φ((b_j − μ_j)/σ_j)
 *
 * @param incumbent - lowest loss of a feasible design
 * @param variance - of the loss, positive
 * @see Schonlau, Welch and Jones 1998, IMS Lecture Notes 34, 11 (constrained expected improvement)
 */
export function logFeasibleEi(
  incumbent: number,
  { mean, variance }: { readonly mean: number; readonly variance: number },
  outcomes: readonly BoundedOutcome[],
): FeasibleWorth {
  const improvement = logEi(incumbent, mean, variance);
  const within = outcomes.map(logWithin);
  const value = within.reduce((sum, one) => sum + one.value, improvement.value);
  return { ...improvement, value, byOutcomes: within.map(({ byMean, byVariance }) => ({ byMean, byVariance })) };
}

/** Joint posterior of an outcome at several designs, with draws, and what it must not exceed. */
export interface BoundedOutcomes {
  readonly outcome: JointNormal;
  readonly bound: number;
  /** What is much of the outcome, e.g. the sd of its measured values; the indicator bends over 1e-3 of it. Positive. */
  readonly unit: number;
}

/**
 * The same of the best of q designs, over joint draws, with a smooth indicator: `qLogEi` under constraints
 * (c − bound)/unit ≤ 0, by log fatmoid.
 *
 * @param losses - joint posterior of the losses at the designs, [q], with draws; in standard units, see `qLogEi`
 * @returns with gradients by the outcomes as they were given
 * @throws {ShapeError} if the sizes do not fit together, or a unit is not positive
 * @remarks Draws of losses and outcomes must be independent: see `independentNormalDraws`.
 */
export function qLogFeasibleEi(
  losses: JointNormal,
  incumbent: number,
  outcomes: readonly BoundedOutcomes[],
): JointImprovement {
  const constraints = outcomes.map(({ outcome, bound, unit }): JointNormal => {
    if (!(unit > 0)) throw new ShapeError(`a unit of ${unit} for an outcome; a positive one is needed`);
    return {
      mean: outcome.mean.map((mean) => (mean - bound) / unit),
      covariance: outcome.covariance.map((value) => value / (unit * unit)),
      base: outcome.base,
    };
  });
  const found = qLogEi(losses, incumbent, constraints);
  const byConstraints = found.byConstraints.map(({ byMean, byCovariance }, j): JointGradient => {
    const { unit } = outcomes[j]!;
    return { byMean: byMean.map((by) => by / unit), byCovariance: byCovariance.map((by) => by / (unit * unit)) };
  });
  return { ...found, byConstraints };
}
