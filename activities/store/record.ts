import { z } from 'zod';
import type { CampaignRecord, EarlierAttempt, TrialRecord } from '../../models/domain/record.js';
import { trialStates } from '../../models/domain/record.js';
import { listAudit } from './audit.js';
import { findCampaign, loadCampaign, noCampaign } from './campaign.js';
import type { Query } from './client.js';
import { observationColumns, observationSchema } from './observation.js';
import { proposalColumns, proposalSchema } from './proposal.js';

const time = z
  .date()
  .transform((date) => date.getTime())
  .nullable();
const trialSchema = z.object({ state: z.enum(trialStates), startedAt: time, endedAt: time });

/** Trials read at once: the event loop has its turn in between. */
const pageRows = 100;

/**
 * Trials of a campaign in the order of their ids.
 *
 * @param except - ids to leave out, because the caller has them already
 */
export async function loadTrials(
  query: Query,
  campaignId: string,
  except: readonly string[] = [],
): Promise<readonly TrialRecord[]> {
  const trials: TrialRecord[] = [];
  for (;;) {
    const last = trials.at(-1)?.proposal;
    const rows = await query(
      `SELECT ${proposalColumns}, trial.state, trial.generation, trial.started_at AS "startedAt", trial.ended_at AS "endedAt", ${observationColumns}
       FROM proposal JOIN trial ON trial.id = proposal.id LEFT JOIN observation ON observation.trial_id = proposal.id
       WHERE proposal.campaign_id = $1 AND NOT (proposal.id = ANY ($2)) AND (proposal.round, proposal.place) > ($3, $4)
       ORDER BY proposal.round, proposal.place LIMIT $5`,
      [campaignId, except, last?.round ?? 0, last?.index ?? 0, pageRows],
    );
    for (const row of rows)
      trials.push({
        proposal: proposalSchema.parse(row),
        ...trialSchema.parse(row),
        observation: row.trialId === null ? null : observationSchema.parse(row),
        ...((row.generation as number) > 1 ? { earlier: await earlierAttempts(query, row.id as string) } : {}),
      });
    if (rows.length < pageRows) return trials;
  }
}

async function earlierAttempts(query: Query, trialId: string): Promise<readonly EarlierAttempt[]> {
  const rows = await query(
    `SELECT ${observationColumns}, through_round AS "throughRound" FROM attempt AS observation
     JOIN reopening ON reopening.trial_id = observation.trial_id AND reopening.generation = observation.generation + 1
     WHERE observation.trial_id = $1 ORDER BY observation.generation`,
    [trialId],
  );
  return rows.map((row) => ({ observation: observationSchema.parse(row), throughRound: row.throughRound as number }));
}

/**
 * Everything the store knows of a campaign. Inside a transaction that reads one snapshot it is as of one moment.
 * @throws {AthanorError} NOT_FOUND if there is none with the id
 */
export async function loadRecord(query: Query, campaignId: string): Promise<CampaignRecord> {
  const head = await findCampaign(query, campaignId);
  if (head === null) throw await noCampaign(query, campaignId);
  const campaign = await loadCampaign(query, campaignId);
  const trials = await loadTrials(query, campaignId);
  return { campaign, phase: head.phase, stop: head.stop, trials, audit: await listAudit(query, campaignId) };
}
