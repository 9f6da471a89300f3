import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { HomeError, homeError, writeFileAtomically } from '../home.js';
import { isRunning } from './process.js';

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
  /** The home itself, as its file system knows it: a copy of the home is another place, a moved one is not. */
  place: z.string().optional(),
  /** Whether a person ended the servers (`athanor down`), so that nobody brings them back unasked; absent where not. */
  ended: z.boolean().optional(),
});

/** The local servers of a campaign home, as `services.json` records them. */
export type ServicesState = z.infer<typeof stateSchema>;

/** The local Temporal server as recorded. */
export type TemporalState = NonNullable<ServicesState['temporal']>;

const empty: ServicesState = { version: 1, postgres: null, temporal: null };

/**
 * Reads what is recorded of a home's servers. A file that is absent or not ours to read counts as nothing recorded:
 * whatever runs is then found by its data folder when it is started again. So does what came with a copy of another home.
 *
 * @throws {HomeError} if the servers of that other home run: what is done here would be done to its campaigns
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
  let state: ServicesState;
  try {
    state = stateSchema.parse(JSON.parse(text));
  } catch {
    return empty;
  }
  if (state.place === undefined || state.place === (await placeOf(home))) return state;
  for (const server of [state.postgres, state.temporal])
    if (server !== null && (await isRunning(server)))
      throw new HomeError(
        `${home} is a copy of another campaign home, whose servers run (process ${server.pid}); ` +
          `use that home, or end them there ('athanor down') before you use the copy`,
      );
  return empty;
}

/** What tells a folder from its copies, wherever it is moved to on its disk. */
async function placeOf(home: string): Promise<string> {
  const { dev, ino } = await stat(home, { bigint: true });
  return `${dev}:${ino}`;
}

/** Records a change of a home's servers; call it under the lock only. */
export async function updateState(home: string, change: Partial<ServicesState>): Promise<void> {
  const next = { ...(await readState(home)), place: await placeOf(home), ...change };
  await writeFileAtomically(path.join(home, 'services.json'), `${JSON.stringify(next, null, 2)}\n`);
}
