import { z } from 'zod';
import { ContractError } from '../../models/domain/errors.js';
import type { Proposal } from '../../models/domain/proposal.js';
import { type Need, type Rejection, type TrialState, trialStates } from '../../models/domain/record.js';
import type { Observation } from '../../models/domain/trial.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';
import { observationColumns, observationRow } from './observation.js';
import { proposalColumns, proposalRow } from './proposal.js';

const foundSchema = proposalRow.extend({ campaignId: z.string(), state: z.enum(trialStates) });

/** What the store holds of a trial. */
export interface FoundTrial {
  readonly campaignId: string;
  readonly proposal: Proposal;
  readonly state: TrialState;
  /** What the generation asked for gave; null until it is over. */
  readonly observation: Observation | null;
}

/** A trial in one of its generations: the first, and one more each time that a person has it done again. */
export interface TrialRef {
  readonly trialId: string;
  readonly generation: number;
}

/** A step of one generation of a trial, and where it is to be run. */
export interface StepRef extends TrialRef {
  /** Of the trial's recipe; the only one where absent. */
  readonly step?: string | undefined;
  /** Slot of the instrument that is leased for it; absent where none is. */
  readonly slot?: string | undefined;
}

/**
 * A trial with its proposal and what was observed.
 * @throws {ContractError} if the store does not know the trial
 */
export async function loadTrial(query: Query, { trialId: id, generation }: TrialRef): Promise<FoundTrial> {
  const [row] = await query(
    `SELECT ${proposalColumns}, proposal.campaign_id AS "campaignId",
       (SELECT state FROM trial WHERE trial.id = proposal.id) AS state, ${observationColumns}
     FROM proposal LEFT JOIN attempt AS observation
       ON observation.trial_id = proposal.id AND observation.generation = $2 WHERE proposal.id = $1`,
    [id, generation],
  );
  if (row === undefined) throw new ContractError(`the store has no trial '${id}'`);
  const { campaignId, state, ...proposal } = foundSchema.parse(row);
  return { campaignId, proposal, state, observation: row.trialId === null ? null : observationRow.parse(row) };
}

/** Whether a design has other trials at the same fidelity than that of this proposal, which were not withdrawn. */
export async function hasOtherTrials(
  query: Query,
  campaignId: string,
  { id, fidelity, rowId, design }: Pick<Proposal, 'id' | 'fidelity' | 'rowId' | 'design'>,
): Promise<boolean> {
  const [row] = await query(
    `SELECT EXISTS (SELECT FROM proposal JOIN trial USING (id) WHERE proposal.campaign_id = $1 AND fidelity = $2
       AND id <> $3 AND state <> 'withdrawn' AND row_id IS NOT DISTINCT FROM $4::text
       AND CASE WHEN row_id IS NULL THEN design::jsonb = $5::jsonb ELSE true END) AS found`,
    [campaignId, fidelity, id, rowId, exactJson(design)],
  );
  return row!.found as boolean;
}

/** The present generation of a trial. */
export async function generationOf(query: Query, id: string): Promise<number> {
  const [row] = await query('SELECT generation FROM trial WHERE id = $1', [id]);
  if (row === undefined) throw new ContractError(`the store has no trial '${id}'`);
  return row.generation as number;
}

/** Trials of a campaign that are under way, each in its present generation. */
export async function listRunning(query: Query, campaignId: string): Promise<readonly TrialRef[]> {
  return (await query(
    `SELECT id AS "trialId", generation FROM trial WHERE campaign_id = $1 AND state = 'running' ORDER BY id`,
    [campaignId],
  )) as unknown as TrialRef[];
}

/**
 * Notes that a trial is under way.
 * @returns false if it is over, or its proposal was taken back
 */
export async function startTrial(query: Query, id: string): Promise<boolean> {
  const rows = await query(
    `UPDATE trial SET state = 'running', started_at = coalesce(started_at, now())
     WHERE id = $1 AND state IN ('proposed', 'running') RETURNING id`,
    [id],
  );
  return rows.length > 0;
}

/**
 * Begins a generation of a trial after its first. What the one before gave stays, for the rounds decided with it.
 *
 * @param throughRound - the last round that was asked for before
 * @param uncharged - whether the generation before costs nothing: it never ran, or its job is that of this one
 */
export async function reopenTrial(
  query: Query,
  ref: TrialRef & { readonly throughRound: number; readonly uncharged?: boolean },
): Promise<void> {
  const { trialId, generation, throughRound, uncharged = false } = ref;
  await query(
    'INSERT INTO reopening (trial_id, generation, through_round, uncharged) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    [trialId, generation, throughRound, uncharged],
  );
  await query(
    `UPDATE trial SET generation = $2, state = 'running', needs = NULL, started_at = now(), ended_at = NULL
     WHERE id = $1 AND generation < $2`,
    [trialId, generation],
  );
}

/** Notes what a trial that has not ended needs of a person, null where nothing any more. */
export async function setNeeds(query: Query, id: string, needs: Need | null): Promise<void> {
  await query(`UPDATE trial SET needs = $2 WHERE id = $1 AND state IN ('proposed', 'running')`, [id, needs]);
}

/** Notes until when trials wait for approval, milliseconds since 1970; of those of which it is known it stays. */
export async function setDeadlines(query: Query, untils: Readonly<Record<string, number>>): Promise<void> {
  for (const [id, until] of Object.entries(untils))
    await query('UPDATE trial SET approve_until = $2 WHERE id = $1 AND approve_until IS NULL', [id, new Date(until)]);
}

/** Takes a proposal back that a person does not want, before it began; nothing happens to one that has. */
export async function rejectTrial(query: Query, id: string, rejection: Rejection): Promise<void> {
  await query(
    `UPDATE trial SET state = 'withdrawn', ended_at = now(), needs = NULL, rejected = $2 WHERE id = $1 AND state = 'proposed'`,
    [id, exactJson(rejection)],
  );
}

/** Takes proposals back that were never started. */
export async function withdrawTrials(query: Query, ids: readonly string[]): Promise<void> {
  await query(`UPDATE trial SET state = 'withdrawn', ended_at = now() WHERE id = ANY ($1) AND state = 'proposed'`, [
    ids,
  ]);
}
