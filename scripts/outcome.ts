import type { CampaignSpec, Objective } from '../models/domain/campaign.js';
import { lossSign, targetFidelity, targetLoss } from '../models/domain/campaign.js';
import type { Design } from '../models/domain/design.js';
import type { Assurance } from '../models/domain/proposal.js';
import type { CampaignRecord, TrialRecord } from '../models/domain/record.js';

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
  /** Best at the target fidelity so far, null while nothing was measured there. */
  readonly best: number | null;
}

/** The best trial so far, null while nothing was measured at the target fidelity; of equals the first. */
export function bestOf(spec: CampaignSpec, trials: readonly TrialRecord[]): Best | null {
  let best: { trial: TrialRecord; loss: number } | null = null;
  for (const trial of trials) {
    const loss = lossOf(spec, trial);
    if (loss !== null && (best === null || loss < best.loss)) best = { trial, loss };
  }
  if (best === null) return null;
  const { id, design, rowId } = best.trial.proposal;
  return { trialId: id, value: ownValue(spec, best.loss), design, rowId };
}

/** Cost and number of ended trials by fidelity, in the order of the campaign file. */
export function costByFidelity(record: CampaignRecord): readonly FidelityCost[] {
  return record.campaign.spec.fidelities.map(({ name }) => {
    const ended = record.trials.filter((trial) => trial.observation !== null && trial.proposal.fidelity === name);
    return { fidelity: name, trials: ended.length, cost: sum(ended.map(costOf)) };
  });
}

/** What the last decision said of the stop rules `regretBound`; nothing where there are none, or it had no fit. */
export function lastAssurances({ trials }: Pick<CampaignRecord, 'trials'>): readonly Assurance[] {
  return trials.at(-1)?.proposal.basis.assurances ?? [];
}

/** Cost of all ended trials. */
export function totalCost(record: CampaignRecord): number {
  return sum(record.trials.map(costOf));
}

/** Cost of a trial with all its generations. */
function costOf({ observation, earlier = [] }: TrialRecord): number {
  return sum([...earlier.map((attempt) => attempt.observation), observation].map((given) => given?.cost ?? 0));
}

/** The ended trials with running cost and best: in order of ending where times are known, else of their ids. */
export function traceOf(record: Pick<CampaignRecord, 'campaign' | 'trials'>): readonly TraceStep[] {
  const { spec } = record.campaign;
  const ended = record.trials.filter((trial) => trial.observation !== null);
  if (ended.every((trial) => trial.endedAt !== null)) ended.sort((a, b) => a.endedAt! - b.endedAt!);
  let cumulativeCost = 0;
  let loss: number | null = null;
  return ended.map((trial) => {
    cumulativeCost += costOf(trial);
    const own = lossOf(spec, trial);
    if (own !== null && (loss === null || own < loss)) loss = own;
    return { trial, cumulativeCost, best: loss === null ? null : ownValue(spec, loss) };
  });
}

/** The objective by which campaigns are judged. */
export function objectiveOf(spec: CampaignSpec): Objective {
  return spec.objectives[0]!;
}

/** Name of the target fidelity. */
export function targetName(spec: CampaignSpec): string {
  return targetFidelity(spec).name;
}

function lossOf(spec: CampaignSpec, trial: TrialRecord): number | null {
  return trial.observation === null ? null : targetLoss(spec, trial.proposal.fidelity, trial.observation);
}

function ownValue(spec: CampaignSpec, loss: number): number {
  return loss === 0 ? 0 : lossSign(spec) * loss;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
