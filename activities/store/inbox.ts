import { z } from 'zod';
import { askedApprovalSchema } from '../../models/domain/approval.js';
import { designSchema } from '../../models/domain/design.js';
import { needs } from '../../models/domain/record.js';
import { causeSchema } from '../../models/domain/trial.js';
import type { Query } from './client.js';
import { type AwayHome, listAwayHomes } from './home.js';
import { approvalColumn } from './proposal.js';

const millis = z.date().transform((date) => date.getTime());

const trialRow = z.object({
  campaignId: z.string(),
  trialId: z.string(),
  /** `ruling`: a value was quarantined, and nobody has said yet what counts. */
  needs: z.enum([...needs, 'ruling']),
  fidelity: z.string(),
  design: designSchema,
  rowId: z.string().nullable(),
  estimatedCost: z.number(),
  /** Why it was proposed, and what was expected of it. */
  reason: z.looseObject({
    text: z.string(),
    mean: z.number().nullable(),
    sd: z.number().nullable(),
    targetMean: z.number().nullable(),
    targetSd: z.number().nullable(),
  }),
  approval: askedApprovalSchema.nullable(),
  /** Which time it is run, and how many rulings there are on that: what a person has seen who decides by this. */
  generation: z.number(),
  rulings: z.number(),
  /** Of what was quarantined, why. */
  cause: causeSchema.nullable(),
  /** Whether its campaign has stopped: what was quarantined waits on all the same. */
  ended: z.boolean(),
  /** Since when it waits, milliseconds since 1970. */
  since: millis,
});
/** A trial that waits for a person. */
export type WaitingTrial = Readonly<z.infer<typeof trialRow>> & {
  /** What a person is to do who measures it, where the campaign file says so. */
  readonly instructions?: string;
  /** The step of the trial's recipe that it waits with, and the instrument of the lab, LAB/NAME, whose people are asked. */
  readonly step?: string;
  readonly instrument?: string;
};

const problemRow = z.object({ campaignId: z.string(), text: z.string(), phase: z.string() });

/** Everything that waits for a person. */
export interface Inbox {
  readonly trials: readonly WaitingTrial[];
  /** What stands in the way of campaigns. */
  readonly problems: readonly Readonly<z.infer<typeof problemRow>>[];
  readonly away: readonly AwayHome[];
}

/**
 * What waits for a person, oldest first, of all campaigns or of one; of those that have stopped, where all are asked for, what was
 * quarantined alone, as it waits whatever became of its campaign.
 *
 * A job of which nobody can tell waits for its resolution for as long as nobody has ruled on it or had it done again; any other
 * quarantined answer for a ruling. Proposals of a campaign that begins none any more wait for nobody.
 */
export async function loadInbox(query: Query, campaignId: string | null): Promise<Inbox> {
  const rows = await query(
    `SELECT trial.campaign_id AS "campaignId", trial.id AS "trialId", fidelity, design, row_id AS "rowId",
       estimated_cost AS "estimatedCost", reason, ${approvalColumn} AS approval, trial.generation,
       (SELECT count(*)::integer FROM ruling WHERE ruling.trial_id = trial.id AND ruling.generation = trial.generation) AS rulings,
       attempt.cause, campaign.phase = 'stopped' AS ended, CASE WHEN attempt.trial_id IS NULL THEN trial.needs WHEN unknown.job THEN 'resolution' ELSE 'ruling' END AS needs,
       coalesce(attempt.recorded_at, trial.started_at, round.created_at) AS since
     FROM trial JOIN campaign ON campaign.id = trial.campaign_id JOIN proposal ON proposal.id = trial.id
       JOIN round ON round.campaign_id = trial.campaign_id AND round.round = proposal.round
       LEFT JOIN attempt ON attempt.trial_id = trial.id AND attempt.generation = trial.generation
       LEFT JOIN LATERAL (SELECT bool_or(submission.state = 'unknown') AS job FROM submission
         WHERE submission.trial_id = trial.id AND submission.generation = trial.generation) AS unknown ON true
     WHERE ($1::text IS NULL OR trial.campaign_id = $1)
       AND (trial.state IN ('proposed', 'running') AND ($1::text IS NOT NULL OR campaign.phase <> 'stopped') AND trial.needs IS NOT NULL AND attempt.trial_id IS NULL
           AND NOT (trial.needs = 'approval' AND campaign.phase IN ('draining', 'aborting', 'stopped'))
         OR trial.state = 'ended' AND attempt.outcome = 'quarantined'
           AND NOT EXISTS (SELECT 1 FROM ruling WHERE ruling.trial_id = trial.id AND ruling.generation = trial.generation))
     ORDER BY since, proposal.round, proposal.place, trial.campaign_id`,
    [campaignId],
  );
  const problems = await query(
    `SELECT id AS "campaignId", problem AS text, phase FROM campaign
     WHERE problem IS NOT NULL AND phase <> 'stopped' AND ($1::text IS NULL OR id = $1) ORDER BY created_at, id`,
    [campaignId],
  );
  return {
    trials: rows.map((row) => trialRow.parse(row)),
    problems: problems.map((row) => problemRow.parse(row)),
    away: await listAwayHomes(query, campaignId),
  };
}
