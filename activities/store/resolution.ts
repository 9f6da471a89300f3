import { z } from 'zod';
import { causeClasses } from '../../models/domain/verdicts.js';
import type { Query } from './client.js';
import type { TrialRef } from './trial.js';

const resolutionSchema = z.object({
  verdict: z.enum(['started', 'notStarted', 'failed']),
  job: z.string().nullable(),
  cause: z.enum(causeClasses).nullable(),
  who: z.string(),
  why: z.string(),
  at: z.date().transform((date) => date.getTime()),
});

/**
 * A person's word on a job of which nobody can tell: it started and the device calls it `job`, it never did, or it failed and
 * `cause` is to blame; `at` in milliseconds since 1970.
 */
export type Resolution = Readonly<z.infer<typeof resolutionSchema>>;

/** What a person said of the job of a generation, null if nobody did. */
export async function findResolution(query: Query, { trialId, generation }: TrialRef): Promise<Resolution | null> {
  const [row] = await query(
    'SELECT verdict, job, cause, who, why, at FROM resolution WHERE trial_id = $1 AND generation = $2',
    [trialId, generation],
  );
  return row === undefined ? null : resolutionSchema.parse(row);
}

/**
 * Writes down what a person says of the job of a generation that has ended.
 * @returns what stands: that of whoever was first
 */
export async function saveResolution(query: Query, ref: TrialRef, said: Resolution): Promise<Resolution> {
  const { verdict, job, cause, who, why, at } = said;
  await query(
    `INSERT INTO resolution (trial_id, generation, verdict, job, cause, who, why, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT DO NOTHING`,
    [ref.trialId, ref.generation, verdict, job, cause, who, why, new Date(at)],
  );
  return (await findResolution(query, ref))!;
}

/** Trials of a campaign, of which somebody has to say what became of their jobs. */
export async function listUnresolved(query: Query, campaignId: string): Promise<readonly string[]> {
  const rows = await query(
    `SELECT trial.id FROM trial JOIN proposal ON proposal.id = trial.id
       JOIN attempt ON attempt.trial_id = trial.id AND attempt.generation = trial.generation
     WHERE trial.campaign_id = $1 AND trial.state = 'ended' AND attempt.outcome = 'quarantined'
       AND EXISTS (SELECT 1 FROM submission WHERE submission.trial_id = trial.id AND submission.generation = trial.generation
         AND submission.state = 'unknown')
       AND NOT EXISTS (SELECT 1 FROM ruling WHERE ruling.trial_id = trial.id AND ruling.generation = trial.generation)
       AND NOT EXISTS (SELECT 1 FROM resolution WHERE resolution.trial_id = trial.id AND resolution.generation = trial.generation)
     ORDER BY proposal.round, proposal.place`,
    [campaignId],
  );
  return rows.map((row) => row.id as string);
}
