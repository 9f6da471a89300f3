import { type CampaignSpec, targetFidelity } from '../../domain/campaign.js';
import type { CampaignRecord, TrialRecord } from '../../domain/record.js';
import { primaryObjective } from '../../domain/standing.js';
import { cdf, logDensity } from '../../stats/normal.js';

/** A measured trial beside what the reason of its proposal had said of it, as a normal distribution. */
export interface PredictedTrial {
  readonly trial: TrialRecord;
  readonly level: number;
  /** How far the value is from the predicted mean, in predicted standard deviations. */
  readonly z: number;
  /** Predictive log density of the value, in the objective's unit. */
  readonly logDensity: number;
}

/** How well a campaign has predicted its trials at a fidelity, each before it was measured. */
export interface Prequential {
  /** Trials that were chosen by an acquisition and gave a value. */
  readonly trials: number;
  /** How many of them lay in the predicted central 50 % and 90 % intervals. */
  readonly within50: number;
  readonly within90: number;
  /** Mean predictive log density of the values, in the objective's unit; null without trials. */
  readonly logScore: number | null;
}

/** Errors that the widening of intervals starts from: how many, and of how many standard deviations. */
const prior = { errors: 3, size: 2 } as const;

/** The last errors, which count. */
const lastErrors = 30;

/** Errors beyond so many standard deviations count as so many, lest one outlier decides. */
const largestError = 4;

/** The least that standard deviations are multiplied by. */
const leastWidening = 0.5;

/** Mean distance of a standard normal value from 0. */
const meanDistance = Math.sqrt(2 / Math.PI);

/**
 * Every trial that an acquisition chose and that gave a value, as it was predicted, in the order of the trials. What is
 * predicted is the value without measurement noise; where there is much noise, errors are larger.
 *
 * @param pending - ids of trials in flight, which have no value yet
 * @see Dawid 1984, J. R. Stat. Soc. A 147, 278 (the prequential approach)
 */
export function predictedTrials(
  spec: CampaignSpec,
  trials: readonly TrialRecord[],
  pending: readonly string[] = [],
): PredictedTrial[] {
  const open = new Set(pending);
  const { name: objective } = primaryObjective(spec);
  const levels = new Map(spec.fidelities.map(({ name }, level) => [name, level]));
  return trials.flatMap((trial) => {
    const { proposal, observation } = trial;
    const { kind, mean, sd } = proposal.reason;
    if (kind !== 'acquisition' || observation?.outcome !== 'measured' || open.has(proposal.id)) return [];
    if (mean === null || sd === null || !(sd > 0)) return [];
    const value = observation.values[objective];
    if (value === undefined) return [];
    const z = (value - mean) / sd;
    return [{ trial, level: levels.get(proposal.fidelity)!, z, logDensity: logDensity(z) - Math.log(sd) }];
  });
}

/**
 * What the standard deviations said of the next proposals are to be multiplied by, for each fidelity: from the errors of
 * its last 30 trials that were predicted, e_i in standard deviations of the surrogates.
 *
 * g = (3·2 + Σ_i min(|e_i|, 4)/√(2/π))/(3 + n), at least 0.5
 *
 * An acquisition chooses where a surrogate expects most, and there it errs more than it says. A proposal says
 * e_i = z_i·g_i of an earlier one with its own g_i, which is stored with its fit; 1 where it is not.
 */
export function widenings(spec: CampaignSpec, trials: readonly TrialRecord[], pending: readonly string[]): number[] {
  const all = predictedTrials(spec, trials, pending);
  return spec.fidelities.map((_, level) => {
    const last = all.filter((one) => one.level === level).slice(-lastErrors);
    const errors = last.map(({ z, trial }) => Math.abs(z) * (trial.proposal.basis.fit?.widening?.[level] ?? 1));
    const sum = errors.reduce((total, error) => total + Math.min(error, largestError) / meanDistance, 0);
    return Math.max(leastWidening, (prior.errors * prior.size + sum) / (prior.errors + errors.length));
  });
}

/**
 * Whether a value lay in the central 90 % that was foretold of it, for campaigns that have an encoder fine-tuned where values drift out of
 * them; null of any other, and where nothing was foretold.
 */
export function foretoldWell(
  spec: CampaignSpec,
  proposal: TrialRecord['proposal'],
  observation: TrialRecord['observation'],
): boolean | null {
  if (!(spec.encoders ?? []).some(({ finetune }) => (finetune?.drift ?? false) !== false)) return null;
  const trial = { proposal, observation, state: 'ended' as const, startedAt: null, endedAt: null };
  const [predicted] = predictedTrials(spec, [trial]);
  return predicted === undefined ? null : isWithin(predicted, 0.9);
}

/** Whether a value lies in the central interval that was to hold it with this probability. */
export function isWithin({ z }: Pick<PredictedTrial, 'z'>, probability: number): boolean {
  return 2 * cdf(Math.abs(z)) - 1 <= probability;
}

/**
 * Compares every trial at a fidelity with what the reason of its proposal had predicted.
 *
 * @param fidelity - its name; the target where absent
 */
export function prequential({ campaign: { spec }, trials }: CampaignRecord, fidelity?: string): Prequential {
  const name = fidelity ?? targetFidelity(spec).name;
  const own = predictedTrials(spec, trials).filter(({ trial }) => trial.proposal.fidelity === name);
  return {
    trials: own.length,
    within50: own.filter((one) => isWithin(one, 0.5)).length,
    within90: own.filter((one) => isWithin(one, 0.9)).length,
    logScore: own.length === 0 ? null : own.reduce((sum, one) => sum + one.logDensity, 0) / own.length,
  };
}
