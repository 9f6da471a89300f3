import type { CampaignSpec } from '../../models/domain/campaign.js';
import { type Change, type Changed, changeActions, changesOf, type InForce } from '../../models/domain/change.js';
import { durationMs } from '../../models/domain/duration.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { AuditEntry } from '../../models/domain/record.js';
import { afterChange } from '../../workflows/changes.js';
import { firstWas, hasActed } from './acts.js';
import { listAudit, saveAudit } from './audit.js';
import { type CampaignHead, findCampaign, loadOutline, lockCampaign, noCampaign } from './campaign.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';
import { lastRound } from './proposal.js';
import { summarise } from './summary.js';

/** A change that is to be written down; `requestId` makes a repeated delivery one row. */
export interface NewChange {
  readonly campaignId: string;
  readonly requestId: string;
  readonly who: string;
  /** Why; null where nothing was said. */
  readonly why: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** By which verb it was given. */
  readonly action: 'change' | 'budget' | 'parallel';
  readonly change: Change;
  /** The first round that is decided with it. */
  readonly sinceRound: number;
  /** How many changes its author knew; absent where that was not told. */
  readonly after?: number;
}

/**
 * What people may change of a campaign as it is in force now. The last change says it; of versions that did not tell, the mirror of
 * the loop does, and the campaign file.
 */
export function inForceNow(
  { budget, loop }: Pick<CampaignHead, 'budget' | 'loop'>,
  spec: CampaignSpec,
  audit: readonly AuditEntry[],
): InForce {
  const changes = changesOf(audit);
  const last = changes.at(-1)?.told?.is;
  if (last !== undefined) return last;
  const { cost = null, trials = null, wallClock } = spec.budget;
  const { stop, fixed, contexts } = changes.findLast(({ told }) => told !== null)?.told?.is ?? {};
  return {
    parallel: loop?.parallel ?? spec.parallel,
    budget: budget ?? { cost, trials, wallClockMs: wallClock === undefined ? null : durationMs(wallClock) },
    stop: stop ?? spec.stop,
    lifted: loop?.lifted ?? [],
    ...(fixed === undefined ? {} : { fixed }),
    ...(contexts === undefined ? {} : { contexts }),
  };
}

/**
 * Writes a change down, once, with what was known when it was made; to be called in a transaction.
 *
 * @returns whether it is in force; false where it was written before, and another came since
 * @throws {AthanorError} WRONG_STATE if another was first, with who and what
 */
export async function saveChange(query: Query, given: NewChange): Promise<boolean> {
  const { campaignId: id, requestId, who, why, at, action, change, sinceRound, after } = given;
  // One after the other, as each is about what was in force before it.
  await lockCampaign(query, id);
  if (await hasActed(query, id, requestId)) return (await lastRequest(query, id)) === requestId;
  const head = await findCampaign(query, id);
  if (head === null) throw await noCampaign(query, id);
  const audit = await listAudit(query, id);
  const before = changesOf(audit);
  if (after !== undefined && before.length !== after) throw wasFirst(before.at(-1));
  const { spec } = await loadOutline(query, id);
  const was = inForceNow(head, spec, audit);
  const is = afterChange(was, change, sinceRound);
  await writeInForce(query, id, is);
  const said = action === 'budget' ? change.budget : change;
  const note = why === null ? {} : { note: why };
  const details = { ...said, sinceRound, was, is, known: await knownNow(query, id), ...note };
  await saveAudit(query, { campaignId: id, requestId, at, who, action, details });
  return true;
}

async function lastRequest(query: Query, id: string): Promise<string | undefined> {
  const [row] = await query(
    'SELECT request_id FROM audit WHERE campaign_id = $1 AND action = ANY ($2) ORDER BY at DESC, id DESC LIMIT 1',
    [id, changeActions],
  );
  return row?.request_id as string | undefined;
}

async function writeInForce(query: Query, id: string, { budget, parallel, lifted }: InForce): Promise<void> {
  await query(
    `UPDATE campaign SET budget = $2, loop = (coalesce(loop::jsonb, '{}') || $3::jsonb)::json WHERE id = $1`,
    [id, exactJson(budget), exactJson({ parallel, lifted })],
  );
}

/** What was known of a campaign when a person changed what is in force. */
async function knownNow(query: Query, id: string) {
  const { spent, measured, failed, quarantined, cancelled, best } = await summarise(query, id);
  const known = best === null ? null : { trialId: best.trialId, value: best.value };
  const ended = measured + failed + quarantined + cancelled;
  return { round: await lastRound(query, id), ended, spent, best: known };
}

function wasFirst(last: Changed | undefined): AthanorError {
  const who = last === undefined ? 'nothing was changed yet' : `${firstWas(last)}, change ${last.n}`;
  return new AthanorError(
    'WRONG_STATE',
    `it is no more as you saw it: ${who}; look at it, and decide again if need be`,
  );
}
