import { areValidated, type Campaign, fidelityNumbers, lossSign } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import type { FitRecord } from '../../models/domain/fit-record.js';
import type { TrialRecord } from '../../models/domain/record.js';
import type { SpaceEncoder } from '../../models/encode/space-encoder.js';
import { prepareSpace } from '../../models/strategy/candidates.js';
import { visitsOf } from '../../models/strategy/history.js';
import { Ensemble } from '../../models/surrogate/ensemble.js';
import { surrogateChoice } from '../../models/surrogate/surrogates.js';

/** The surrogates that a decision was made with, rebuilt from its record. */
export interface SurrogateBehind {
  readonly ensemble: Ensemble;
  readonly encoder: SpaceEncoder;
}

/**
 * The surrogates behind a decision: the kinds and the hyperparameters that its proposals carry, conditioned on the trials
 * that had ended by then.
 */
export async function surrogateBehind(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  fit: FitRecord,
): Promise<SurrogateBehind> {
  const { encoder, listed } = await prepareSpace(campaign.space);
  const rows = visitsOf(campaign, trials, []).filter((visit) => visit.loss !== null);
  const levelNumbers = fidelityNumbers(campaign.spec);
  const training = {
    designs: encoder.encode(rows.map((visit) => visit.design)),
    levels: Int32Array.from(rows, (visit) => visit.level),
    losses: Float64Array.from(rows, (visit) => visit.loss!),
    noise: Float64Array.from(rows, (visit) => visit.noise ?? Number.NaN),
    levelCount: campaign.spec.fidelities.length,
    finite: listed !== null,
    chosen: Uint8Array.from(rows, (visit) => visit.chosen ?? 0),
    ...(levelNumbers !== undefined && { levelNumbers }),
    validated: areValidated(campaign.spec),
  };
  const options = { seed: campaign.spec.seed, previous: fit.members, optimise: false };
  return { ensemble: Ensemble.fit(surrogateChoice(fit.surrogate).members, training, options), encoder };
}

/** Medians of the target loss at designs, [n]. */
export function targetMedians({ ensemble, encoder }: SurrogateBehind, designs: readonly Design[]): number[] {
  const points = encoder.encode(designs);
  const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(points));
  const level = posteriors[0]!.mean.length - 1;
  return designs.map((_, candidate) => ensemble.quantile(posteriors, { level, candidate }, 0.5));
}

/**
 * Share of values of the objective that lie in the central 90 % interval that the surrogates together give for them.
 *
 * @param of - `truth`: the values are without noise, and so is the interval; `measurement`: both have it
 * @param calibrated - whether the interval is the one shown to people, as wide as what was measured bears out
 */
export function coverage90(
  { ensemble, encoder }: SurrogateBehind,
  campaign: Campaign,
  known: readonly { readonly design: Design; readonly value: number }[],
  of: 'truth' | 'measurement',
  calibrated = false,
): number {
  const points = encoder.encode(known.map(({ design }) => design));
  const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(points));
  const level = posteriors[0]!.mean.length - 1;
  const sign = lossSign(campaign.spec);
  const inside = known.filter(({ value }, candidate) => {
    const which = { level, candidate, noisy: of === 'measurement', calibrated };
    const below = ensemble.probabilityBelow(posteriors, which, sign * value);
    return below >= 0.05 && below <= 0.95;
  });
  return inside.length / known.length;
}
