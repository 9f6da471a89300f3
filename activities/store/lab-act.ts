import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';
import { firstWas } from './acts.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';
import { lockLab } from './lab.js';
import { openLeases } from './lease.js';
import { listStandstills } from './standstill.js';
import { stockOf } from './stock.js';

/** What a person does to a lab. */
export interface LabAct {
  readonly lab: string;
  readonly action:
    | 'up'
    | 'join'
    | 'fault'
    | 'clear'
    | 'pause'
    | 'paused'
    | 'resume'
    | 'resumed'
    | 'refill'
    | 'stop'
    | 'clear stop';
  /** Instrument, position or stock; null for the lab as a whole. */
  readonly name: string | null;
  readonly who: string;
  readonly why: string | null;
  /** Under which it is done once, however often it is asked for. */
  readonly requestId: string;
  /** Number of the last act on the same that its author knows, 0 for none; absent where whatever came before does not matter. */
  readonly expected?: number | undefined;
  /** When it was done, milliseconds since 1970; now where absent. */
  readonly at?: number;
}

const detailsSchema = z.looseObject({
  name: z.string().nullable().default(null),
  note: z.string().nullable().default(null),
  known: z.unknown().optional(),
  done: z.unknown().optional(),
});
const entryRow = z.object({
  id: z.coerce.number(),
  at: z.date().transform((date) => date.getTime()),
  who: z.string(),
  action: z.string(),
  details: detailsSchema,
});

/** An act as it is written down; `at` in ms since 1970, `id` as later acts on the same expect it. */
export interface LabActEntry {
  readonly id: number;
  readonly at: number;
  readonly who: string;
  readonly action: string;
  readonly name: string | null;
  readonly why: string | null;
  /** What was known of it then. */
  readonly known?: unknown;
  /** What came of it. */
  readonly done?: unknown;
}

/** Everything that was done to a lab, oldest first. */
export async function listLabActs(query: Query, lab: string): Promise<readonly LabActEntry[]> {
  const rows = await query('SELECT id, at, who, action, details FROM audit WHERE lab = $1 ORDER BY id', [lab]);
  return rows.map(entryOf);
}

function entryOf(row: Record<string, unknown>): LabActEntry {
  const { details, ...entry } = entryRow.parse(row);
  const { name, note, known, done } = details;
  return {
    ...entry,
    name,
    why: note,
    ...(known === undefined ? {} : { known }),
    ...(done === undefined ? {} : { done }),
  };
}

/**
 * Does something to a lab and writes it down, with what was known before, once; to be called in a transaction. Asked for again
 * it answers what came of it then.
 *
 * @throws {AthanorError} WRONG_STATE if its author does not know of the last act on the same, with who was first; CONFLICT if another
 *   act has its request id
 */
export async function actOnLab<T>(query: Query, act: LabAct, work: () => Promise<T>): Promise<T> {
  const { lab, action, name, requestId, expected } = act;
  await lockLab(query, lab);
  const before = (
    await query('SELECT id, at, who, action, details FROM audit WHERE lab = $1 AND request_id = $2', [lab, requestId])
  ).map(entryOf);
  const [same] = before;
  if (same !== undefined) {
    if (same.action === action && same.name === name) return same.done as T;
    throw new AthanorError('CONFLICT', `request '${requestId}' was another act: ${same.action} ${same.name ?? lab}`);
  }
  if (expected !== undefined) await mustBeLast(query, act, expected);
  const known = await knownOf(query, lab, name);
  const done = await work();
  await writeLabAct(query, act, { known, done });
  return done;
}

async function mustBeLast(query: Query, { lab, name }: LabAct, expected: number): Promise<void> {
  const last = (await listLabActs(query, lab)).findLast((one) => one.name === name);
  if ((last?.id ?? 0) === expected) return;
  const { who = '', at = 0, action = '', why = null } = last ?? {};
  const first =
    last === undefined ? 'nobody has done anything to it' : firstWas({ who, at, action, details: { note: why } });
  throw new AthanorError(
    'WRONG_STATE',
    `${name ?? lab} is no more as you saw it: ${first}; look at it, and decide again if need be`,
  );
}

/** Writes down what was done already, once. */
export async function writeLabAct(
  query: Query,
  { lab, action, name, who, why, requestId, at = Date.now() }: LabAct,
  more: { readonly known?: unknown; readonly done?: unknown } = {},
): Promise<void> {
  await query(
    `INSERT INTO audit (lab, request_id, at, who, action, details) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [lab, requestId, new Date(at), who, action, exactJson({ name, note: why, ...more })],
  );
}

/** What is known of an instrument, position or stock before something is done to it. */
async function knownOf(query: Query, lab: string, name: string | null): Promise<unknown> {
  if (name === null) return {};
  const left = (await stockOf(query, lab)).get(name);
  const leases = await openLeases(query, lab, { resource: name });
  return {
    ...(left === undefined ? {} : { left }),
    standing: (await listStandstills(query, lab, name)).map(({ kind, who, why, at }) => ({ kind, who, why, at })),
    leases: leases.map(({ place, key, heldAt }) => ({ place, key, held: heldAt !== null })),
  };
}
