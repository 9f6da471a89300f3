import { AthanorError, ContractError } from '../models/domain/errors.js';
import type { AuditEntry } from '../models/domain/record.js';
import { firstWas, hasActed, knownOf, lastAct } from './store/acts.js';
import { saveAudit } from './store/audit.js';
import type { Query, Store } from './store/client.js';
import { loadTrial, rejectTrial, setNeeds } from './store/trial.js';

/** That a proposal which has not started is wanted, or is not. */
export interface Say {
  readonly campaignId: string;
  readonly trialId: string;
  readonly action: 'approve' | 'reject';
  /** Whether its campaign keeps it from beginning though it needs no approval: then it can be taken back all the same. */
  readonly held?: true;
  /** Null where nobody said it in time. */
  readonly who: string | null;
  readonly why: string | null;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Who is said to have decided where a time was up. */
export const nobody = 'nobody (its time was up)';

/**
 * Writes down, once, that a proposal is wanted or not.
 *
 * @returns whether it is so now; false where its time was up, and somebody had decided before
 * @throws {AthanorError} WRONG_STATE if it waits no more, with who was first
 */
export async function sayOf(store: Store, said: Say): Promise<boolean> {
  return store.transaction(async (query) => {
    const { campaignId, trialId, action, requestId } = said;
    await lockTrial(query, campaignId, trialId);
    if (await hasActed(query, campaignId, requestId)) return true;
    const { state, needs } = await proposedNow(query, trialId);
    if (state !== 'proposed' || !(needs === 'approval' || (action === 'reject' && said.held === true))) {
      if (said.who === null) return false;
      const first = await lastAct(query, campaignId, trialId);
      throw new AthanorError('WRONG_STATE', tooLate(trialId, action, state, first));
    }
    const { who, why, at } = said;
    const known = await knownOf(query, trialId);
    if (action === 'approve') await setNeeds(query, trialId, null);
    else await rejectTrial(query, trialId, { who: who ?? nobody, why, at });
    const details = { trial: trialId, ...(why === null ? {} : { note: why }), known };
    await saveAudit(query, { campaignId, requestId, at, who: who ?? nobody, action, details });
    return true;
  });
}

/** Others wait that decide on the same trial, to the end of the transaction. @throws {ContractError} if there is none */
export async function lockTrial(query: Query, campaignId: string, trialId: string): Promise<void> {
  const rows = await query('SELECT 1 FROM trial WHERE id = $1 AND campaign_id = $2 FOR UPDATE', [trialId, campaignId]);
  if (rows.length === 0) throw new ContractError(`the store has no trial '${trialId}' of '${campaignId}'`);
}

async function proposedNow(query: Query, trialId: string) {
  const { state } = await loadTrial(query, { trialId, generation: 1 });
  const [row] = await query('SELECT needs FROM trial WHERE id = $1', [trialId]);
  return { state, needs: row!.needs as string | null };
}

/** Why a proposal can be approved, rejected or edited no more. */
export function tooLate(trialId: string, action: string, state: string, first: AuditEntry | null): string {
  const now: Readonly<Record<string, string>> = {
    proposed: 'waits for no approval',
    running: 'has begun',
    ended: 'has ended',
    withdrawn: 'was taken back',
  };
  const how = `trial '${trialId}' ${now[state] ?? `is ${state}`}`;
  return `${how}${first === null ? '' : `: ${firstWas(first)}`}; ${action} is for one that ${action === 'approve' ? 'waits for approval' : 'has not begun'}`;
}
