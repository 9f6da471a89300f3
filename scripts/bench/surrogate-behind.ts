import { type Campaign, lossSign } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import type { FitRecord } from '../../models/domain/proposal.js';
import type { TrialRecord } from '../../models/domain/record.js';
import type { SpaceEncoder } from '../../models/encode/space-encoder.js';
import { prepareSpace } from '../../models/strategy/candidates.js';
import { visitsOf } from '../../models/strategy/history.js';
import type { FittedSurrogate } from '../../models/surrogate/contract.js';
import { surrogateNamed } from '../../models/surrogate/surrogates.js';

/** Half the width of the central 90 % of a normal distribution, in standard deviations. */
const central90 = 1.6448536269514722;

/** The surrogate that a decision was made with, rebuilt from its record. */
export interface SurrogateBehind {
  readonly surrogate: FittedSurrogate;
  readonly encoder: SpaceEncoder;
}

/**
 * The surrogate behind a decision: the kind and the hyperparameters that its proposals carry, conditioned on the trials
 * that had ended by then.
 */
export async function surrogateBehind(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  fit: FitRecord,
): Promise<SurrogateBehind> {
  const { encoder, listed } = await prepareSpace(campaign.space);
  const rows = visitsOf(campaign, trials, []).filter((visit) => visit.loss !== null);
  const training = {
    designs: encoder.encode(rows.map((visit) => visit.design)),
    levels: Int32Array.from(rows, (visit) => visit.level),
    losses: Float64Array.from(rows, (visit) => visit.loss!),
    levelCount: campaign.spec.fidelities.length,
    finite: listed !== null,
  };
  const options = { seed: campaign.spec.seed, previous: fit.hyperparameters, optimise: false };
  return { surrogate: surrogateNamed(fit.surrogate).fit(training, options), encoder };
}

/** Means of the target loss at designs, on the surrogate's scale, [n]. */
export function targetMeans({ surrogate, encoder }: SurrogateBehind, designs: readonly Design[]): Float64Array {
  return surrogate.posterior(encoder.encode(designs)).mean.at(-1)!;
}

/**
 * Share of values of the objective that lie in the central 90 % interval that the surrogate gives for them. The ends of
 * the interval are quantiles, so they map through the surrogate's scale.
 *
 * @param of - `truth`: the values are without noise, and so is the interval; `measurement`: both have it
 */
export function coverage90(
  { surrogate, encoder }: SurrogateBehind,
  campaign: Campaign,
  known: readonly { readonly design: Design; readonly value: number }[],
  of: 'truth' | 'measurement',
): number {
  const posterior = surrogate.posterior(encoder.encode(known.map(({ design }) => design)));
  const mean = posterior.mean.at(-1)!;
  const variance = posterior.variance.at(-1)!;
  const noise = of === 'measurement' ? surrogate.noise.at(-1)! : 0;
  const sign = lossSign(campaign.spec);
  const inside = known.filter(({ value }, i) => {
    const reach = central90 * Math.sqrt(variance[i]! + noise);
    const loss = sign * value;
    return surrogate.scale.toLoss(mean[i]! - reach) <= loss && loss <= surrogate.scale.toLoss(mean[i]! + reach);
  });
  return inside.length / known.length;
}
