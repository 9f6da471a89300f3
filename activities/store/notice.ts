import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';

/** What a message says of its matters: that they began, last on, or are over. */
export const occasions = ['begun', 'lasting', 'over'] as const;

const matterSchema = z.object({
  /** The same for as long as it is the same matter. */
  subject: z.string(),
  kind: z.string(),
  /** What it is about: where a matter gives way to another of the same, nothing is over. */
  about: z.string(),
  campaigns: z.array(z.string()),
  lab: z.string().nullable(),
  trials: z.array(z.string()),
  /** Milliseconds since 1970; null where nobody knows. */
  since: z.number().nullable(),
  text: z.string(),
  commands: z.array(z.string()),
  /** Design values by trial, for destinations that ask for them. */
  designs: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))),
  /** What a person is to do, a line each, with values of the design: for the same destinations. */
  instructions: z.array(z.string()).optional(),
  /** Where a person finds it on the page. */
  link: z.string().optional(),
  /** Whether it is over as soon as it is told. */
  momentary: z.boolean(),
});
/** Something that waits for a person, stands still, or has ended. */
export type Matter = Readonly<z.infer<typeof matterSchema>>;

const messageRow = z.object({
  id: z.string(),
  occasion: z.enum(occasions),
  notices: z.array(z.coerce.number()),
  at: z.date().transform((date) => date.getTime()),
  attempts: z.number(),
  matters: z.array(matterSchema),
});
/** What is to be sent now; `at` in ms since 1970. */
export type DueMessage = Readonly<z.infer<typeof messageRow>>;

const healthRow = z.object({
  name: z.string(),
  toldAt: z.date().nullable(),
  trouble: z.string().nullable(),
  troubleAt: z.date().nullable(),
  gone: z.boolean(),
  waiting: z.coerce.number(),
  /** Whether, in the last days, it took a message for a whole day not, or wanted no more, and none since. */
  lost: z.boolean(),
});
/** How a destination goes, and how many messages wait for it. */
export type DestinationHealth = Readonly<z.infer<typeof healthRow>>;

/** A destination as a worker has it. */
export interface Destination {
  readonly name: string;
  /** Of its settings, without secrets. */
  readonly fingerprint: string;
}

/** Whether this process alone looks now at what there is to tell, to the end of the transaction. */
export async function mayLook(query: Query): Promise<boolean> {
  const [row] = await query('SELECT pg_try_advisory_xact_lock(7264010002) AS mine');
  return row?.mine === true;
}

/** Notes a destination. @returns since when it is there, ms since 1970; null where it wants no more messages */
export async function keepDestination(query: Query, { name, fingerprint }: Destination): Promise<number | null> {
  const [row] = await query(
    `INSERT INTO destination (name, fingerprint) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET fingerprint = $2,
       gone_at = CASE WHEN destination.fingerprint = $2 THEN destination.gone_at END,
       trouble = CASE WHEN destination.fingerprint = $2 THEN destination.trouble END
     RETURNING since, gone_at IS NOT NULL AS gone`,
    [name, fingerprint],
  );
  return row!.gone === true ? null : (row!.since as Date).getTime();
}

/** What is open between the world and a destination. */
export interface Seen {
  /** All that there is now, whether the destination wants it or not. */
  readonly all: readonly Matter[];
  /** What of it the destination wants to be told. */
  readonly wanted: readonly Matter[];
  /** Whether nobody can tell now whether a subject is still there. */
  readonly isUnsure: (subject: string) => boolean;
  /** After how long something is told again, milliseconds; null for never. */
  readonly remindMs: (matter: Matter) => number | null;
  readonly tellOver: boolean;
}

/**
 * Writes down what is to be told to a destination: what is new, what is over, and what lasts on; together what is of one kind and
 * campaign or lab. To be called in a transaction, after `mayLook`.
 */
export async function noteMatters(query: Query, destination: string, seen: Seen): Promise<void> {
  const { all, wanted, isUnsure, remindMs, tellOver } = seen;
  const rows = await query(
    `SELECT id, subject, matter, told_at IS NOT NULL OR EXISTS (
         SELECT 1 FROM message WHERE notices @> ARRAY[notice.id] AND attempts > 0) AS told
     FROM notice WHERE destination = $1 AND closed_at IS NULL`,
    [destination],
  );
  const open = rows.map(({ id, subject, matter, told }) => ({
    id: Number(id),
    subject: subject as string,
    matter: matterSchema.parse(matter),
    told: told === true,
  }));
  const here = new Set(all.map(({ subject }) => subject));
  const about = new Set(all.map((matter) => matter.about));
  const gone = open.filter(({ subject }) => !here.has(subject) && !isUnsure(subject));
  await query('UPDATE notice SET closed_at = now() WHERE id = ANY ($1)', [gone.map(({ id }) => id)]);
  await query(
    `UPDATE message SET dropped_at = now() WHERE destination = $1 AND sent_at IS NULL AND dropped_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.id = ANY (notices) AND closed_at IS NULL) AND occasion <> 'over'
       AND (claimed_until IS NULL OR claimed_until < now())`,
    [destination],
  );
  const over = gone.filter(({ told, matter }) => told && !matter.momentary && !about.has(matter.about));
  if (tellOver) await write(query, destination, 'over', over);

  const known = new Set(open.map(({ subject }) => subject));
  const begun: { id: number; matter: Matter }[] = [];
  for (const matter of wanted) {
    if (known.has(matter.subject)) continue;
    const [row] = await query(
      `INSERT INTO notice (destination, subject, matter) VALUES ($1, $2, $3)
       ON CONFLICT (destination, subject) WHERE closed_at IS NULL DO NOTHING RETURNING id`,
      [destination, matter.subject, exactJson(matter)],
    );
    if (row !== undefined) begun.push({ id: Number(row.id), matter });
  }
  await write(query, destination, 'begun', begun);

  const lasting = wanted.flatMap((matter) => {
    const ms = matter.momentary ? null : remindMs(matter);
    return ms === null ? [] : [{ subject: matter.subject, seconds: ms / 1_000 }];
  });
  if (lasting.length === 0) return;
  const due = await query(
    `UPDATE notice SET reminded_at = now() FROM unnest($2::text[], $3::float8[]) AS lasting (of, seconds)
     WHERE destination = $1 AND closed_at IS NULL AND subject = lasting.of
       AND greatest(coalesce(told_at, opened_at), reminded_at) < now() - make_interval(secs => lasting.seconds)
       AND NOT EXISTS (SELECT 1 FROM message
         WHERE notices @> ARRAY[notice.id] AND sent_at IS NULL AND dropped_at IS NULL) RETURNING id`,
    [destination, lasting.map(({ subject }) => subject), lasting.map(({ seconds }) => seconds)],
  );
  const ids = new Set(due.map(({ id }) => Number(id)));
  await write(
    query,
    destination,
    'lasting',
    open.filter(({ id }) => ids.has(id)),
  );
}

async function write(
  query: Query,
  destination: string,
  occasion: DueMessage['occasion'],
  notices: readonly { readonly id: number; readonly matter: Matter }[],
): Promise<void> {
  const groups = new Map<string, number[]>();
  for (const { id, matter } of notices) {
    const group = JSON.stringify([matter.kind, matter.lab ?? matter.campaigns]);
    groups.set(group, [...(groups.get(group) ?? []), id]);
  }
  for (const ids of groups.values())
    await query('INSERT INTO message (id, destination, occasion, notices) VALUES ($1, $2, $3, $4)', [
      `msg_${randomUUID().replaceAll('-', '')}`,
      destination,
      occasion,
      ids,
    ]);
}

/** How long one attempt may take, seconds; after that another process may make the next. */
const claimSeconds = 120;

/** Takes the oldest message that is due to a destination for this process to send; null where none is. */
export async function claimMessage(query: Query, destination: string): Promise<DueMessage | null> {
  const [row] = await query(
    `UPDATE message SET attempts = attempts + 1, claimed_until = now() + make_interval(secs => ${claimSeconds})
     WHERE id = (SELECT message.id FROM message JOIN destination ON destination.name = message.destination
       WHERE destination = $1 AND gone_at IS NULL AND sent_at IS NULL AND dropped_at IS NULL AND next_at <= now()
         AND (claimed_until IS NULL OR claimed_until < now())
       ORDER BY at, message.id LIMIT 1 FOR UPDATE OF message SKIP LOCKED)
     RETURNING id, occasion, notices, at, attempts,
       (SELECT json_agg(matter ORDER BY notice.id) FROM notice WHERE notice.id = ANY (notices)) AS matters`,
    [destination],
  );
  return row === undefined ? null : messageRow.parse(row);
}

/** Notes that a message was taken; `trouble` where not by all who should have it. */
export async function noteSent(
  query: Query,
  { id, notices }: DueMessage,
  destination: string,
  trouble: string | null = null,
): Promise<void> {
  await query('UPDATE message SET sent_at = now(), claimed_until = NULL WHERE id = $1', [id]);
  await query('UPDATE notice SET told_at = coalesce(told_at, now()) WHERE id = ANY ($1)', [notices]);
  await query(
    'UPDATE destination SET told_at = now(), trouble = $2, trouble_at = CASE WHEN $2::text IS NULL THEN NULL ELSE now() END WHERE name = $1',
    [destination, trouble],
  );
}

/** Notes that a message was not taken, and when it is tried again: null where that is given up. */
export async function noteFailed(
  query: Query,
  { id }: DueMessage,
  destination: string,
  failed: { readonly trouble: string; readonly againMs: number | null; readonly gone: boolean },
): Promise<void> {
  const { trouble, againMs, gone } = failed;
  await query(
    `UPDATE message SET trouble = $2, claimed_until = NULL, next_at = now() + make_interval(secs => coalesce($3::float8, 0)),
       dropped_at = CASE WHEN $3::float8 IS NULL THEN now() END WHERE id = $1`,
    [id, trouble, againMs === null ? null : againMs / 1_000],
  );
  if (gone)
    await query(
      'UPDATE message SET dropped_at = now() WHERE destination = $1 AND sent_at IS NULL AND dropped_at IS NULL',
      [destination],
    );
  await query(
    `UPDATE destination SET trouble = $2, trouble_at = now(), gone_at = CASE WHEN $3 THEN now() ELSE gone_at END WHERE name = $1`,
    [destination, trouble, gone],
  );
}

/** How destinations go, by name. */
export async function destinationHealth(query: Query): Promise<readonly DestinationHealth[]> {
  const rows = await query(
    `SELECT name, told_at AS "toldAt", trouble, trouble_at AS "troubleAt", gone_at IS NOT NULL AS gone,
       (SELECT count(*) FROM message WHERE destination = name AND sent_at IS NULL AND dropped_at IS NULL) AS waiting,
       coalesce(gone_at > now() - interval '3 days', false) OR EXISTS (SELECT 1 FROM message WHERE destination = name AND trouble IS NOT NULL
         AND dropped_at > greatest(now() - interval '3 days', destination.told_at) AND dropped_at - at > interval '12 hours') AS lost
     FROM destination ORDER BY name`,
  );
  return rows.map((row) => healthRow.parse(row));
}

const endedRow = z.object({ id: z.string(), text: z.string().nullable(), endedAt: z.date() });

/** Campaigns that stopped in the last week, and why. */
export async function endedCampaigns(
  query: Query,
): Promise<readonly { readonly id: string; readonly text: string; readonly endedAt: number }[]> {
  const rows = await query(
    `SELECT id, stop->>'text' AS text, ended_at AS "endedAt" FROM campaign
     WHERE phase = 'stopped' AND ended_at > now() - interval '7 days' ORDER BY ended_at, id`,
  );
  return rows.map((row) => {
    const { id, text, endedAt } = endedRow.parse(row);
    return { id, text: text ?? '', endedAt: endedAt.getTime() };
  });
}
