import type { Visit } from '../history.js';
import type { FittedEnsemble } from './surrogates-behind.js';

/** A trial at the target as all others predict it, in losses. */
export interface LeftOut {
  readonly trialId: string;
  readonly measured: number;
  /** Median. */
  readonly predicted: number;
  /** Interval that holds the value as it is measured, noise and all, with probability 0.9, lower end first. */
  readonly interval: readonly [number, number];
  /** Probability, as predicted, that the value is lower than was measured: evenly spread over 0 to 1 where predictions are calibrated. */
  readonly rank: number;
}

/** How often values lie where they were predicted to. */
export interface Coverage {
  /** Probability of the central interval. */
  readonly nominal: number;
  /** Share of the values in it. */
  readonly covered: number;
}

/** Probabilities of central intervals that are looked at. */
const nominals = [0.5, 0.8, 0.9, 0.95] as const;

/**
 * Every target trial predicted from all others by the mixture of the surrogates, at the hyperparameters that all trials gave, as wide as
 * the ensemble is calibrated to be.
 *
 * @param place - of the outcome among those of a visit
 * @returns in the order of the trials; none where a surrogate cannot leave one out
 * @see Rasmussen and Williams 2006, eq. 5.12
 */
export function leftOut({ ensemble, visits }: FittedEnsemble, place: number): LeftOut[] {
  const posteriors = ensemble.members.map(({ surrogate }) => {
    const { mean, variance } = surrogate.leaveOneOut();
    const levels = Array.from({ length: surrogate.noise.length });
    return {
      mean: levels.map(() => mean),
      variance: levels.map(() => variance),
      covariance: levels.map(() => variance),
    };
  });
  const level = ensemble.members[0]!.surrogate.noise.length - 1;
  return visits.flatMap((visit: Visit, candidate) => {
    if (visit.level !== level) return [];
    if (posteriors.some(({ variance }) => !(variance[level]![candidate]! > 0))) return [];
    const which = { level, candidate };
    const [low, predicted, high] = [0.05, 0.5, 0.95].map((p) => ensemble.quantile(posteriors, which, p));
    const measured = visit.turned[place]!;
    const rank = ensemble.probabilityBelow(posteriors, which, measured);
    return [{ trialId: visit.trialId, measured, predicted: predicted!, interval: [low!, high!] as const, rank }];
  });
}

/** How often the values lay in central intervals of these probabilities: 0.5, 0.8, 0.9 and 0.95. */
export function coverageOf(trials: readonly Pick<LeftOut, 'rank'>[]): Coverage[] {
  if (trials.length === 0) return [];
  return nominals.map((nominal) => {
    const inside = trials.filter(({ rank }) => Math.abs(2 * rank - 1) <= nominal).length;
    return { nominal, covered: inside / trials.length };
  });
}

/** Share of the variance of the measured values that predictions explain, R²; below 0 where their mean would do better; null where they do not differ. */
export function explained(pairs: readonly { readonly measured: number; readonly predicted: number }[]): number | null {
  const mean = pairs.reduce((sum, { measured }) => sum + measured / pairs.length, 0);
  const total = pairs.reduce((sum, { measured }) => sum + (measured - mean) ** 2, 0);
  const left = pairs.reduce((sum, { measured, predicted }) => sum + (measured - predicted) ** 2, 0);
  return total > 0 && Number.isFinite(total) ? 1 - left / total : null;
}
