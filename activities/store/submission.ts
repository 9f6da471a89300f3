import { z } from 'zod';
import { ContractError } from '../../models/domain/errors.js';
import type { Query } from './client.js';

const submissionSchema = z.object({
  key: z.string(),
  trialId: z.string(),
  adapter: z.string(),
  fidelity: z.string(),
  requestSha: z.string(),
  state: z.enum(['called', 'accepted', 'ended', 'unknown']),
  job: z.string().nullable(),
  home: z.string().nullable(),
  generation: z.number(),
});

/** A line of the ledger: `called` before the device is called, `accepted` when its answer is known. */
export type Submission = Readonly<z.infer<typeof submissionSchema>>;

const columns = `key, trial_id AS "trialId", adapter, fidelity, request_sha AS "requestSha", state, job, home, generation`;

/** The line under a key, null if the device was never called with it. */
export async function findSubmission(query: Query, key: string): Promise<Submission | null> {
  const [row] = await query(`SELECT ${columns} FROM submission WHERE key = $1`, [key]);
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
 * @returns whether this call wrote it, and the line
 * @throws {ContractError} if the key stands there with another request
 */
export async function openSubmission(
  query: Query,
  line: Pick<Submission, 'key' | 'trialId' | 'adapter' | 'fidelity' | 'requestSha' | 'home' | 'generation'>,
): Promise<{ fresh: boolean; submission: Submission }> {
  const inserted = await query(
    `INSERT INTO submission (key, trial_id, adapter, fidelity, request_sha, home, generation)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT DO NOTHING RETURNING ${columns}`,
    [line.key, line.trialId, line.adapter, line.fidelity, line.requestSha, line.home, line.generation],
  );
  if (inserted.length > 0) return { fresh: true, submission: submissionSchema.parse(inserted[0]) };
  const submission = (await findSubmission(query, line.key))!;
  if (submission.requestSha !== line.requestSha)
    throw new ContractError(`key '${line.key}' was submitted before with another request; it is never used for two`);
  return { fresh: false, submission };
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
