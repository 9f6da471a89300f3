import type { AuditEntry } from '../../models/domain/record.js';
import { auditRow } from './audit.js';
import type { Query } from './client.js';
import { lastRound } from './proposal.js';
import { loadTrial } from './trial.js';

/** What was known of a trial when a person decided on it, as it is kept with the decision. */
export interface Known {
  /** The last round that was decided. */
  readonly round: number;
  readonly state: string;
  readonly generation: number;
  /** What was expected of it, in the objective's own unit; null where nothing was. */
  readonly mean: number | null;
  readonly sd: number | null;
  readonly targetMean: number | null;
  readonly targetSd: number | null;
}

/** What is known of a trial now. */
export async function knownOf(query: Query, trialId: string): Promise<Known> {
  const [row] = await query('SELECT generation FROM trial WHERE id = $1', [trialId]);
  const generation = (row?.generation ?? 1) as number;
  const { campaignId, state, proposal } = await loadTrial(query, { trialId, generation });
  const { mean, sd, targetMean, targetSd } = proposal.reason;
  return { round: await lastRound(query, campaignId), state, generation, mean, sd, targetMean, targetSd };
}

/** Whether a decision with this request id is written down: then it is not taken twice. */
export async function hasActed(query: Query, campaignId: string, requestId: string): Promise<boolean> {
  const rows = await query('SELECT 1 FROM audit WHERE campaign_id = $1 AND request_id = $2', [campaignId, requestId]);
  return rows.length > 0;
}

/** The last decision of people on a trial; null where there is none. */
export async function lastAct(query: Query, campaignId: string, trialId: string): Promise<AuditEntry | null> {
  const [row] = await query(
    `SELECT at, who, action, details FROM audit WHERE campaign_id = $1
       AND (details->>'trial' = $2 OR details->'slot'->>'id' = $2) ORDER BY id DESC LIMIT 1`,
    [campaignId, trialId],
  );
  return row === undefined ? null : auditRow.parse(row);
}

/** Who was first and what they did, for whom comes second. */
export function firstWas({ who, at, action, details }: AuditEntry): string {
  const { note, verdict, placed } = details;
  const did = [action, verdict, placed === undefined ? undefined : `in favour of ${placed}`].filter(Boolean).join(' ');
  const why = typeof note === 'string' ? ` (${note})` : '';
  return `${who} was first, at ${new Date(at).toISOString()}: ${did}${why}`;
}
