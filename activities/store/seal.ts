import { z } from 'zod';
import type { Query, Store } from './client.js';
import { sha256 } from './exact-json.js';

/** Rows that are sealed in one transaction at most. */
const sealedAtOnce = 1_000;

/** What a seal is laid over: an event as it is stored, times in microseconds since 1970. */
export const sealedEvent = z.object({
  id: z.string(),
  at: z.string(),
  kind: z.string(),
  who: z.string().nullable(),
  campaign: z.string().nullable(),
  lab: z.string().nullable(),
  subject: z.string().nullable(),
  /** JSON, as it was written. */
  body: z.string(),
});
/** One of these. */
export type SealedEvent = Readonly<z.infer<typeof sealedEvent>>;

/** The columns of `sealedEvent`, for SELECT. */
export const sealedColumns = `event.id::text AS id, (extract(epoch FROM at) * 1000000)::bigint::text AS at, kind, who,
  campaign_id AS campaign, lab, subject, body::text AS body`;

/**
 * The seal of an event: sha256, hexadecimal, of the JSON array [seal before, seq, at, kind, who, campaign, lab, subject, body], where
 * numbers are texts, and the seal before the first is the empty text. Anybody who has the events can compute it again.
 */
export function sealOf(before: string, seq: number, event: SealedEvent): string {
  const { at, kind, who, campaign, lab, subject, body } = event;
  return sha256(JSON.stringify([before, `${seq}`, at, kind, who, campaign, lab, subject, body]));
}

/** The last seal: its number and hash; 0 and the empty text where there is none. */
export async function lastSeal(query: Query): Promise<{ readonly seq: number; readonly sha256: string }> {
  const [row] = await query(
    'SELECT seq::int AS seq, sha256 FROM event WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1',
  );
  return row === undefined ? { seq: 0, sha256: '' } : { seq: row.seq as number, sha256: row.sha256 as string };
}

/**
 * Seals what has been written since: gives each event its number and its place in the chain. Whoever reads the log calls it before;
 * one process at a time does it, for the others there is nothing to do then.
 *
 * @returns number of the last seal
 */
export async function sealEvents(store: Store): Promise<number> {
  for (;;) {
    const [last, count] = await store.transaction(sealSome);
    if (count < sealedAtOnce) return last;
  }
}

async function sealSome(query: Query): Promise<[last: number, count: number]> {
  const [row] = await query('SELECT pg_try_advisory_xact_lock(7264010003) AS mine');
  let { seq, sha256: seal } = await lastSeal(query);
  if (row?.mine !== true) return [seq, 0];
  const rows = await query(
    `SELECT ${sealedColumns} FROM event WHERE seq IS NULL ORDER BY event.id LIMIT ${sealedAtOnce}`,
  );
  if (rows.length === 0) return [seq, 0];
  const seals = rows.map((each) => {
    const event = sealedEvent.parse(each);
    seq += 1;
    seal = sealOf(seal, seq, event);
    return { id: event.id, seq, seal };
  });
  await query(
    `UPDATE event SET seq = given.seq, sha256 = given.seal
     FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS given (id, seq, seal) WHERE event.id = given.id`,
    [seals.map(({ id }) => id), seals.map((one) => one.seq), seals.map((one) => one.seal)],
  );
  return [seq, rows.length];
}
