import { firstWas, lastAct } from '../../activities/store/acts.js';
import type { Query } from '../../activities/store/client.js';
import { AthanorError } from '../../models/domain/errors.js';
import { type AuditEntry, type TrialRecord, timesRun } from '../../models/domain/record.js';
import { parseTrialId } from '../../models/domain/trial.js';
import type { Slot } from '../../workflows/loop.js';

/** That a trial is no more as a person has seen it, and who was first. */
export async function changedSince(query: Query, trialId: string): Promise<string> {
  const first = await lastAct(query, parseTrialId(trialId).campaignId, trialId);
  const who = first === null ? 'it was run again' : firstWas(first);
  return `it is no more as you saw it: ${who}; look at it, and decide again if need be`;
}

/** A person's order to do a trial again that has not come to an end; null where there is none. */
export async function standingRetry(query: Query, trial: TrialRecord): Promise<AuditEntry | null> {
  const { id } = trial.proposal;
  const last = await lastAct(query, parseTrialId(id).campaignId, id);
  if (last?.action !== 'retry') return null;
  const wanted = (last.details.slot as Slot).again?.generation;
  const generation = timesRun(trial);
  const stands = wanted === generation ? trial.state === 'running' : wanted === generation + 1;
  return stands ? last : null;
}

/** The refusal of an order, with who was first where another order of the kind stands. */
export function withFirst(error: unknown, first: AuditEntry | null): unknown {
  if (first === null || !(error instanceof AthanorError) || error.code !== 'WRONG_STATE') return error;
  return error.message.includes('was first')
    ? error
    : new AthanorError(error.code, `${error.message}; ${firstWas(first)}`);
}
