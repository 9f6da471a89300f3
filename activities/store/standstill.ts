import { z } from 'zod';
import type { Query } from './client.js';

const standstillRow = z.object({
  resource: z.string(),
  kind: z.enum(['fault', 'latched']),
  who: z.string(),
  why: z.string(),
  at: z.date().transform((date) => date.getTime()),
});

/** Why an instrument is granted to nobody, until a person clears it. */
export type StoredStandstill = Readonly<z.infer<typeof standstillRow>>;

/** What stands still in a lab now, oldest first; of one instrument alone where it is named. */
export async function listStandstills(
  query: Query,
  lab: string,
  resource: string | null = null,
): Promise<readonly StoredStandstill[]> {
  const rows = await query(
    `SELECT resource, kind, who, why, at FROM standstill
     WHERE lab = $1 AND ($2::text IS NULL OR resource = $2) AND cleared_at IS NULL ORDER BY id`,
    [lab, resource],
  );
  return rows.map((row) => standstillRow.parse(row));
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
