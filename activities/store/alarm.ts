import { z } from 'zod';
import { alarmKindOf, alarmPriorities } from '../../models/domain/alarm-kinds.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';

const moment = z.date().transform((date) => date.getTime());
const bodySchema = z.object({
  /** What it is, in words. */
  text: z.string(),
  campaigns: z.array(z.string()),
  /** Trials that it concerns: the first of them, and how many there are. */
  trials: z.array(z.string()),
  count: z.number(),
  /** Commands that answer it. */
  commands: z.array(z.string()),
});

/** A cause that is there now. */
export interface SeenCause extends Readonly<z.infer<typeof bodySchema>> {
  readonly kind: string;
  /** The same for as long as it is the same cause. */
  readonly cause: string;
  readonly priority: (typeof alarmPriorities)[number];
  readonly lab: string | null;
  /** The only home from which it can be seen; null where every process sees it. */
  readonly home: string | null;
}

const alarmRow = z.object({
  id: z.coerce.number(),
  kind: z.string(),
  cause: z.string(),
  priority: z.enum(alarmPriorities),
  lab: z.string().nullable(),
  home: z.string().nullable(),
  body: bodySchema,
  seenAt: moment,
  times: z.number(),
  raisedAt: moment.nullable(),
  goneAt: moment.nullable(),
  clearedAt: moment.nullable(),
  ackedAt: moment.nullable(),
  ackedBy: z.string().nullable(),
  ackNote: z.string().nullable(),
  shelvedUntil: moment.nullable(),
  shelvedBy: z.string().nullable(),
  shelvedWhy: z.string().nullable(),
  closedAt: moment.nullable(),
});
/** An alarm as it is kept; times in milliseconds since 1970. */
export type StoredAlarm = Readonly<z.infer<typeof alarmRow>>;

/** How an alarm stands: `cleared` is one that is over before anybody knew of it. */
export const alarmStates = ['new', 'acknowledged', 'cleared', 'shelved', 'closed'] as const;

/** How it stands. */
export function alarmState(alarm: StoredAlarm): (typeof alarmStates)[number] {
  if (alarm.closedAt !== null) return 'closed';
  if (alarm.shelvedUntil !== null) return 'shelved';
  if (alarm.clearedAt !== null) return 'cleared';
  return alarm.ackedAt === null ? 'new' : 'acknowledged';
}

const columns = `id, kind, cause, priority, lab, home, body, seen_at AS "seenAt", times, raised_at AS "raisedAt", gone_at AS "goneAt",
  cleared_at AS "clearedAt", acked_at AS "ackedAt", acked_by AS "ackedBy", ack_note AS "ackNote", shelved_until AS "shelvedUntil",
  shelved_by AS "shelvedBy", shelved_why AS "shelvedWhy", closed_at AS "closedAt"`;

/** Whether this process alone compares now what is with what is kept, to the end of the transaction. */
export async function mayWatch(query: Query): Promise<boolean> {
  const [row] = await query('SELECT pg_try_advisory_xact_lock(7264010004) AS mine');
  return row?.mine === true;
}

/**
 * Compares the causes that are there now with the alarms that are kept: raises what has been so for long enough, clears what has been
 * over for long enough, and has come back what was shelved until now. To be called in a transaction, after `mayWatch`.
 *
 * @param isUnsure - whether nobody can tell from here now whether the cause of an alarm is there still
 * @param now - milliseconds since 1970
 */
export async function reconcileAlarms(
  query: Query,
  seen: readonly SeenCause[],
  { isUnsure, now }: { readonly isUnsure: (alarm: StoredAlarm) => boolean; readonly now: number },
): Promise<void> {
  const at = new Date(now);
  const rows = await query(`SELECT ${columns} FROM alarm WHERE closed_at IS NULL ORDER BY id FOR UPDATE`);
  const open = new Map(rows.map((row) => alarmRow.parse(row)).map((alarm) => [alarm.cause, alarm]));
  for (const one of seen) {
    const { kind, cause, priority, lab, home, text, campaigns, trials, count, commands } = one;
    const body = exactJson({ text, campaigns, trials, count, commands });
    const had = open.get(cause);
    const since = had?.seenAt ?? now;
    const isDue = now - since >= (alarmKindOf(kind)?.onDelayMs ?? 0);
    if (had === undefined) {
      await query(
        `INSERT INTO alarm (kind, cause, priority, lab, home, body, seen_at, raised_at, times) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [kind, cause, priority, lab, home, body, at, isDue ? at : null, isDue ? 1 : 0],
      );
      continue;
    }
    const isWorse = alarmPriorities.indexOf(priority) < alarmPriorities.indexOf(had.priority);
    const isBack = had.shelvedUntil !== null && had.shelvedUntil <= now;
    const again = had.raisedAt === null ? isDue : had.clearedAt !== null || isWorse || isBack;
    await query(
      `UPDATE alarm SET kind = $2, priority = $3, body = $4, home = $5, gone_at = NULL, cleared_at = NULL,
         raised_at = CASE WHEN $6 THEN $7 ELSE raised_at END, times = times + CASE WHEN $6 THEN 1 ELSE 0 END,
         acked_at = CASE WHEN $6 THEN NULL ELSE acked_at END, acked_by = CASE WHEN $6 THEN NULL ELSE acked_by END,
         ack_note = CASE WHEN $6 THEN NULL ELSE ack_note END, returned_by = CASE WHEN $8 THEN NULL ELSE returned_by END,
         shelved_until = CASE WHEN $8 THEN NULL ELSE shelved_until END, shelved_by = CASE WHEN $8 THEN NULL ELSE shelved_by END,
         shelved_why = CASE WHEN $8 THEN NULL ELSE shelved_why END WHERE id = $1`,
      [had.id, kind, priority, body, home, again, at, isBack],
    );
  }
  const here = new Set(seen.map(({ cause }) => cause));
  for (const alarm of open.values()) if (!here.has(alarm.cause) && !isUnsure(alarm)) await goneAt(query, alarm, now);
}

async function goneAt(query: Query, alarm: StoredAlarm, now: number): Promise<void> {
  const { id, kind, raisedAt, goneAt: since, clearedAt, ackedAt, shelvedUntil } = alarm;
  if (raisedAt === null) {
    await query('DELETE FROM alarm WHERE id = $1', [id]);
    return;
  }
  const isOver = now - (since ?? now) >= (alarmKindOf(kind)?.rearmMs ?? 0);
  // Whoever shelved it knew of it, too.
  const isKnown = ackedAt !== null || shelvedUntil !== null;
  if (clearedAt === null || isKnown)
    await query(
      `UPDATE alarm SET gone_at = coalesce(gone_at, $2::timestamptz), cleared_at = CASE WHEN $3 THEN coalesce(cleared_at, $2::timestamptz) END,
         closed_at = CASE WHEN $3 AND $4 THEN $2::timestamptz END WHERE id = $1`,
      [id, new Date(now), isOver, isKnown],
    );
}

/** Alarms that were raised and are not closed, those first that a person has to act on first. */
export async function openAlarms(query: Query): Promise<readonly StoredAlarm[]> {
  const rows = await query(
    `SELECT ${columns} FROM alarm WHERE closed_at IS NULL AND raised_at IS NOT NULL
     ORDER BY array_position(ARRAY['now', 'soon', 'today'], priority), raised_at, id`,
  );
  return rows.map((row) => alarmRow.parse(row));
}

/** All alarms that were raised, the last first: those with a smaller number than `before`. */
export async function pastAlarms(
  query: Query,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<readonly StoredAlarm[]> {
  const rows = await query(
    `SELECT ${columns} FROM alarm WHERE raised_at IS NOT NULL AND ($1::bigint IS NULL OR id < $1) ORDER BY id DESC LIMIT $2`,
    [before, limit],
  );
  return rows.map((row) => alarmRow.parse(row));
}

/** An alarm. @throws {AthanorError} NOT_FOUND */
export async function findAlarm(query: Query, id: number): Promise<StoredAlarm> {
  const [row] = await query(`SELECT ${columns} FROM alarm WHERE id = $1 AND raised_at IS NOT NULL FOR UPDATE`, [id]);
  if (row === undefined) throw new AthanorError('NOT_FOUND', `there is no alarm ${id}`);
  return alarmRow.parse(row);
}

/** Notes that somebody has it; to be called in a transaction. @throws {AthanorError} NOT_FOUND; WRONG_STATE with who was first */
export async function ackAlarm(
  query: Query,
  id: number,
  { who, note, now }: { readonly who: string; readonly note: string | null; readonly now: number },
): Promise<void> {
  const { ackedAt, ackedBy, closedAt } = await findAlarm(query, id);
  if (closedAt !== null) throw new AthanorError('WRONG_STATE', `alarm ${id} is closed`);
  if (ackedAt !== null)
    throw new AthanorError(
      'WRONG_STATE',
      `${ackedBy} was first, and has alarm ${id} since ${new Date(ackedAt).toISOString()}`,
    );
  await query(
    `UPDATE alarm SET acked_at = $2::timestamptz, acked_by = $3, ack_note = $4, closed_at = CASE WHEN cleared_at IS NOT NULL THEN $2::timestamptz END WHERE id = $1`,
    [id, new Date(now), who, note],
  );
}

/** The longest that an alarm may be shelved, milliseconds. */
const longestShelfMs = 12 * 3_600_000;

/**
 * Puts an alarm aside for a while; to be called in a transaction.
 * @param given.until - when it comes back, milliseconds since 1970
 * @throws {AthanorError} NOT_FOUND; WRONG_STATE where it is closed; INVALID_INPUT where that is past, or more than twelve hours away
 */
export async function shelveAlarm(
  query: Query,
  id: number,
  {
    who,
    why,
    until,
    now,
  }: { readonly who: string; readonly why: string; readonly until: number; readonly now: number },
): Promise<void> {
  if (until <= now || until - now > longestShelfMs)
    throw new AthanorError('INVALID_INPUT', 'an alarm is shelved for twelve hours at most, and not until what is past');
  if ((await findAlarm(query, id)).closedAt !== null) throw new AthanorError('WRONG_STATE', `alarm ${id} is closed`);
  await query('UPDATE alarm SET shelved_until = $2, shelved_by = $3, shelved_why = $4 WHERE id = $1', [
    ...[id, new Date(until), who, why],
  ]);
}

/** Has an alarm that was shelved come back now; to be called in a transaction. @throws {AthanorError} NOT_FOUND; WRONG_STATE where it is not shelved */
export async function unshelveAlarm(
  query: Query,
  id: number,
  { who, now }: { readonly who: string; readonly now: number },
): Promise<void> {
  if ((await findAlarm(query, id)).shelvedUntil === null)
    throw new AthanorError('WRONG_STATE', `alarm ${id} is not shelved`);
  await query(
    `UPDATE alarm SET shelved_until = NULL, shelved_by = NULL, shelved_why = NULL, returned_by = $2, times = times + 1, raised_at = $3,
       acked_at = NULL, acked_by = NULL, ack_note = NULL WHERE id = $1`,
    [id, who, new Date(now)],
  );
}
