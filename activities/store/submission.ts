import { z } from 'zod';
import { ContractError } from '../../models/domain/errors.js';
import type { Query } from './client.js';

/** A line of the ledger. */
export const submissionSchema = z.object({
  key: z.string(),
  trialId: z.string(),
  adapter: z.string(),
  fidelity: z.string(),
  requestSha: z.string(),
  state: z.enum(['called', 'accepted', 'ended', 'unknown']),
  job: z.string().nullable(),
  home: z.string().nullable(),
  generation: z.number(),
  instrument: z.string(),
  fence: z.coerce.number(),
  step: z.string(),
  slot: z.string().nullable(),
  adopted: z.string().nullable(),
});

/** A line of the ledger: `called` before the device is called, `accepted` when its answer is known. */
export type Submission = Readonly<z.infer<typeof submissionSchema>>;

const columns = `key, trial_id AS "trialId", adapter, fidelity, request_sha AS "requestSha", state, job, home, generation, instrument, fence, step, slot, adopted`;

/**
 * No fence is lower, milliseconds since 1970: where a database is new or was restored, its numbers are greater than those that
 * devices have seen.
 */
export const fenceFloor = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** The line under a key, null if the device was never called with it. */
export async function findSubmission(query: Query, key: string): Promise<Submission | null> {
  const [row] = await query(`SELECT ${columns} FROM submission WHERE key = $1`, [key]);
  return row === undefined ? null : submissionSchema.parse(row);
}

/** The line of a generation's job of which nobody can tell what became of it, null if there is none. */
export async function unknownSubmission(query: Query, trialId: string, generation: number): Promise<Submission | null> {
  const [row] = await query(
    `SELECT ${columns} FROM submission WHERE trial_id = $1 AND generation = $2 AND state = 'unknown' ORDER BY called_at LIMIT 1`,
    [trialId, generation],
  );
  return row === undefined ? null : submissionSchema.parse(row);
}

/**
 * The line of a generation's job of which it is not known that it is over, whichever step it is of: the one that runs or may,
 * else the last of which nobody can tell; null where all are over.
 */
export async function unsettledSubmission(
  query: Query,
  trialId: string,
  generation: number,
): Promise<Submission | null> {
  const [row] = await query(
    `SELECT ${columns} FROM submission WHERE trial_id = $1 AND generation = $2 AND state <> 'ended'
     ORDER BY state = 'unknown', called_at DESC LIMIT 1`,
    [trialId, generation],
  );
  return row === undefined ? null : submissionSchema.parse(row);
}

/** All lines of a campaign, in the order in which the devices were called. */
export async function listSubmissions(query: Query, campaignId: string): Promise<readonly Submission[]> {
  const rows = await query(
    `SELECT ${columns} FROM submission WHERE trial_id IN (SELECT id FROM trial WHERE campaign_id = $1) ORDER BY called_at, key`,
    [campaignId],
  );
  return rows.map((row) => submissionSchema.parse(row));
}

/**
 * Writes the line that must stand before the device is called.
 *
 * @param line.formerly - name of the instrument in versions before: its numbers go on growing from those given out under it
 * @returns whether this call wrote it, and the line
 * @throws {ContractError} if the key stands there with another request
 */
export async function openSubmission(
  query: Query,
  line: Pick<
    Submission,
    'key' | 'trialId' | 'adapter' | 'fidelity' | 'requestSha' | 'home' | 'generation' | 'instrument'
  > &
    Partial<Pick<Submission, 'step' | 'slot' | 'adopted'>> & { readonly formerly?: string | null },
): Promise<{ fresh: boolean; submission: Submission }> {
  const inserted = await query(
    `WITH former AS (SELECT coalesce(max(fence), 0) AS fence FROM instrument WHERE id = $9),
     whole AS (INSERT INTO instrument (id, adapter) SELECT $8, $3 WHERE $11::text IS NOT NULL ON CONFLICT DO NOTHING),
     taken AS (
       INSERT INTO instrument (id, adapter, fence) SELECT coalesce($11, $8), $3, greatest(former.fence + 1, ${fenceFloor}) FROM former
       ON CONFLICT (id) DO UPDATE SET fence = greatest(instrument.fence + 1, EXCLUDED.fence) RETURNING instrument.fence)
     INSERT INTO submission (key, trial_id, adapter, fidelity, request_sha, home, generation, instrument, fence, step, slot, adopted)
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, taken.fence, $10, $11, $12 FROM taken
     ON CONFLICT DO NOTHING RETURNING ${columns}`,
    [
      line.key,
      line.trialId,
      line.adapter,
      line.fidelity,
      line.requestSha,
      line.home,
      line.generation,
      line.instrument,
      line.formerly ?? null,
      line.step ?? 'run',
      line.slot ?? null,
      line.adopted ?? null,
    ],
  );
  if (inserted.length > 0) return { fresh: true, submission: submissionSchema.parse(inserted[0]) };
  const submission = (await findSubmission(query, line.key))!;
  if (submission.requestSha !== line.requestSha)
    throw new ContractError(`key '${line.key}' was submitted before with another request; it is never used for two`);
  return { fresh: false, submission };
}

/** Of a line: its slot is leased for it, or it needs none. */
const hasLease = `(slot IS NULL OR EXISTS (SELECT 1 FROM lease
  WHERE lease.slot = submission.slot AND lease.key = submission.key AND lease.released_at IS NULL))`;

/**
 * Takes a further number for a call that may move the device, as the one before may have been lost on its way. It is greater
 * than every number that was given out for the slot, or where none was leased for the instrument.
 *
 * @param begins - whether the call is about a job that has not begun, as far as is known
 * @returns null if the line is no longer that of such a job, or its slot no longer leased for it: another process was quicker
 */
export async function renewFence(query: Query, key: string, begins = true): Promise<number | null> {
  const [row] = await query(
    `WITH line AS (
       SELECT coalesce(slot, instrument) AS id FROM submission WHERE key = $1 AND state = ANY ($2) AND ${hasLease}),
     taken AS (UPDATE instrument SET fence = greatest(fence + 1, ${fenceFloor}) FROM line WHERE instrument.id = line.id RETURNING fence)
     UPDATE submission SET fence = taken.fence FROM taken WHERE key = $1 AND state = ANY ($2) RETURNING submission.fence`,
    [key, begins ? ['called'] : ['called', 'accepted']],
  );
  return row === undefined ? null : Number(row.fence);
}

/** Whether a later number than this was given out for the same job, or for the slot that was leased for it. */
export async function isOutdated(query: Query, key: string, fence: number): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM submission LEFT JOIN instrument AS leased ON leased.id = submission.slot
     WHERE key = $1 AND greatest(submission.fence, leased.fence) > $2`,
    [key, fence],
  );
  return rows.length > 0;
}

/**
 * The other trial of the same campaign whose job is on an instrument, or may be; null where none is.
 *
 * @param instrument.formerly - its name in versions before; lines from before there were instruments have the adapter's type alone
 */
export async function otherTrialOn(
  query: Query,
  trialId: string,
  { id, formerly = null, type }: { readonly id: string; readonly formerly?: string | null; readonly type: string },
): Promise<string | null> {
  const [row] = await query(
    `SELECT trial.id FROM submission JOIN trial
       ON trial.id = submission.trial_id AND trial.generation = submission.generation AND trial.state IN ('proposed', 'running')
     WHERE trial.campaign_id = (SELECT campaign_id FROM trial WHERE id = $1) AND trial.id <> $1
       AND submission.state IN ('called', 'accepted') AND submission.instrument = ANY ($2)
     ORDER BY submission.called_at LIMIT 1`,
    [trialId, [id, formerly ?? id, type]],
  );
  return row === undefined ? null : (row.id as string);
}

/** Notes the job that the device accepted. */
export async function acceptSubmission(query: Query, key: string, job: string): Promise<void> {
  await query(
    `UPDATE submission SET state = 'accepted', job = $2, accepted_at = now() WHERE key = $1 AND state = 'called'`,
    [key, job],
  );
}

/** Notes that the job is over, or that nobody can tell what became of it. */
export async function closeSubmission(query: Query, key: string, state: 'ended' | 'unknown'): Promise<void> {
  await query(`UPDATE submission SET state = $2, ended_at = now() WHERE key = $1 AND state IN ('called', 'accepted')`, [
    key,
    state,
  ]);
}

/** Jobs on instruments of a lab that have begun, or may have, and are not known to have ended. */
export async function runningIn(
  query: Query,
  lab: string,
): Promise<readonly { readonly key: string; readonly instrument: string }[]> {
  return (await query(
    `SELECT key, instrument FROM submission WHERE state IN ('called', 'accepted') AND starts_with(instrument, $1)`,
    [`${lab}/`],
  )) as { key: string; instrument: string }[];
}

/** Lines of jobs on an instrument that have begun, or may have, and are not known to have ended, in the order of their calls. */
export async function runningOn(query: Query, instrument: string): Promise<readonly Submission[]> {
  const rows = await query(
    `SELECT ${columns} FROM submission WHERE state IN ('called', 'accepted') AND instrument = $1 ORDER BY called_at, key`,
    [instrument],
  );
  return rows.map((row) => submissionSchema.parse(row));
}

/** Writes lines again that a restored database has lost, of trials and generations that it has; others are left out. */
export async function restoreSubmissions(query: Query, lines: readonly Submission[]): Promise<number> {
  let restored = 0;
  const missing = await query(
    'SELECT key FROM unnest($1::text[]) AS key WHERE NOT EXISTS (SELECT 1 FROM submission WHERE submission.key = key.key)',
    [lines.map(({ key }) => key)],
  );
  const lost = new Set(missing.map(({ key }) => key));
  for (const line of lines.filter(({ key }) => lost.has(key))) {
    for (const id of [line.instrument, line.slot ?? line.instrument])
      await query('INSERT INTO instrument (id, adapter) VALUES ($1, $2) ON CONFLICT DO NOTHING', [id, line.adapter]);
    const rows = await query(
      `INSERT INTO submission (key, trial_id, adapter, fidelity, request_sha, state, job, home, generation, instrument, fence, step, adopted,
         slot, accepted_at)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, CASE WHEN $7::text IS NOT NULL THEN now() END FROM trial
       WHERE trial.id = $2 AND trial.generation = $9 AND trial.state <> 'ended' ON CONFLICT DO NOTHING RETURNING key`,
      [
        line.key,
        line.trialId,
        line.adapter,
        line.fidelity,
        line.requestSha,
        line.job === null ? 'called' : 'accepted',
        line.job,
        line.home,
        line.generation,
        line.instrument,
        line.fence,
        line.step,
        line.adopted,
        line.slot,
      ],
    );
    if (rows.length > 0)
      await query(`UPDATE trial SET state = 'running', started_at = now() WHERE id = $1 AND state = 'proposed'`, [
        line.trialId,
      ]);
    restored += rows.length;
  }
  return restored;
}
