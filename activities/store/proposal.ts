import { z } from 'zod';
import { artefactRefSchema } from '../../models/domain/artefact.js';
import {
  assuranceSchema,
  basisSchema,
  type Proposal,
  proposalSchema,
  reasonSchema,
} from '../../models/domain/proposal.js';
import type { Need } from '../../models/domain/record.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';

/** A proposal in a row that has other columns, too. What a version that stores more has written is passed on whole. */
export const proposalRow = proposalSchema
  .extend({
    reason: reasonSchema.loose(),
    basis: basisSchema
      .extend({
        assurances: z.array(assuranceSchema.loose()).optional(),
        artefacts: z.array(artefactRefSchema.loose()).optional(),
      })
      .loose(),
  })
  .strip();

/** Columns for `proposalRow`; the table must be called `proposal` in the statement. */
export const proposalColumns = `proposal.id, proposal.round, proposal.place AS "index", proposal.design,
  proposal.row_id AS "rowId", proposal.fidelity, proposal.estimated_cost AS "estimatedCost", proposal.reason, proposal.basis`;

const roundSchema = z.object({ shortfall: z.enum(['space', 'budget']).nullable() });

/** What was decided for a round. */
export interface StoredRound {
  readonly proposals: readonly Proposal[];
  readonly shortfall: 'space' | 'budget' | null;
}

/** The decision stored for a round, without what people put beside it later; null if none was made. */
export async function findRound(query: Query, campaignId: string, round: number): Promise<StoredRound | null> {
  const [row] = await query('SELECT shortfall FROM round WHERE campaign_id = $1 AND round = $2', [campaignId, round]);
  if (row === undefined) return null;
  const rows = await query(
    `SELECT ${proposalColumns} FROM proposal WHERE campaign_id = $1 AND round = $2 AND basis->'person' IS NULL ORDER BY place`,
    [campaignId, round],
  );
  return { ...roundSchema.parse(row), proposals: rows.map((r) => proposalRow.parse(r)) };
}

/** The last round of a campaign that was decided, 0 before the first. */
export async function lastRound(query: Query, campaignId: string): Promise<number> {
  const [row] = await query('SELECT coalesce(max(round), 0) AS round FROM round WHERE campaign_id = $1', [campaignId]);
  return Number(row!.round);
}

/** A decision to be stored, with what was asked. */
export interface NewRound extends StoredRound {
  readonly campaignId: string;
  readonly round: number;
  readonly count: number;
  readonly pending: readonly string[];
  readonly remainingCost: number | null;
  /** What its trials need of a person before they begin; absent where nothing. */
  readonly needs?: Need;
}

/**
 * Stores a decision with its proposals and their trials; to be called in a transaction.
 * @returns false if the round had been decided already, in which case nothing is written
 */
export async function saveRound(query: Query, given: NewRound): Promise<boolean> {
  const inserted = await query(
    `INSERT INTO round (campaign_id, round, count, pending, remaining_cost, shortfall) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING RETURNING round`,
    [given.campaignId, given.round, given.count, exactJson(given.pending), given.remainingCost, given.shortfall],
  );
  if (inserted.length === 0) return false;
  for (const proposal of given.proposals) await saveProposal(query, given.campaignId, proposal, given.needs);
  return true;
}

/**
 * Stores a proposal with its trial; to be called in a transaction. That of a person that takes the place of another is added
 * to a round that was decided.
 */
export async function saveProposal(
  query: Query,
  campaignId: string,
  proposal: Proposal,
  needs: Need | null = null,
): Promise<void> {
  await query(
    `INSERT INTO proposal (id, campaign_id, round, place, design, row_id, fidelity, estimated_cost, reason, basis)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      proposal.id,
      campaignId,
      proposal.round,
      proposal.index,
      exactJson(proposal.design),
      proposal.rowId,
      proposal.fidelity,
      proposal.estimatedCost,
      exactJson(proposal.reason),
      exactJson(proposal.basis),
    ],
  );
  await query('INSERT INTO trial (id, campaign_id, needs) VALUES ($1, $2, $3)', [proposal.id, campaignId, needs]);
}
