import { z } from 'zod';
import {
  type CampaignRecord,
  type TrialRecord,
  type TrialState,
  trialRecordSchema,
} from '../../models/domain/record.js';
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

const trialColumns = `${proposalColumns}, trial.state, trial.generation, (SELECT count(*)::integer FROM ruling WHERE ruling.trial_id = trial.id) AS rulings,
  EXISTS (SELECT 1 FROM step_answer WHERE step_answer.trial_id = trial.id) AS stepped,
  CASE WHEN trial.state IN ('proposed', 'running') THEN needs END AS needs, ${approvalColumn} AS approval, rejected, trial.started_at AS "startedAt", trial.ended_at AS "endedAt", ${observationColumns}`;

/** What belongs to proposals, looked up for each (OFFSET 0): a planner that takes a page for many rows would read all of the tables. */
const besideProposal = `JOIN LATERAL (SELECT * FROM trial WHERE trial.id = proposal.id OFFSET 0) AS trial ON true
  LEFT JOIN LATERAL (SELECT * FROM observation WHERE observation.trial_id = proposal.id OFFSET 0) AS observation ON true`;

/** Some trials of a campaign. */
export interface TrialPage {
  /** What comes before, in the order of ids; the first ones where absent. */
  readonly after?: { readonly round: number; readonly index: number } | undefined;
  /** As many at most. */
  readonly limit: number;
  readonly state?: TrialState | undefined;
  readonly fidelity?: string | undefined;
}

const wanted = `FROM proposal JOIN trial ON trial.id = proposal.id
  WHERE proposal.campaign_id = $1 AND (proposal.round, proposal.place) > ($2, $3)
    AND ($4::text IS NULL OR trial.state = $4) AND ($5::text IS NULL OR proposal.fidelity = $5)`;

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
    const after = trials.at(-1)?.proposal;
    const page = await readPage(query, campaignId, { after, limit: pageRows }, except);
    trials.push(...page);
    if (page.length < pageRows) return trials;
  }
}

/** A page of the trials of a campaign, of which no others are read, and whether there are more after it. */
export async function listTrials(
  query: Query,
  campaignId: string,
  page: TrialPage,
): Promise<{ readonly trials: readonly TrialRecord[]; readonly hasMore: boolean }> {
  const trials: TrialRecord[] = [];
  for (;;) {
    const after = trials.at(-1)?.proposal ?? page.after;
    const limit = Math.min(pageRows, page.limit - trials.length);
    if (limit === 0) {
      const [more] = await query(
        `SELECT EXISTS (SELECT 1 ${wanted}) AS "is"`,
        wantedOf(campaignId, { ...page, after }),
      );
      return { trials, hasMore: more!.is as boolean };
    }
    const piece = await readPage(query, campaignId, { ...page, after, limit });
    trials.push(...piece);
    if (piece.length < limit) return { trials, hasMore: false };
  }
}

/** A trial as the store knows it; null where there is none of the id. */
export async function findTrial(query: Query, trialId: string): Promise<TrialRecord | null> {
  const [row] = await query(
    `SELECT ${trialColumns} FROM (SELECT * FROM proposal WHERE id = $1) AS proposal ${besideProposal}`,
    [trialId],
  );
  return row === undefined ? null : trialOf(query, row);
}

async function readPage(
  query: Query,
  campaignId: string,
  page: TrialPage,
  except: readonly string[] = [],
): Promise<readonly TrialRecord[]> {
  const rows = await query(
    `SELECT ${trialColumns} FROM (
       SELECT proposal.* ${wanted} AND NOT (proposal.id = ANY ($6)) ORDER BY proposal.round, proposal.place LIMIT $7
     ) AS proposal ${besideProposal} ORDER BY proposal.round, proposal.place`,
    [...wantedOf(campaignId, page), except, page.limit],
  );
  const trials: TrialRecord[] = [];
  for (const row of rows) trials.push(await trialOf(query, row));
  return trials;
}

function wantedOf(campaignId: string, { after, state, fidelity }: TrialPage): readonly unknown[] {
  return [campaignId, after?.round ?? 0, after?.index ?? 0, state ?? null, fidelity ?? null];
}

async function trialOf(query: Query, row: Record<string, unknown>): Promise<TrialRecord> {
  return {
    proposal: proposalRow.parse(row),
    ...trialRow.parse(row),
    ...ofPeople(row),
    observation: row.trialId === null ? null : observationRow.parse(row),
    ...(row.stepped === true ? { steps: await listRanSteps(query, row.id as string) } : {}),
    ...((row.generation as number) > 1 || (row.rulings as number) > 0 ? await past(query, row.id as string) : {}),
  };
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
