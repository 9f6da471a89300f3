import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';
import type { Query } from './client.js';

/** A folder in which workers keep their adapters' jobs. */
export interface Home {
  readonly id: string;
  /** For people: machine and folder. */
  readonly name: string;
}

/** Workers say so often that their home is at work. */
export const homeBeatMs = 5_000;
/** Without a word for this long a home counts as away. */
const awaySeconds = 20;

const millis = z.date().transform((date) => date.getTime());

const awaySchema = z.object({
  campaignId: z.string(),
  home: z.string(),
  name: z.string(),
  since: millis,
  trials: z.array(z.string()),
});

/** Trials in flight that wait for a home of which no worker is at work; `since` in ms since 1970. */
export type AwayHome = Readonly<z.infer<typeof awaySchema>>;

/**
 * Notes that a worker of a home is at work.
 * @throws {AthanorError} CONFLICT if another folder with the same id is at work: one is a copy of the other
 */
export async function beatHome(query: Query, { id, name }: Home): Promise<void> {
  const noted = await query(
    `INSERT INTO home (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE
       SET name = $2, seen_at = now(), left_at = NULL
       WHERE home.name = $2 OR home.left_at IS NOT NULL OR home.seen_at < now() - make_interval(secs => ${awaySeconds})
     RETURNING id`,
    [id, name],
  );
  if (noted.length > 0) return;
  const [other] = await query('SELECT name FROM home WHERE id = $1', [id]);
  throw new AthanorError(
    'CONFLICT',
    `home ${id} is at work as '${other?.name}', and this is '${name}': one is a copy of the other, and a job in one is unknown ` +
      'to the other. Remove home.json from the copy, or end the other worker',
  );
}

/** Notes that the last worker of a home in this process has let go. */
export async function leaveHome(query: Query, { id, name }: Home): Promise<void> {
  await query('UPDATE home SET left_at = now() WHERE id = $1 AND name = $2', [id, name]);
}

/** Whether no worker of the home is at work. */
export async function isHomeAway(query: Query, id: string): Promise<boolean> {
  const rows = await query(
    `SELECT 1 FROM home WHERE id = $1 AND left_at IS NULL AND seen_at >= now() - make_interval(secs => ${awaySeconds})`,
    [id],
  );
  return rows.length === 0;
}

/** Homes that are away while trials in flight lie there, by campaign. */
export async function listAwayHomes(query: Query, campaignId: string | null = null): Promise<readonly AwayHome[]> {
  const rows = await query(
    `SELECT trial.campaign_id AS "campaignId", home.id AS home, home.name, coalesce(home.left_at, home.seen_at) AS since,
       array_agg(trial.id ORDER BY trial.id) AS trials
     FROM trial JOIN submission ON submission.trial_id = trial.id JOIN home ON home.id = submission.home
     WHERE trial.state = 'running' AND ($1::text IS NULL OR trial.campaign_id = $1)
       AND submission.state IN ('called', 'accepted') AND submission.generation = trial.generation
       AND (home.left_at IS NOT NULL OR home.seen_at < now() - make_interval(secs => ${awaySeconds}))
     GROUP BY trial.campaign_id, home.id ORDER BY trial.campaign_id, home.id`,
    [campaignId],
  );
  return rows.map((row) => awaySchema.parse(row));
}
