import { z } from 'zod';
import { type CampaignRecord, type TrialRecord, trialRecordSchema } from '../../models/domain/record.js';
import { namedArtefacts, writtenArtefacts } from '../../models/strategy/artefacts.js';
import { loadArtefact } from './artefact.js';
import { listAudit } from './audit.js';
import { findCampaign, loadCampaign, noCampaign } from './campaign.js';
import type { Query, Store } from './client.js';
import { observationColumns, observationRow } from './observation.js';
import { approvalColumn, proposalColumns, proposalRow } from './proposal.js';
import { loadPast } from './ruling.js';
import { listRanSteps } from './step-answer.js';

const time = z
  .date()
  .transform((date) => date.getTime())
  .nullable();
const { shape } = trialRecordSchema.unwrap();
const trialRow = z.object({ state: shape.state, startedAt: time, endedAt: time });
const peopleRow = z.object({
  needs: shape.needs.unwrap().nullable(),
  approval: shape.approval.unwrap().nullable(),
  rejected: shape.rejected.unwrap().nullable(),
});

/** Trials read at once: the event loop has its turn in between. */
const pageRows = 50;

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
      `SELECT ${proposalColumns}, trial.state, trial.generation, (SELECT count(*)::integer FROM ruling WHERE ruling.trial_id = trial.id) AS rulings,
         EXISTS (SELECT 1 FROM step_answer WHERE step_answer.trial_id = trial.id) AS stepped,
         CASE WHEN trial.state IN ('proposed', 'running') THEN needs END AS needs, ${approvalColumn} AS approval, rejected, trial.started_at AS "startedAt", trial.ended_at AS "endedAt", ${observationColumns}
       FROM proposal JOIN trial ON trial.id = proposal.id LEFT JOIN observation ON observation.trial_id = proposal.id
       WHERE proposal.campaign_id = $1 AND NOT (proposal.id = ANY ($2)) AND (proposal.round, proposal.place) > ($3, $4)
       ORDER BY proposal.round, proposal.place LIMIT $5`,
      [campaignId, except, last?.round ?? 0, last?.index ?? 0, pageRows],
    );
    for (const row of rows)
      trials.push({
        proposal: proposalRow.parse(row),
        ...trialRow.parse(row),
        ...ofPeople(row),
        observation: row.trialId === null ? null : observationRow.parse(row),
        ...(row.stepped === true ? { steps: await listRanSteps(query, row.id as string) } : {}),
        ...((row.generation as number) > 1 || (row.rulings as number) > 0 ? await past(query, row.id as string) : {}),
      });
    if (rows.length < pageRows) return trials;
  }
}

function ofPeople(row: unknown): Pick<TrialRecord, 'needs' | 'approval' | 'rejected'> {
  const { needs: needed, approval, rejected } = peopleRow.parse(row);
  return {
    ...(needed === null ? {} : { needs: needed }),
    ...(approval === null ? {} : { approval }),
    ...(rejected === null ? {} : { rejected }),
  };
}

async function past(query: Query, trialId: string): Promise<Pick<TrialRecord, 'earlier' | 'rulings'>> {
  const { earlier, rulings } = await loadPast(query, trialId);
  return { earlier, ...(rulings.length === 0 ? {} : { rulings }) };
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
  const held = new Map<string, Uint8Array>();
  for (const sha of namedArtefacts(trials)) held.set(sha, await loadArtefact(query, sha));
  const audit = await listAudit(query, campaignId);
  return { campaign, phase: head.phase, stop: head.stop, trials, audit, ...writtenArtefacts(held) };
}

/** The record as of this moment. @throws {AthanorError} NOT_FOUND */
export async function recordNow(store: Store, campaignId: string): Promise<CampaignRecord> {
  return store.transaction(async (query) => {
    await query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return loadRecord(query, campaignId);
  });
}
