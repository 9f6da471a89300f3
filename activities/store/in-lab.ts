import { z } from 'zod';
import type { Query } from './client.js';

const inLabRow = z.object({
  trialId: z.string(),
  campaignId: z.string(),
  generation: z.number(),
  fidelity: z.string(),
  since: z.date().transform((date) => date.getTime()),
});

/** A trial in a lab that is under way or free to begin; `since` in ms since 1970, when the last was heard of it. */
export type InLab = Readonly<z.infer<typeof inLabRow>>;

/**
 * Trials in labs that have not ended and need nothing of a person, of campaigns that have not stopped: those that have a slot,
 * and those that wait for one since what came before them was over.
 */
export async function trialsInLabs(query: Query, campaignId: string | null): Promise<readonly InLab[]> {
  const rows = await query(
    `SELECT trial.id AS "trialId", trial.campaign_id AS "campaignId", trial.generation, proposal.fidelity,
       greatest(round.created_at,
         (SELECT created_at FROM reopening WHERE reopening.trial_id = trial.id AND reopening.generation = trial.generation),
         (SELECT max(at) FROM audit
           WHERE audit.campaign_id = trial.campaign_id AND action = 'approve' AND details->>'trial' = trial.id),
         (SELECT max(recorded_at) FROM step_answer
           WHERE step_answer.trial_id = trial.id AND step_answer.generation = trial.generation)) AS since
     FROM trial JOIN campaign ON campaign.id = trial.campaign_id JOIN proposal ON proposal.id = trial.id
       JOIN round ON round.campaign_id = trial.campaign_id AND round.round = proposal.round
     WHERE campaign.phase <> 'stopped' AND json_typeof(campaign.spec->'lab') = 'object'
       AND trial.state IN ('proposed', 'running') AND trial.needs IS NULL
       AND ($1::text IS NULL OR trial.campaign_id = $1)
       AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.trial_id = trial.id AND attempt.generation = trial.generation)
     ORDER BY trial.campaign_id, proposal.round, proposal.place`,
    [campaignId],
  );
  return rows.map((row) => inLabRow.parse(row));
}
