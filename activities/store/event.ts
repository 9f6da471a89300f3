import { z } from 'zod';
import type { Query } from './client.js';
import { sealedColumns, sealedEvent, sealOf } from './seal.js';

const eventRow = z.object({
  seq: z.number(),
  at: z.date().transform((date) => date.getTime()),
  kind: z.string(),
  who: z.string().nullable(),
  campaign: z.string().nullable(),
  lab: z.string().nullable(),
  subject: z.string().nullable(),
  body: z.unknown(),
});
/** Something that happened, `at` in milliseconds since 1970; `kind` is a noun and what became of it, as `trial.ended`, or `act.` and what a person did. */
export type StoreEvent = Readonly<z.infer<typeof eventRow>>;

/** Which events are wanted: those after a number, of one campaign or all. */
export interface EventFilter {
  readonly after: number;
  readonly campaign?: string | undefined;
  readonly limit: number;
}

const columns = 'seq::int AS seq, at, kind, who, campaign_id AS campaign, lab, subject, body';

/** Sealed events in their order. What is not sealed yet is told later: see `sealEvents`. */
export async function listEvents(query: Query, { after, campaign, limit }: EventFilter): Promise<StoreEvent[]> {
  const rows = await query(
    `SELECT ${columns} FROM event
     WHERE seq > $1 AND ($2::text IS NULL OR campaign_id = $2) ORDER BY seq LIMIT $3`,
    [after, campaign ?? null, limit],
  );
  return rows.map((row) => eventRow.parse(row));
}

/** The last sealed events, oldest first. */
export async function lastEvents(query: Query, { campaign, limit }: Omit<EventFilter, 'after'>): Promise<StoreEvent[]> {
  const rows = await query(
    `SELECT ${columns} FROM event WHERE seq IS NOT NULL AND ($1::text IS NULL OR campaign_id = $1) ORDER BY seq DESC LIMIT $2`,
    [campaign ?? null, limit],
  );
  return rows.map((row) => eventRow.parse(row)).reverse();
}

/** A number by campaign, of all or of one, that grows with whatever is written of it. */
export async function newestByCampaign(query: Query, id: string | null = null): Promise<ReadonlyMap<string, number>> {
  // A look at the index for each of them; the events that have no seal yet are few.
  const rows = await query(
    `SELECT id, coalesce((SELECT max(seq) FROM event WHERE campaign_id = campaign.id), 0)::int
       + (SELECT count(*) FROM event WHERE seq IS NULL AND campaign_id = campaign.id)::int AS newest FROM campaign
     WHERE $1::text IS NULL OR id = $1`,
    [id],
  );
  return new Map(rows.map(({ id, newest }) => [id as string, newest as number]));
}

/** The number of the event with a seal; null where none has it. */
export async function sealedAs(query: Query, seal: string): Promise<number | null> {
  const [row] = await query('SELECT seq::int AS seq FROM event WHERE sha256 = $1', [seal]);
  return (row?.seq as number | undefined) ?? null;
}

/** What a look at the whole chain found. */
export interface ChainReport {
  /** Events whose seals were computed again. */
  readonly events: number;
  /** The last seal, or that of the last good event where one does not hold. */
  readonly sha256: string;
  /** The first event that does not hold, and what about it; null where all do. */
  readonly fault: { readonly seq: number; readonly what: 'changed' | 'missing' } | null;
}

const chainRow = sealedEvent.extend({ seq: z.number(), sha256: z.string() });
const readAtOnce = 2_000;

/** Computes all seals again, and finds the first event that was changed or taken away since it was sealed. */
export async function verifyChain(query: Query): Promise<ChainReport> {
  let seq = 0;
  let seal = '';
  for (;;) {
    const rows = await query(
      `SELECT seq::int AS seq, sha256, ${sealedColumns} FROM event WHERE seq > $1 ORDER BY seq LIMIT ${readAtOnce}`,
      [seq],
    );
    for (const row of rows) {
      const event = chainRow.parse(row);
      if (event.seq !== seq + 1) return { events: seq, sha256: seal, fault: { seq: seq + 1, what: 'missing' } };
      const again = sealOf(seal, event.seq, event);
      if (again !== event.sha256) return { events: seq, sha256: seal, fault: { seq: event.seq, what: 'changed' } };
      seq = event.seq;
      seal = again;
    }
    if (rows.length < readAtOnce) return { events: seq, sha256: seal, fault: null };
  }
}
