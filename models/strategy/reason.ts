import { type Campaign, lossSign } from '../domain/campaign.js';
import type { Reason } from '../domain/proposal.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { cdf } from '../stats/normal.js';
import { type LevelPosterior, lossScale } from '../surrogate/contract.js';
import type { Ensemble } from '../surrogate/ensemble.js';

/** What was chosen, and by what. */
export interface Chosen {
  readonly acquisition: string;
  readonly value: number;
  readonly level: number;
  /** The surrogates as they were believed to be. */
  readonly ensemble: Ensemble;
  /** Lowest loss measured at the target. */
  readonly incumbent: number;
  /** Expected cost of the trial. */
  readonly cost: number;
  /** How the surrogates are less than exact, e.g. `subset 2000 of 3500`; null where they are not. */
  readonly approximation: string | null;
}

/** Why a candidate was chosen: what is expected of it, in the objective's own units and sign. */
export function reasonOf({ spec }: Campaign, chosen: Chosen, point: EncodedDesigns): Reason {
  const { ensemble, level } = chosen;
  const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(point));
  const target = spec.fidelities.length - 1;
  const objective = spec.objectives[0]!;
  const unit = objective.unit === undefined ? '' : ` ${objective.unit}`;
  const here = inLosses(ensemble, posteriors, level);
  const there = inLosses(ensemble, posteriors, target);
  const sign = lossSign(spec);
  const expected = `${objective.name} at the target expected at ${number(sign * there.mean)} ± ${number(there.sd)}${unit}, best so far ${number(sign * chosen.incumbent)}`;
  const why =
    level === target
      ? ''
      : `; a trial here correlates ${number(correlationOf(ensemble, posteriors, level, target))} with it at cost ${number(chosen.cost)}`;
  return {
    kind: 'acquisition',
    acquisition: chosen.acquisition,
    value: finiteOrNull(chosen.value),
    mean: plain(sign * here.mean),
    sd: here.sd,
    targetMean: plain(sign * there.mean),
    targetSd: there.sd,
    text: expected + why + (chosen.approximation === null ? '' : `; by an approximation: ${chosen.approximation}`),
  };
}

/** A number with four digits. Rounded up, the largest ones would be no numbers any more. */
function number(value: number): string {
  const digits = value.toPrecision(4);
  const rounded = plain(Number(digits));
  return Number.isFinite(rounded) ? `${rounded}` : digits;
}

/** The number itself, without the sign of a zero, which JSON does not keep. */
function plain(value: number): number {
  return value + 0;
}

/** The number, or null where JSON has no number for it: −∞ for a trial that tells nothing. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? plain(value) : null;
}

/**
 * Median loss at a level, and half the width of the central 68 % as calibrated: mean and inflated sd where the loss is
 * normal.
 */
function inLosses(ensemble: Ensemble, posteriors: readonly LevelPosterior[], level: number) {
  const [only] = ensemble.members;
  if (ensemble.members.length === 1 && only!.surrogate.scale === lossScale) {
    const { mean, variance } = posteriors[0]!;
    return { mean: mean[level]![0]!, sd: Math.sqrt(variance[level]![0]!) * (only!.calibration ?? 1) };
  }
  const which = { level, candidate: 0 };
  const at = (z: number) => ensemble.quantile(posteriors, { ...which, calibrated: true }, cdf(z));
  return { mean: ensemble.quantile(posteriors, which, 0.5), sd: (at(1) - at(-1)) / 2 };
}

/** Correlation of the values at a level and the target, by all members. */
function correlationOf({ members }: Ensemble, posteriors: readonly LevelPosterior[], level: number, target: number) {
  return members.reduce((sum, { weight }, m) => {
    const { variance, covariance } = posteriors[m]!;
    return (
      sum + (weight * covariance[level]![0]!) / (Math.sqrt(variance[level]![0]!) * Math.sqrt(variance[target]![0]!))
    );
  }, 0);
}
