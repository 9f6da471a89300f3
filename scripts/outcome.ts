import { placeRun } from '../models/domain/achieved.js';
import { type CampaignSpec, targetFidelity } from '../models/domain/campaign.js';
import type { Design } from '../models/domain/design.js';
import type { Assurance } from '../models/domain/proposal.js';
import { answersOf, type CampaignRecord, spentOn, type TrialRecord } from '../models/domain/record.js';
import { front, type Judged, joined, judgedAt, leader, primaryObjective } from '../models/domain/standing.js';

/** The best trial at the target fidelity. */
export interface Best {
  readonly trialId: string;
  /** In the objective's own unit and direction. */
  readonly value: number;
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
  /** Measured value of the best trial at the target fidelity so far, null while none counts there. */
  readonly best: number | null;
}

/** Whether a run was aborted before its end, so that what it had then is no result of its strategy. */
export function isCutShort({ stop }: Pick<CampaignRecord, 'stop'>): boolean {
  return stop?.reason === 'aborted';
}

/** The best trial so far by the first objective, null while none counts at the target fidelity; of equals the first. */
export function bestOf(spec: CampaignSpec, trials: readonly TrialRecord[]): Best | null {
  const best = leader(front(trials.flatMap((trial) => standingOf(spec, trial) ?? [])));
  if (best === null) return null;
  const { proposal, observation } = best.trial;
  const value = observation!.values[primaryObjective(spec).name]!;
  return { trialId: proposal.id, value, ...placeRun(proposal, observation) };
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
  let standing: readonly Standing[] = [];
  return ended.map((trial) => {
    cumulativeCost += spentOn(trial);
    const own = standingOf(spec, trial);
    if (own !== null) standing = joined(standing, own);
    const best = leader(standing);
    return { trial, cumulativeCost, best: best === null ? null : best.trial.observation!.values[name]! };
  });
}

/** Name of the target fidelity. */
export function targetName(spec: CampaignSpec): string {
  return targetFidelity(spec).name;
}

type Standing = Judged & { readonly trial: TrialRecord };

function standingOf(spec: CampaignSpec, trial: TrialRecord): Standing | null {
  const { observation, proposal } = trial;
  const judged = observation === null ? null : judgedAt(spec, proposal.fidelity, observation);
  return judged === null ? null : { trial, ...judged };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
