import { z } from 'zod';
import { ContractError } from '../../models/domain/errors.js';
import type { Proposal } from '../../models/domain/proposal.js';
import type { Observation } from '../../models/domain/trial.js';
import type { Query } from './client.js';
import { observationColumns, observationSchema } from './observation.js';
import { proposalColumns, proposalSchema } from './proposal.js';

const foundSchema = proposalSchema.extend({ campaignId: z.string() });

/** What the store holds of a trial. */
export interface StoredTrial {
  readonly campaignId: string;
  readonly proposal: Proposal;
  /** Null until the trial is over. */
  readonly observation: Observation | null;
}

/**
 * A trial with its proposal and what was observed.
 * @throws {ContractError} if the store does not know the trial
 */
export async function loadTrial(query: Query, id: string): Promise<StoredTrial> {
  const [row] = await query(
    `SELECT ${proposalColumns}, proposal.campaign_id AS "campaignId", ${observationColumns}
     FROM proposal LEFT JOIN observation ON observation.trial_id = proposal.id WHERE proposal.id = $1`,
    [id],
  );
  if (row === undefined) throw new ContractError(`the store has no trial '${id}'`);
  const { campaignId, ...proposal } = foundSchema.parse(row);
  return { campaignId, proposal, observation: row.trialId === null ? null : observationSchema.parse(row) };
}

/** Notes that a trial is under way, the first time it is called. */
export async function startTrial(query: Query, id: string): Promise<void> {
  await query(`UPDATE trial SET state = 'running', started_at = now() WHERE id = $1 AND state = 'proposed'`, [id]);
}

/** Takes proposals back that were never started. */
export async function withdrawTrials(query: Query, ids: readonly string[]): Promise<void> {
  await query(`UPDATE trial SET state = 'withdrawn', ended_at = now() WHERE id = ANY ($1) AND state = 'proposed'`, [
    ids,
  ]);
}
