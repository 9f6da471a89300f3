import { z } from 'zod';
import { undoOf } from '../../models/domain/step-name.js';
import type { Query } from './client.js';
import { leftBehind } from './left-behind.js';

const heldRow = z.object({
  lab: z.string(),
  resource: z.string(),
  key: z.string(),
  campaignId: z.string(),
  trialId: z.string(),
  since: z.date().transform((date) => date.getTime()),
  resolvable: z.boolean(),
  notUndone: z.array(z.string()).nullable(),
});

/** A slot that is held; `since` in ms since 1970. */
export type HeldSlot = Readonly<z.infer<typeof heldRow>>;

/**
 * Slots of a lab that are held for jobs of which nobody knows, oldest first, whatever became of their trials and campaigns.
 * `resolvable`: somebody has yet to say what became of the job; else the instrument has to be looked at and cleared. `notUndone`:
 * steps that a person's ruling left as they are, so that a sample stands in the position; null where none did.
 */
export async function listHeld(query: Query, lab: string): Promise<readonly HeldSlot[]> {
  const rows = await query(
    `SELECT lab, resource, key, campaign_id AS "campaignId", named.id AS "trialId", held_at AS since,
       EXISTS (SELECT 1 FROM trial JOIN attempt ON attempt.trial_id = trial.id AND attempt.generation = trial.generation
           JOIN submission ON submission.trial_id = trial.id AND submission.generation = trial.generation
         WHERE trial.id = named.id AND starts_with(lease.key, trial.id || '/g' || trial.generation || '/')
           AND (attempt.outcome = 'quarantined' OR submission.step LIKE '%${undoOf('')}') AND submission.state = 'unknown'
           AND NOT EXISTS (SELECT 1 FROM ruling WHERE ruling.trial_id = trial.id AND ruling.generation = trial.generation)
           AND NOT EXISTS (SELECT 1 FROM resolution
             WHERE resolution.trial_id = trial.id AND resolution.generation = trial.generation)) AS resolvable,
       ${leftBehind} AS "notUndone"
     FROM lease CROSS JOIN LATERAL (SELECT substring(key from '^(.+)/g[0-9]+/[^/]+$') AS id) AS named
     WHERE lab = $1 AND held_at IS NOT NULL AND released_at IS NULL ORDER BY lease.id`,
    [lab],
  );
  return rows.map((row) => heldRow.parse(row));
}
