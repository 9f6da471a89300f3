import { z } from 'zod';
import type { Query } from './client.js';

const moment = z.date().transform((date) => date.getTime());

const standstillRow = z.object({
  resource: z.string(),
  kind: z.enum(['fault', 'latched', 'paused']),
  who: z.string(),
  why: z.string(),
  /** Milliseconds since 1970. */
  at: moment,
  /** When a person cleared it; null while it stands. */
  clearedAt: moment.nullable(),
});

/** Why an instrument is granted to nobody, until a person clears it. */
export type StoredStandstill = Readonly<z.infer<typeof standstillRow>>;

const columns = 'resource, kind, who, why, at, cleared_at AS "clearedAt"';

/** What stands still in a lab now, oldest first; of one instrument alone where it is named. */
export async function listStandstills(
  query: Query,
  lab: string,
  resource: string | null = null,
): Promise<readonly StoredStandstill[]> {
  const rows = await query(
    `SELECT ${columns} FROM standstill
     WHERE lab = $1 AND ($2::text IS NULL OR resource = $2) AND cleared_at IS NULL ORDER BY id`,
    [lab, resource],
  );
  return rows.map((row) => standstillRow.parse(row));
}

/** Safe stops of the instruments of a lab, those that were cleared among them, oldest first. */
export async function listLatched(query: Query, lab: string): Promise<readonly StoredStandstill[]> {
  const rows = await query(`SELECT ${columns} FROM standstill WHERE lab = $1 AND kind = 'latched' ORDER BY id`, [lab]);
  return rows.map((row) => standstillRow.parse(row));
}

/**
 * The safe stop by which an instrument stands still, else the pause of its jobs; null where there is neither.
 * @param instrument - its name in the ledger
 */
export async function stopOn(query: Query, instrument: string): Promise<StoredStandstill | null> {
  const [lab, resource] = instrument.split('/') as [string, string?];
  const found = resource === undefined ? [] : await listStandstills(query, lab, resource);
  return found.find(({ kind }) => kind === 'latched') ?? found.find(({ kind }) => kind === 'paused') ?? null;
}

/** A person's word on an instrument. */
export interface Word {
  readonly lab: string;
  readonly resource: string;
  readonly who: string;
  readonly why: string;
}

/**
 * Has an instrument stand still.
 * @returns whether it does so by this word; another's may have come before
 */
export async function saveStandstill(query: Query, kind: StoredStandstill['kind'], word: Word): Promise<boolean> {
  const rows = await query(
    `INSERT INTO standstill (lab, resource, kind, who, why) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id`,
    [word.lab, word.resource, kind, word.who, word.why],
  );
  return rows.length > 0;
}

/** Adds to the reason of a safe stop what became of an instrument, while it stands by that word. */
export async function addOutcome(query: Query, { lab, resource, who, why }: Word, outcome: string): Promise<void> {
  await query(
    `UPDATE standstill SET why = $5 WHERE lab = $1 AND resource = $2 AND kind = 'latched' AND who = $3 AND why = $4 AND cleared_at IS NULL`,
    [lab, resource, who, why, `${why} (${outcome})`],
  );
}

/**
 * Lets it go on.
 * @returns whether anything stood still
 */
export async function clearStandstill(query: Query, kind: StoredStandstill['kind'], word: Word): Promise<boolean> {
  const rows = await query(
    `UPDATE standstill SET cleared_at = now(), cleared_by = $4, cleared_why = $5
     WHERE lab = $1 AND resource = $2 AND kind = $3 AND cleared_at IS NULL RETURNING id`,
    [word.lab, word.resource, kind, word.who, word.why],
  );
  return rows.length > 0;
}
