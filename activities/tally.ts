import type { CampaignSpec } from '../models/domain/campaign.js';
import { standingsOf } from '../models/domain/design-standings.js';
import type { AuditEntry, TrialRecord } from '../models/domain/record.js';
import { joinedById, judgedAt, lacksPrimary } from '../models/domain/standing.js';
import { failuresAfter } from '../workflows/campaign-state.js';
import type { LoopState } from '../workflows/loop.js';

/** What the ended trials of a campaign amount to for its loop. */
export type Tally = Pick<LoopState, 'front' | 'consecutiveFailures' | 'deviceFailures'>;

/**
 * What ended trials amount to, taken in the order in which they ended, each with what counts of it now.
 *
 * @param audit - what people decided: who resumed has seen to the device
 */
export function tallyOf(spec: CampaignSpec, trials: readonly TrialRecord[], audit: readonly AuditEntry[]): Tally {
  const over = inOrderOfEnding(trials);
  const resumed = audit.findLast(({ action }) => action === 'resume')?.at ?? 0;
  let failures = { consecutiveFailures: 0, deviceFailures: 0 };
  for (const trial of over) {
    const { proposal, observation, endedAt } = trial;
    const { outcome, cause } = observation!;
    const judged = judgedAt(spec, proposal.fidelity, observation!);
    const lacking = lacksPrimary(spec, observation!) ? { lacking: true as const } : {};
    failures = failuresAfter(failures, { outcome, cause: cause?.class ?? null, judged, ...lacking });
    if ((endedAt ?? 0) <= resumed) failures = { ...failures, deviceFailures: 0 };
  }
  return { front: frontOf(spec, trials), ...failures };
}

/** The front of what ended trials gave, each with what counts of it now; what was measured again stands there by its mean. */
export function frontOf(spec: CampaignSpec, trials: readonly TrialRecord[]): LoopState['front'] {
  const byId = new Map(trials.map((trial) => [trial.proposal.id, trial]));
  let front: LoopState['front'] = [];
  for (const { trialId, measuredIn, trial: _, values: __, ...judged } of standingsOf(spec, inOrderOfEnding(trials))
    .all) {
    const measurements = measuredIn === undefined ? {} : { measurements: measuredIn.length };
    // Where it was measured again what counts is known since the last time only.
    const round = Math.max(...(measuredIn ?? [trialId]).map((id) => countedIn(byId.get(id)!, trials)));
    front = joinedById(front, { trialId, round, ...judged, ...measurements });
  }
  return front;
}

function inOrderOfEnding(trials: readonly TrialRecord[]): readonly TrialRecord[] {
  return trials.filter(({ state }) => state === 'ended').sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
}

/** The last round asked for before what counts of a trial did: the last that had it in flight, or its own; or of its ruling. */
function countedIn({ proposal: { id, round }, rulings = [] }: TrialRecord, trials: readonly TrialRecord[]): number {
  return trials.reduce(
    (last, { proposal }) => (proposal.basis.pending.includes(id) ? Math.max(last, proposal.round) : last),
    Math.max(round, (rulings.at(-1)?.sinceRound ?? 0) - 1),
  );
}
