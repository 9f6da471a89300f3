import { z } from 'zod';
import { slotName } from '../../models/domain/lab.js';
import { undoOf } from '../../models/domain/step-name.js';
import type { Amounts, Draws } from '../../models/domain/stock-needs.js';
import type { Query } from './client.js';
import { lockLab } from './lab.js';
import { leftBehind } from './left-behind.js';
import { listStandstills, type StoredStandstill } from './standstill.js';
import { drawStock, undrawStock } from './stock.js';
import { fenceFloor, findSubmission } from './submission.js';

const millis = z.date().transform((date) => date.getTime());

const leaseRow = z.object({
  lab: z.string(),
  resource: z.string(),
  place: z.number(),
  slot: z.string(),
  fence: z.coerce.number(),
  key: z.string(),
  holder: z.string(),
  campaignId: z.string(),
  askedAt: millis,
  grantedAt: millis,
  heldAt: millis.nullable(),
  releasedAt: millis.nullable(),
});

/** Who had a slot, from when to when; times in milliseconds since 1970. */
export type LeaseEntry = Readonly<z.infer<typeof leaseRow>>;

const columns = `lab, resource, place, slot, fence, key, holder, campaign_id AS "campaignId", asked_at AS "askedAt",
  granted_at AS "grantedAt", held_at AS "heldAt", released_at AS "releasedAt"`;

/** One slot, wanted for one job. */
export interface Grant {
  readonly lab: string;
  readonly resource: string;
  /** What drives the instrument; a word for positions. */
  readonly adapter: string;
  readonly place: number;
  readonly key: string;
  readonly holder: string;
  readonly campaignId: string;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  /** By the clock of the workflow, milliseconds since 1970. */
  readonly at: number;
  readonly uses: Amounts;
  /** What further jobs of the same trial will use up: they are drawn for, too, before it begins; one that has begun goes on without. */
  readonly further?: Draws;
  /** Resources of which any will do. */
  readonly anyOf: readonly string[];
  /** Key of a job whose slot, which is held, goes over to this one; null for none. */
  readonly after: string | null;
  /** Whether the trial has begun, so that it goes on while its campaign is paused. */
  readonly begun: boolean;
}

/** What came of wanting to write a lease down. */
export type GrantAnswer =
  /** `freed`: some of what was drawn before is there again. */
  | { readonly lease: LeaseEntry; readonly freed?: true }
  | { readonly short: string }
  | { readonly paused: true }
  | { readonly stands: StoredStandstill }
  | { readonly taken: LeaseEntry }
  | { readonly elsewhere: LeaseEntry };

/**
 * Writes a lease down, draws the stock, and takes a fence that is greater than every one given out for the slot; to be called in
 * a transaction. What was written down before is the answer again.
 */
export async function grantLease(query: Query, grant: Grant): Promise<GrantAnswer> {
  const { lab, resource, place, key, after } = grant;
  await lockLab(query, lab);
  const ofKey = await openLeases(query, lab, { key });
  const had = ofKey.find((lease) => lease.resource === resource);
  if (had !== undefined) return { lease: had.heldAt === null ? had : await letGoOn(query, had) };
  const elsewhere = ofKey.find((lease) => grant.anyOf.includes(lease.resource));
  if (elsewhere !== undefined) return { elsewhere };
  const [stands] = await listStandstills(query, lab, resource);
  if (stands !== undefined) return { stands };
  if (!grant.begun && after === null && (await mayNotBegin(query, grant))) return { paused: true };
  if (after !== null) await closeLease(query, { lab, resource, key: after, at: grant.at });
  const taken = (await openLeases(query, lab, { resource })).find((lease) => lease.place === place);
  if (taken !== undefined) return { taken };
  const own = { [key]: grant.uses };
  let drawn = await drawStock(query, lab, { ...grant.further, ...own });
  if (drawn.short !== null && grant.begun) drawn = await drawStock(query, lab, own);
  if (drawn.short !== null) return { short: drawn.short };
  const slot = slotName(lab, resource, place);
  const [row] = await query(
    `WITH taken AS (
       INSERT INTO instrument (id, adapter, fence) VALUES ($4, $5, ${fenceFloor})
       ON CONFLICT (id) DO UPDATE SET fence = greatest(instrument.fence + 1, EXCLUDED.fence) RETURNING fence)
     INSERT INTO lease (lab, resource, place, slot, fence, key, holder, campaign_id, asked_at, granted_at)
     SELECT $1, $2, $3, $4, taken.fence, $6, $7, $8, $9, $10 FROM taken RETURNING ${columns}`,
    [
      lab,
      resource,
      place,
      slot,
      grant.adapter,
      key,
      grant.holder,
      grant.campaignId,
      new Date(grant.askedAt),
      new Date(grant.at),
    ],
  );
  // A call that was held up may have noted a slot that was somebody else's by then.
  await query(
    `UPDATE submission SET slot = $2 WHERE key = $1 AND state IN ('called', 'accepted') AND slot IS NOT NULL`,
    [key, slot],
  );
  return { lease: leaseRow.parse(row), ...(drawn.freed ? { freed: true } : {}) };
}

/**
 * Whether a job that was not begun has to wait for its campaign to be resumed; or is about to be cancelled, and would take the slot
 * of another that was, before it hears of it.
 */
async function mayNotBegin(query: Query, { campaignId, key }: Grant): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM campaign WHERE id = $1 AND phase IN ('paused', 'aborting') AND NOT EXISTS (SELECT 1 FROM submission WHERE key = $2)`,
    [campaignId, key],
  );
  return rows.length > 0;
}

async function letGoOn(query: Query, { slot }: LeaseEntry): Promise<LeaseEntry> {
  const [row] = await query(
    `UPDATE lease SET held_at = NULL WHERE slot = $1 AND released_at IS NULL RETURNING ${columns}`,
    [slot],
  );
  return leaseRow.parse(row);
}

/** Of a lease: its job is the first of its generation of which nobody could tell, about which a person speaks. */
const isMeant = `NOT EXISTS (SELECT 1 FROM submission AS other WHERE other.trial_id = submission.trial_id
    AND other.generation = submission.generation AND other.state = 'unknown' AND other.called_at < submission.called_at)`;
/**
 * Of a lease: its job runs, or nobody knows whether it does, and no person has ruled on it, which they do once it is over; of
 * one that takes a step back they say so alone.
 */
const isOpen = `(submission.state IN ('called', 'accepted') OR submission.state = 'unknown' AND NOT EXISTS (
    SELECT 1 FROM ruling WHERE ruling.trial_id = submission.trial_id AND ruling.generation = submission.generation)
  AND NOT (submission.step LIKE '%${undoOf('')}' AND EXISTS (SELECT 1 FROM resolution
    WHERE resolution.trial_id = submission.trial_id AND resolution.generation = submission.generation) AND ${isMeant}))`;
/** Of a lease: a person says of its job that it never began. */
const isUnbegun = `EXISTS (SELECT 1 FROM resolution WHERE resolution.trial_id = submission.trial_id
    AND resolution.generation = submission.generation AND resolution.verdict = 'notStarted') AND ${isMeant}`;
/**
 * The sample of a trial stands in its position, `TRIAL/gN/@NAME`, for as long as any of its jobs is so, and where a person's word
 * left it there.
 */
const mayMove = `(EXISTS (SELECT 1 FROM submission WHERE submission.key = lease.key AND submission.slot = lease.slot AND ${isOpen}
    AND NOT (${isUnbegun}))
  OR EXISTS (SELECT 1 FROM submission WHERE submission.trial_id = substring(lease.key from '^(.+)/g[0-9]+/@')
    AND lease.key = submission.trial_id || '/g' || submission.generation || '/@' || lease.resource AND ${isOpen})
  OR ${leftBehind} IS NOT NULL)`;

/**
 * Gives a slot back, unless its job may still move it: then it is held until a person says what became of the job; to be
 * called in a transaction.
 *
 * @returns whether it is held, and whether stock that was drawn for it is there again, as its job was never begun
 */
export async function releaseLease(
  query: Query,
  given: { readonly lab: string; readonly resource: string; readonly key: string; readonly at: number },
): Promise<{ readonly held: boolean; readonly undrawn: boolean }> {
  await lockLab(query, given.lab);
  const held = await query(
    `UPDATE lease SET held_at = coalesce(held_at, $4)
     WHERE lab = $1 AND resource = $2 AND key = $3 AND released_at IS NULL AND ${mayMove} RETURNING id`,
    [given.lab, given.resource, given.key, new Date(given.at)],
  );
  if (held.length > 0) return { held: true, undrawn: false };
  await closeLease(query, given);
  const isBegun = (await findSubmission(query, given.key)) !== null || (await goesOn(query, given.key));
  return { held: false, undrawn: !isBegun && (await undrawStock(query, given.lab, given.key)) };
}

/** Whether another job of the same trial was begun, and the trial is not over: what its steps will use up is kept for them. */
async function goesOn(query: Query, key: string): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM trial JOIN submission ON submission.trial_id = trial.id AND submission.generation = trial.generation
     WHERE starts_with($1, trial.id || '/g' || trial.generation || '/') AND trial.id = substring($1 from '^(.+)/g[0-9]+/')
       AND trial.state IN ('proposed', 'running')`,
    [key],
  );
  return rows.length > 0;
}

/** Gives back what was held for jobs of which a person has said meanwhile what became of them; to be called in a transaction. */
export async function settleHeld(
  query: Query,
  { lab, resource, at }: { readonly lab: string; readonly resource: string; readonly at: number },
): Promise<void> {
  await lockLab(query, lab);
  await query(
    `UPDATE lease SET released_at = $3
     WHERE lab = $1 AND resource = $2 AND held_at IS NOT NULL AND released_at IS NULL AND NOT ${mayMove}`,
    [lab, resource, new Date(at)],
  );
}

/** Gives back the stock that was drawn for a job that never began, as a person says; to be called in a transaction. */
export async function giveStockBack(query: Query, key: string): Promise<void> {
  for (const { lab } of (await query('SELECT DISTINCT lab FROM lease WHERE key = $1', [key])) as { lab: string }[]) {
    await lockLab(query, lab);
    await undrawStock(query, lab, key);
  }
}

/** Gives back whatever is held on an instrument, as a person says that it is in order. */
export async function freeHeld(
  query: Query,
  { lab, resource, at }: { readonly lab: string; readonly resource: string; readonly at: number },
): Promise<readonly string[]> {
  const rows = await query(
    `UPDATE lease SET released_at = $3
     WHERE lab = $1 AND resource = $2 AND held_at IS NOT NULL AND released_at IS NULL RETURNING key`,
    [lab, resource, new Date(at)],
  );
  return rows.map((row) => row.key as string);
}

/** Which instruments and positions jobs of a trial have now. */
export async function leasedBy(query: Query, trialId: string): Promise<readonly { lab: string; resource: string }[]> {
  return (await query(`SELECT DISTINCT lab, resource FROM lease WHERE released_at IS NULL AND starts_with(key, $1)`, [
    `${trialId}/g`,
  ])) as { lab: string; resource: string }[];
}

/** Whether a slot is leased for a job now. */
export async function isLeased(query: Query, slot: string, key: string): Promise<boolean> {
  const rows = await query('SELECT 1 FROM lease WHERE slot = $1 AND key = $2 AND released_at IS NULL', [slot, key]);
  return rows.length > 0;
}

async function closeLease(
  query: Query,
  given: { readonly lab: string; readonly resource: string; readonly key: string; readonly at: number },
): Promise<void> {
  await query(
    'UPDATE lease SET released_at = $4 WHERE lab = $1 AND resource = $2 AND key = $3 AND released_at IS NULL',
    [given.lab, given.resource, given.key, new Date(given.at)],
  );
}

/** Leases of a lab that are not given back, of one resource or key alone where they are named. */
export async function openLeases(
  query: Query,
  lab: string,
  { resource = null, key = null }: { readonly resource?: string | null; readonly key?: string | null } = {},
): Promise<readonly LeaseEntry[]> {
  const rows = await query(
    `SELECT ${columns} FROM lease WHERE lab = $1 AND released_at IS NULL
       AND ($2::text IS NULL OR resource = $2) AND ($3::text IS NULL OR key = $3) ORDER BY id`,
    [lab, resource, key],
  );
  return rows.map((row) => leaseRow.parse(row));
}

/** All leases of a lab that there ever were, oldest first; those alone that had not ended by `since`, ms since 1970, where it is given. */
export async function leaseLog(query: Query, lab: string, since = 0): Promise<readonly LeaseEntry[]> {
  const rows = await query(
    `SELECT ${columns} FROM lease WHERE lab = $1 AND (released_at IS NULL OR released_at >= $2) ORDER BY id`,
    [lab, new Date(since)],
  );
  return rows.map((row) => leaseRow.parse(row));
}
