import { z } from 'zod';
import { type AuditEntry, auditEntrySchema } from '../../models/domain/record.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';

/** A decision as it is stored. */
export const auditRow = auditEntrySchema
  .unwrap()
  .extend({ at: z.date().transform((date) => date.getTime()) })
  .strip();

/** A decision of a person, as it is written down; `requestId` makes a repeated delivery one entry. */
export interface NewAuditEntry extends Omit<AuditEntry, 'at'> {
  readonly campaignId: string;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Writes a decision down, once. */
export async function saveAudit(query: Query, entry: NewAuditEntry): Promise<void> {
  await query(
    `INSERT INTO audit (campaign_id, request_id, at, who, action, details) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING`,
    [entry.campaignId, entry.requestId, new Date(entry.at), entry.who, entry.action, exactJson(entry.details)],
  );
}

/** All decisions of people on a campaign, oldest first. */
export async function listAudit(query: Query, campaignId: string): Promise<readonly AuditEntry[]> {
  const rows = await query('SELECT at, who, action, details FROM audit WHERE campaign_id = $1 ORDER BY at, id', [
    campaignId,
  ]);
  return rows.map((row) => auditRow.parse(row));
}
