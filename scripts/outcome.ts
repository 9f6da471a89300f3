import { placeRun } from '../models/domain/achieved.js';
import { type CampaignSpec, targetFidelity } from '../models/domain/campaign.js';
import type { Design } from '../models/domain/design.js';
import { DesignStandings, standingsOf } from '../models/domain/design-standings.js';
import type { Assurance } from '../models/domain/proposal.js';
import { answersOf, type CampaignRecord, spentOn, type TrialRecord } from '../models/domain/record.js';
import { primaryObjective } from '../models/domain/standing.js';

/** The best design at the target fidelity. */
export interface Best {
  /** The first trial that measured it. */
  readonly trialId: string;
  /** In the objective's own unit and direction; the mean where it was measured more than once. */
  readonly value: number;
  /** The trials whose mean that is; absent where it was measured once. */
  readonly measuredIn?: readonly string[];
  readonly design: Design;
  readonly rowId: string | null;
}

/** What was spent on one fidelity. */
export interface FidelityCost {
  readonly fidelity: string;
  readonly trials: number;
  readonly cost: number;
}

/** A trial with where the campaign stood once it had ended. */
export interface TraceStep {
  readonly trial: TrialRecord;
  /** Cost of this and all trials before it in the trace. */
  readonly cumulativeCost: number;
  /** Value of the best design at the target fidelity so far, the mean of its measurements; null while none counts there. */
  readonly best: number | null;
  /** How many measurements that is the mean of; absent where it is a single one. */
  readonly measurements?: number;
}

/** Whether a run was aborted before its end, so that what it had then is no result of its strategy. */
export function isCutShort({ stop }: Pick<CampaignRecord, 'stop'>): boolean {
  return stop?.reason === 'aborted';
}

/**
 * The best design so far by the first objective, by the mean of what was measured of it; null while none counts at the target
 * fidelity. Of equals the first.
 */
export function bestOf(spec: CampaignSpec, trials: readonly TrialRecord[]): Best | null {
  const best = standingsOf(spec, trials).leader;
  if (best === null) return null;
  const { trialId, trial, values, measuredIn } = best;
  const value = values[primaryObjective(spec).name]!;
  const place = placeRun(trial.proposal, trial.observation);
  return { trialId, value, ...(measuredIn === undefined ? {} : { measuredIn }), ...place };
}

/** Why there is no best: nothing was measured at the target, or nothing of that keeps its bounds. */
export function withoutBest(spec: CampaignSpec, trials: readonly TrialRecord[]): string {
  const target = targetName(spec);
  const { name } = primaryObjective(spec);
  const isMeasured = trials.some(
    ({ proposal, observation }) => proposal.fidelity === target && observation?.values[name] !== undefined,
  );
  return isMeasured
    ? `nothing that was measured at the target '${target}' keeps its bounds yet`
    : `nothing measured at the target '${target}' yet`;
}

/** Cost and number of ended trials by fidelity, in the order of the campaign file. */
export function costByFidelity(record: CampaignRecord): readonly FidelityCost[] {
  return record.campaign.spec.fidelities.map(({ name }) => {
    const ended = record.trials.filter((trial) => answersOf(trial).length > 0 && trial.proposal.fidelity === name);
    return { fidelity: name, trials: ended.length, cost: sum(ended.map(spentOn)) };
  });
}

/** What the last decision said of the stop rules `regretBound`; nothing where there are none, or it had no fit. */
export function lastAssurances({ trials }: Pick<CampaignRecord, 'trials'>): readonly Assurance[] {
  return trials.at(-1)?.proposal.basis.assurances ?? [];
}

/** Cost of all ended trials. */
export function totalCost(record: CampaignRecord): number {
  return sum(record.trials.map(spentOn));
}

/** The ended trials with running cost and best: in order of ending where times are known, else of their ids. */
export function traceOf(record: Pick<CampaignRecord, 'campaign' | 'trials'>): readonly TraceStep[] {
  const { spec } = record.campaign;
  const ended = record.trials.filter((trial) => trial.observation !== null);
  if (ended.every((trial) => trial.endedAt !== null)) ended.sort((a, b) => a.endedAt! - b.endedAt!);
  let cumulativeCost = 0;
  const { name } = primaryObjective(spec);
  const standings = new DesignStandings<TrialRecord>(spec);
  return ended.map((trial) => {
    cumulativeCost += spentOn(trial);
    standings.add(trial);
    const best = standings.leader;
    const { measuredIn } = best ?? {};
    const of = measuredIn === undefined ? {} : { measurements: measuredIn.length };
    return { trial, cumulativeCost, best: best === null ? null : best.values[name]!, ...of };
  });
}

/** Name of the target fidelity. */
export function targetName(spec: CampaignSpec): string {
  return targetFidelity(spec).name;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
