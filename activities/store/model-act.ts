import { z } from 'zod';
import { type VersionAct, versionActSchema } from '../../models/pretrained/version-act.js';
import type { Query } from './client.js';

const rowSchema = z
  .object({ at: z.date().transform((date) => date.toISOString()) })
  .loose()
  .pipe(versionActSchema);

/** Keeps acts on the versions of a model; those that are there already stay as they are. */
export async function saveModelActs(query: Query, id: string, acts: readonly VersionAct[]): Promise<void> {
  for (const { at, act, version, before, who, why } of acts)
    await query(
      `INSERT INTO model_act (id, at, act, version, before, who, why) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (id, at, act, version) DO NOTHING`,
      [id, at, act, version, before, who, why],
    );
}

/** Acts on the versions of a model, oldest first. */
export async function listModelActs(query: Query, id: string): Promise<readonly VersionAct[]> {
  const rows = await query('SELECT at, act, version, before, who, why FROM model_act WHERE id = $1 ORDER BY at, seq', [
    id,
  ]);
  return rows.map((row) => rowSchema.parse(row));
}
