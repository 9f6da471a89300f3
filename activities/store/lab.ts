import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import { nearest } from '../../models/domain/nearest.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';

const labRow = z.object({
  name: z.string(),
  version: z.number(),
  definition: labSchema,
  who: z.string(),
  at: z.date().transform((date) => date.getTime()),
});

/** A lab as it is registered; `at` in milliseconds since 1970. */
export type StoredLab = Readonly<z.infer<typeof labRow>>;

const columns = 'name, version, definition, who, at';

/** The lab of a name as it is now, null if none was registered. */
export async function findLab(query: Query, name: string): Promise<StoredLab | null> {
  const [row] = await query(`SELECT ${columns} FROM lab WHERE name = $1 ORDER BY version DESC LIMIT 1`, [name]);
  return row === undefined ? null : labRow.parse(row);
}

/**
 * The same, of a lab that has to be there.
 * @throws {AthanorError} NOT_FOUND if none was registered; names what there is
 */
export async function loadLab(query: Query, name: string): Promise<StoredLab> {
  const found = await findLab(query, name);
  if (found !== null) return found;
  const known = (await listLabs(query)).map((lab) => lab.name);
  const near = nearest(name, known);
  const others = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there is ${known.join(', ') || 'none'}`;
  throw new AthanorError('NOT_FOUND', `no lab '${name}' is registered; ${others}; 'athanor lab up FILE' registers one`);
}

/** A lab as it was registered each time, oldest first. */
export async function labVersions(query: Query, name: string): Promise<readonly StoredLab[]> {
  const rows = await query(`SELECT ${columns} FROM lab WHERE name = $1 ORDER BY version`, [name]);
  return rows.map((row) => labRow.parse(row));
}

/** All labs as they are now, by name. */
export async function listLabs(query: Query): Promise<readonly StoredLab[]> {
  const rows = await query(`SELECT DISTINCT ON (name) ${columns} FROM lab ORDER BY name, version DESC`);
  return rows.map((row) => labRow.parse(row));
}

/** Registers a lab, or what changed of it; to be called in a transaction, after `lockLab`. */
export async function saveLab(query: Query, definition: LabSpec, who: string): Promise<void> {
  await query(
    `INSERT INTO lab (name, version, definition, who)
     SELECT $1, coalesce(max(version), 0) + 1, $2, $3 FROM lab WHERE name = $1`,
    [definition.name, exactJson(definition), who],
  );
}

/** Has whoever registers the lab, grants a slot of it or draws its stock wait until this transaction is over. */
export async function lockLab(query: Query, name: string): Promise<void> {
  await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7))', [`lab/${name}`]);
}
