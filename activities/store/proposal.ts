import { z } from 'zod';
import { type AskedApproval, askedApprovalSchema } from '../../models/domain/approval.js';
import { artefactRefSchema } from '../../models/domain/artefact.js';
import {
  assuranceSchema,
  basisSchema,
  type Proposal,
  proposalSchema,
  reasonSchema,
} from '../../models/domain/proposal.js';
import { needs } from '../../models/domain/record.js';
import type { Slot } from '../../workflows/loop.js';
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

const extensionsSchema = basisSchema.shape.extensions;

const spanRow = z.object({ count: z.int(), first: z.string().nullable(), last: z.string().nullable() });

const slotRow = z.object({ id: z.string(), cost: z.number(), fidelity: z.string() });

const trialRow = slotRow.extend({
  needs: z.enum(needs).nullable(),
  approval: askedApprovalSchema.nullable(),
});

/** SQL of the approval that is asked for of a trial, with the time until which it is; the table must be called `trial`. */
export const approvalColumn = `CASE WHEN trial.approval IS NOT NULL THEN json_build_object(
  'why', trial.approval->'why', 'timeoutMs', trial.approval->'timeoutMs', 'otherwise', trial.approval->'otherwise',
  'until', round(extract(epoch FROM approve_until) * 1000)::bigint) END`;

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

/** A trial that is to run, as far as its campaign cares. */
export type RoundTrial = Readonly<z.infer<typeof trialRow>>;

/**
 * The trials of a round as they stand: what people took back is left out, what they put in its place is there, and what was
 * approved meanwhile needs it no more.
 */
export async function listRoundTrials(query: Query, campaignId: string, round: number): Promise<readonly RoundTrial[]> {
  const rows = await query(
    `SELECT id, estimated_cost AS cost, fidelity, CASE WHEN state = 'proposed' THEN needs END AS needs, ${approvalColumn} AS approval
     FROM proposal JOIN trial USING (id) WHERE proposal.campaign_id = $1 AND round = $2 AND rejected IS NULL ORDER BY place`,
    [campaignId, round],
  );
  return rows.map((row) => trialRow.parse(row));
}

/** The proposal that a person's decision with this request id stored; null where it was not taken yet. */
export async function findPlaced(query: Query, campaignId: string, requestId: string): Promise<Slot | null> {
  const [row] = await query(
    `SELECT proposal.id, estimated_cost AS cost, fidelity FROM audit JOIN proposal ON proposal.id = audit.details->>'placed'
     WHERE audit.campaign_id = $1 AND request_id = $2`,
    [campaignId, requestId],
  );
  return row === undefined ? null : slotRow.parse(row);
}

/** The last round of a campaign that was decided, 0 before the first. */
export async function lastRound(query: Query, campaignId: string): Promise<number> {
  const [row] = await query('SELECT coalesce(max(round), 0) AS round FROM round WHERE campaign_id = $1', [campaignId]);
  return Number(row!.round);
}

/** The extensions of the pool that the last decision of a campaign was made with, oldest first; see `extensionsOf`. */
export async function lastExtensions(query: Query, campaignId: string): Promise<readonly string[]> {
  const [row] = await query(
    `SELECT basis->'extensions' AS extensions FROM proposal WHERE campaign_id = $1 AND basis->'person' IS NULL
     ORDER BY round DESC, place DESC LIMIT 1`,
    [campaignId],
  );
  return extensionsSchema.parse(row?.extensions ?? undefined) ?? [];
}

/** How many trials a campaign has, and the ids of the first and the last; null where it has none. */
export async function trialSpan(
  query: Query,
  campaignId: string,
): Promise<{ readonly count: number; readonly first: string | null; readonly last: string | null }> {
  const [row] = await query(
    `SELECT count(*)::integer AS count,
       (SELECT id FROM proposal WHERE campaign_id = $1 ORDER BY round, place LIMIT 1) AS first,
       (SELECT id FROM proposal WHERE campaign_id = $1 ORDER BY round DESC, place DESC LIMIT 1) AS last
     FROM proposal WHERE campaign_id = $1`,
    [campaignId],
  );
  return spanRow.parse(row);
}

/** A decision to be stored, with what was asked. */
export interface NewRound extends StoredRound {
  readonly campaignId: string;
  readonly round: number;
  readonly count: number;
  readonly pending: readonly string[];
  readonly remainingCost: number | null;
  /** What a person is to approve before it begins, in the order of the proposals, null where nothing; absent where all are free. */
  readonly approvals?: readonly (AskedApproval | null)[];
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
  for (const [i, proposal] of given.proposals.entries())
    await saveProposal(query, given.campaignId, proposal, given.approvals?.[i]);
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
  approval: AskedApproval | null = null,
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
  const { until: _, ...asked } = approval ?? { until: null };
  await query('INSERT INTO trial (id, campaign_id, needs, approval) VALUES ($1, $2, $3, $4)', [
    proposal.id,
    campaignId,
    approval === null ? null : 'approval',
    approval === null ? null : exactJson(asked),
  ]);
}
