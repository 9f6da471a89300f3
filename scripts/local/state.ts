import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { homeError, writeFileAtomically } from '../home.js';

const processSchema = { pid: z.number().int().positive(), started: z.string().nullable() };

const stateSchema = z.strictObject({
  version: z.literal(1),
  postgres: z
    .strictObject({
      ...processSchema,
      port: z.number().int(),
    })
    .nullable(),
  temporal: z
    .strictObject({
      ...processSchema,
      port: z.number().int(),
      uiPort: z.number().int(),
      /** The server's own id, kept in its database file; null until it was first reached. */
      clusterId: z.string().nullable(),
      /** The executable it runs. */
      program: z.string(),
    })
    .nullable(),
  /** Whether a person ended the servers (`athanor down`), so that nobody brings them back unasked; absent where not. */
  ended: z.boolean().optional(),
});

/** The local servers of a campaign home, as `services.json` records them. */
export type ServicesState = z.infer<typeof stateSchema>;

/** The local PostgreSQL as recorded. */
export type PostgresState = NonNullable<ServicesState['postgres']>;

/** The local Temporal server as recorded. */
export type TemporalState = NonNullable<ServicesState['temporal']>;

const empty: ServicesState = { version: 1, postgres: null, temporal: null };

/**
 * Reads what is recorded of a home's servers. A file that is absent or not ours to read counts as nothing recorded:
 * whatever runs is then found by its data folder when it is started again.
 */
export async function readState(home: string): Promise<ServicesState> {
  let text: string;
  try {
    text = await readFile(path.join(home, 'services.json'), 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return empty;
    throw homeError(path.join(home, 'services.json'), error);
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return empty;
  }
}

/** Records a change of a home's servers; call it under the lock only. */
export async function updateState(home: string, change: Partial<ServicesState>): Promise<void> {
  const next = { ...(await readState(home)), ...change };
  await writeFileAtomically(path.join(home, 'services.json'), `${JSON.stringify(next, null, 2)}\n`);
}
