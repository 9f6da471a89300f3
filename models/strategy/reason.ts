import { type Campaign, lossSign } from '../domain/campaign.js';
import type { Reason } from '../domain/proposal.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import { type FittedSurrogate, type LevelPosterior, lossScale } from '../surrogate/contract.js';

/** What was chosen, and by what. */
export interface Chosen {
  readonly acquisition: string;
  readonly value: number;
  readonly level: number;
  /** The surrogate that the acquisition looked at. */
  readonly surrogate: FittedSurrogate;
  /** On the surrogate's scale. */
  readonly incumbent: number;
}

/** Why a candidate was chosen: what is expected of it, in the objective's own units and sign. */
export function reasonOf({ spec }: Campaign, chosen: Chosen, point: EncodedDesigns): Reason {
  const { surrogate, level } = chosen;
  const posterior = surrogate.posterior(point);
  const target = spec.fidelities.length - 1;
  const objective = spec.objectives[0]!;
  const unit = objective.unit === undefined ? '' : ` ${objective.unit}`;
  const number = (value: number) => `${Number(value.toPrecision(4))}`;
  const here = inLosses(surrogate, posterior, level);
  const there = inLosses(surrogate, posterior, target);
  const sign = lossSign(spec);
  const incumbent = sign * surrogate.scale.toLoss(chosen.incumbent);
  const expected = `${objective.name} at the target expected at ${number(sign * there.mean)} ± ${number(there.sd)}${unit}, best so far ${number(incumbent)}`;
  const variances = posterior.variance[level]![0]! * posterior.variance[target]![0]!;
  const correlation = posterior.covariance[level]![0]! / Math.sqrt(variances);
  const why =
    level === target
      ? ''
      : `; a trial here correlates ${number(correlation)} with it at cost ${spec.fidelities[level]!.cost}`;
  return {
    kind: 'acquisition',
    acquisition: chosen.acquisition,
    value: chosen.value,
    mean: sign * here.mean,
    sd: here.sd,
    targetMean: sign * there.mean,
    targetSd: there.sd,
    text: expected + why,
  };
}

/** Median loss at a level, and half the width of the central 68 %: mean and sd where the scale is that of the losses. */
function inLosses({ scale }: FittedSurrogate, posterior: LevelPosterior, level: number) {
  const mean = posterior.mean[level]![0]!;
  const sd = Math.sqrt(posterior.variance[level]![0]!);
  if (scale === lossScale) return { mean, sd };
  return { mean: scale.toLoss(mean), sd: (scale.toLoss(mean + sd) - scale.toLoss(mean - sd)) / 2 };
}
