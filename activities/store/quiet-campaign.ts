import { z } from 'zod';
import type { Query } from './client.js';

/** Campaigns are quiet after so long at least, however short their trials, milliseconds. */
const leastMs = 15 * 60_000;
/** Taken for the time of a trial where none has ended yet, milliseconds. */
const unknownMs = 3_600_000;
/** Trials from whose times the usual one is told. */
const lastTrials = 50;

const quietRow = z.object({
  id: z.string(),
  last: z.date().transform((date) => date.getTime()),
  trialMs: z.number().nullable(),
  waiting: z.coerce.number(),
});

/** A running campaign in which nothing has happened for twice as long as its trials take. */
export type QuietCampaign = Readonly<z.infer<typeof quietRow>>;

/**
 * Running campaigns in which nothing has happened for twice the median time of their last trials.
 *
 * `last`: when something did, ms since 1970; `trialMs`: the time of its trials, null where none has ended; `waiting`: trials that wait
 * for a person.
 *
 * @param now - milliseconds since 1970
 */
export async function quietCampaigns(query: Query, now: number): Promise<readonly QuietCampaign[]> {
  const rows = await query(
    `SELECT id, last, "trialMs", waiting FROM (
       SELECT campaign.id, greatest(campaign.created_at, sealed.at, fresh.at) AS last,
         (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at)) * 1000
            FROM (SELECT started_at, ended_at FROM trial WHERE campaign_id = campaign.id AND started_at IS NOT NULL AND ended_at IS NOT NULL
              ORDER BY ended_at DESC LIMIT ${lastTrials}) AS recent) AS "trialMs",
         (SELECT count(*) FROM trial WHERE campaign_id = campaign.id AND state IN ('proposed', 'running') AND needs IS NOT NULL) AS waiting
       FROM campaign
         LEFT JOIN LATERAL (SELECT at FROM event WHERE campaign_id = campaign.id AND seq IS NOT NULL AND NOT starts_with(kind, 'alarm.')
           ORDER BY seq DESC LIMIT 1) AS sealed ON true
         LEFT JOIN LATERAL (SELECT max(at) AS at FROM event WHERE campaign_id = campaign.id AND seq IS NULL AND NOT starts_with(kind, 'alarm.')) AS fresh ON true
       WHERE campaign.phase IN ('running', 'draining')
         AND greatest(campaign.created_at, sealed.at, fresh.at) < $1::timestamptz - make_interval(secs => ${leastMs / 1_000})) AS quiet
     WHERE last < $1::timestamptz - make_interval(secs => 2 * coalesce("trialMs", ${unknownMs}) / 1000) ORDER BY id`,
    [new Date(now)],
  );
  return rows.map((row) => quietRow.parse(row));
}

/** On which instrument jobs of trials ran of which nobody can tell: trial to its name in the ledger. */
export async function lostOn(query: Query, trials: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await query(
    `SELECT DISTINCT ON (trial_id) trial_id AS trial, instrument FROM submission
     WHERE trial_id = ANY ($1) AND state = 'unknown' ORDER BY trial_id, called_at`,
    [trials],
  );
  return new Map(rows.map(({ trial, instrument }) => [trial as string, instrument as string]));
}
