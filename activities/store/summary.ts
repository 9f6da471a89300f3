import { z } from 'zod';
import type { CampaignSpec } from '../../models/domain/campaign.js';
import { trialOutcomes } from '../../models/domain/trial.js';
import { type BestTrial, findBest } from './best.js';
import { type CampaignHead, findCampaign, noCampaign } from './campaign.js';
import type { Query } from './client.js';
import { type AwayHome, listAwayHomes } from './home.js';
import { listUnresolved } from './resolution.js';

/** Generations that cost something: a person may have said of one that it never ran, or that its job is that of the next. */
const charged = `NOT EXISTS (SELECT 1 FROM reopening
  WHERE reopening.trial_id = counted.trial_id AND reopening.generation = counted.generation + 1 AND uncharged)`;

const count = z.coerce.number().int();

const countsSchema = z.object({
  rounds: count,
  proposed: count,
  running: count,
  withdrawn: count,
  ...Object.fromEntries(trialOutcomes.map((outcome) => [outcome, count])),
  spent: z.number(),
}) as unknown as z.ZodType<Counts>;

interface Counts {
  readonly rounds: number;
  readonly proposed: number;
  readonly running: number;
  readonly withdrawn: number;
  readonly measured: number;
  readonly failed: number;
  readonly quarantined: number;
  readonly cancelled: number;
  readonly spent: number;
}

const runningSchema = z.object({
  id: z.string(),
  generation: z.number(),
  fidelity: z.string(),
  rowId: z.string().nullable(),
  startedAt: z
    .date()
    .transform((date) => date.getTime())
    .nullable(),
});

const costSchema = z.object({ fidelity: z.string(), trials: count, cost: z.number() });

/** A campaign in figures, as progress lines show it; costs in the unit of its fidelities, times in ms since 1970. */
export interface CampaignSummary extends CampaignHead, Counts {
  readonly inFlight: readonly z.infer<typeof runningSchema>[];
  /** Ended trials and what they cost, for every fidelity that has any, in no particular order. */
  readonly fidelities: readonly z.infer<typeof costSchema>[];
  /** Best measured trial at the target fidelity, in the objective's own direction. */
  readonly best: BestTrial | null;
  /** Homes that trials in flight wait for. */
  readonly away: readonly AwayHome[];
  /** Ended trials, of whose jobs somebody has to say what became of them. */
  readonly unresolved: readonly string[];
}

/**
 * Sums a campaign up in a few statements, whatever its size.
 * @throws {AthanorError} NOT_FOUND if there is none with the id
 */
export async function summarise(query: Query, id: string): Promise<CampaignSummary> {
  const head = await findCampaign(query, id);
  if (head === null) throw await noCampaign(query, id);
  const [counts] = await query(
    `SELECT (SELECT count(*) FROM round WHERE campaign_id = $1) AS rounds,
       count(*) FILTER (WHERE state = 'proposed') AS proposed, count(*) FILTER (WHERE state = 'running') AS running,
       count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
       ${trialOutcomes.map((outcome) => `count(*) FILTER (WHERE outcome = '${outcome}') AS ${outcome}`).join(', ')},
       (SELECT coalesce(sum(cost), 0) FROM counted JOIN proposal ON proposal.id = trial_id WHERE campaign_id = $1 AND ${charged}) AS spent
     FROM trial LEFT JOIN observation ON observation.trial_id = trial.id WHERE trial.campaign_id = $1`,
    [id],
  );
  const running = await query(
    `SELECT trial.id, generation, fidelity, row_id AS "rowId", started_at AS "startedAt" FROM trial JOIN proposal USING (id)
     WHERE trial.campaign_id = $1 AND state = 'running' ORDER BY round, place`,
    [id],
  );
  const fidelities = await query(
    `SELECT fidelity, count(DISTINCT trial_id) AS trials, sum(cost) AS cost FROM counted JOIN proposal ON proposal.id = trial_id
     WHERE campaign_id = $1 AND ${charged} GROUP BY fidelity`,
    [id],
  );
  const [campaign] = await query('SELECT spec FROM campaign WHERE id = $1', [id]);
  return {
    ...head,
    ...countsSchema.parse(counts),
    inFlight: running.map((row) => runningSchema.parse(row)),
    fidelities: fidelities.map((row) => costSchema.parse(row)),
    best: await findBest(query, id, campaign!.spec as CampaignSpec),
    away: await listAwayHomes(query, id),
    unresolved: await listUnresolved(query, id),
  };
}
