import { listAudit } from '../../activities/store/audit.js';
import { findCampaign, loadOutline, lockCampaign, noCampaign } from '../../activities/store/campaign.js';
import { inForceNow, saveChange } from '../../activities/store/change.js';
import type { Query, Store } from '../../activities/store/client.js';
import { exactJson } from '../../activities/store/exact-json.js';
import { lastRound } from '../../activities/store/proposal.js';
import { type Change, type Changed, changesOf, type GivenChange, type InForce } from '../../models/domain/change.js';
import { durationMs } from '../../models/domain/duration.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import type { AuditEntry } from '../../models/domain/record.js';
import type { ChangeOf } from '../../workflows/messages.js';
import { changeFaultsOf } from '../change-faults.js';
import { contextsRead } from '../said-contexts.js';
import { fixedChange } from './fixed-change.js';
import { requestIdOf } from './request-id.js';

/** A change as a person asks for it. */
export interface ChangeRequest {
  readonly who: string;
  readonly why: string;
  readonly change: GivenChange;
  /** The objective that the target is said to be of; not told where absent. */
  readonly objective?: string;
  /** The last change that its author knows, 0 before the first; the last there is where absent. */
  readonly seen?: number;
}

/** What is in force of a campaign now, and what people changed of it, oldest first. */
export interface InForceOf {
  readonly inForce: InForce;
  readonly changes: readonly Changed[];
}

/** @throws {AthanorError} NOT_FOUND */
export async function inForceOf(query: Query, id: string): Promise<InForceOf> {
  const head = await findCampaign(query, id);
  if (head === null) throw await noCampaign(query, id);
  const { spec } = await loadOutline(query, id);
  const audit = await listAudit(query, id);
  return { inForce: inForceNow(head, spec, audit), changes: changesOf(audit) };
}

/** A change as its campaign takes it, with how many were known when it was ordered. */
export type Ordered = ChangeOf & { readonly after: number };

/**
 * Checks what a person wants changed by the schema of the campaign file.
 *
 * Who says again what they changed last, as when nobody had confirmed it in time, gives the same order, which is taken once.
 *
 * @returns the change as its campaign takes it
 * @throws {InvalidInputError} with everything that is wrong with it
 * @throws {AthanorError} NOT_FOUND, or WRONG_STATE where another was first
 */
async function changeOf(
  query: Query,
  id: string,
  { who, why, change, seen, objective }: ChangeRequest,
): Promise<Ordered> {
  const { changes } = await inForceOf(query, id);
  const { spec } = await loadOutline(query, id);
  const faults = changeFaultsOf(spec, change, objective);
  if (faults.length > 0) throw new InvalidInputError(`change of '${id}'`, faults);
  const last = changes.at(-1);
  const kept = change.fixed === undefined ? {} : { fixed: await fixedChange(query, id, change.fixed, changes) };
  const said = change.contexts === undefined ? {} : { contexts: contextsRead(change.contexts, spec.contexts ?? []) };
  const given = { who, note: why, ...checked(change), ...kept, ...said };
  const again = last !== undefined && isSame(last, given);
  return { ...given, after: again ? last.n - 1 : (seen ?? changes.length) };
}

/** A change without what is not named, times in milliseconds. */
function checked({ parallel, budget, stop }: GivenChange): Change {
  const { wallClock, ...limits } = budget ?? {};
  const time = wallClock === undefined ? {} : { wallClockMs: wallClock === null ? null : durationMs(wallClock) };
  const named = { ...(limits as Change['budget']), ...time };
  return {
    ...(parallel === undefined ? {} : { parallel }),
    ...(budget === undefined ? {} : { budget: named }),
    ...(stop === undefined ? {} : { stop: stop as NonNullable<Change['stop']> }),
  };
}

function isSame({ who, action, details }: AuditEntry, given: Omit<ChangeOf, 'after'>): boolean {
  const { parallel, budget, stop, fixed, contexts, note } = details;
  const { who: by, ...change } = given;
  const before = exactJson({ parallel, budget, stop, fixed, contexts, note }, true);
  return action === 'change' && who === by && before === exactJson(change, true);
}

/**
 * Changes a campaign, by its workflow unless it has stopped.
 *
 * @param send - has the workflow do it
 * @returns the change as it is written down
 */
export async function changeCampaign(
  store: Store,
  id: string,
  request: ChangeRequest,
  send: (order: Ordered) => Promise<unknown>,
): Promise<Changed> {
  const order = await changeOf(store.query, id, request);
  if (!(await changeStopped(store, id, order))) await send(order);
  return (await inForceOf(store.query, id)).changes[order.after]!;
}

/**
 * Writes a change down for a campaign that has stopped; it goes on no more for that, but what is in force has changed.
 *
 * @returns false if it has not stopped, and must be told itself
 * @throws {AthanorError} WRONG_STATE where another was first
 */
async function changeStopped(
  store: Store,
  campaignId: string,
  { who, note, after, ...change }: ChangeOf,
): Promise<boolean> {
  const requestId = requestIdOf('change', { who, note, after, ...change });
  const written = store.transaction(async (query) => {
    // Held, so that nobody lets it go on at the same moment.
    await lockCampaign(query, campaignId);
    if ((await findCampaign(query, campaignId))?.phase !== 'stopped') return false;
    const sinceRound = (await lastRound(query, campaignId)) + 1;
    const known = after === undefined ? {} : { after };
    const order = { campaignId, requestId, action: 'change' as const, who, why: note, change, sinceRound, ...known };
    await saveChange(query, { ...order, at: Date.now() });
    return true;
  });
  return written.catch((error: unknown) => {
    throw error instanceof AthanorError && error.code === 'WRONG_STATE'
      ? new AthanorError(error.code, `campaign '${campaignId}': ${error.message}`)
      : error;
  });
}
