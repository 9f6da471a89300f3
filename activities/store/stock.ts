import { z } from 'zod';
import type { Draws } from '../../models/domain/stock-needs.js';
import type { Query } from './client.js';
import { lockLab } from './lab.js';
import type { TrialRef } from './trial.js';

const leftRow = z.object({ stock: z.string(), left: z.coerce.number() });

/** What is left of each stock of a lab, in its unit. Sums are decimal, so that ten times 0.1 are 1. */
export async function stockOf(query: Query, lab: string): Promise<ReadonlyMap<string, number>> {
  const rows = await query(`SELECT stock, sum(amount)::text AS left FROM stock_move WHERE lab = $1 GROUP BY stock`, [
    lab,
  ]);
  return new Map(rows.map((row) => leftRow.parse(row)).map(({ stock, left }) => [stock, left]));
}

/**
 * Since when less than `least` of a stock is left, or nothing where that is 0; null where nothing was ever counted. Milliseconds
 * since 1970.
 */
export async function shortSince(query: Query, lab: string, stock: string, least: number): Promise<number | null> {
  const [row] = await query(
    `WITH counted AS (SELECT id, at, sum(amount) OVER (ORDER BY id) AS left FROM stock_move WHERE lab = $1 AND stock = $2)
     SELECT min(at) AS since FROM counted
     WHERE id > coalesce((SELECT max(id) FROM counted WHERE counted.left > 0 AND counted.left >= $3::numeric), 0)`,
    [lab, stock, String(least)],
  );
  return (row?.since as Date | null | undefined)?.getTime() ?? null;
}

/**
 * Draws what jobs use up, once whatever is repeated; to be called in a transaction, after `lockLab`. What was drawn before for a
 * job that was not begun becomes what is given now; of one that was begun it stays.
 *
 * @returns the first stock that does not suffice, and then nothing is drawn; else null, and whether something is there again
 */
export async function drawStock(
  query: Query,
  lab: string,
  draws: Draws,
): Promise<{ readonly short: string | null; readonly freed: boolean }> {
  const wanted = Object.entries(draws).flatMap(([key, uses]) =>
    Object.entries(uses).map(([stock, amount]) => ({ key, stock, amount: String(amount) })),
  );
  const changes = await changesTo(query, lab, { keys: Object.keys(draws), wanted });
  const [short] = await query(
    `SELECT stock FROM unnest($2::text[], $3::numeric[]) AS change(stock, amount) GROUP BY stock
     HAVING sum(amount) > 0 AND sum(amount) > coalesce(
       (SELECT sum(move.amount) FROM stock_move AS move WHERE move.lab = $1 AND move.stock = change.stock), 0)
     ORDER BY stock LIMIT 1`,
    [lab, changes.map(({ stock }) => stock), changes.map(({ amount }) => amount)],
  );
  if (short !== undefined) return { short: short.stock as string, freed: false };
  for (const { key, stock, amount } of changes)
    await query('INSERT INTO stock_move (lab, stock, amount, key) VALUES ($1, $2, -$3::numeric, $4)', [
      lab,
      stock,
      amount,
      key,
    ]);
  return { short: null, freed: changes.some(({ amount }) => amount.startsWith('-')) };
}

interface Drawn {
  readonly key: string;
  readonly stock: string;
  /** Decimal. */
  readonly amount: string;
}

/** What is to be drawn still, or is there again where it is negative. */
async function changesTo(
  query: Query,
  lab: string,
  { keys, wanted }: { readonly keys: readonly string[]; readonly wanted: readonly Drawn[] },
): Promise<readonly Drawn[]> {
  const rows = await query(
    `WITH drawn AS (SELECT key, stock, -sum(amount) AS amount FROM stock_move WHERE lab = $1 AND key = ANY ($2) GROUP BY key, stock),
       wanted AS (SELECT * FROM unnest($3::text[], $4::text[], $5::numeric[]) AS wanted(key, stock, amount)),
       change AS (SELECT key, stock, coalesce(wanted.amount, 0) - coalesce(drawn.amount, 0) AS amount, coalesce(drawn.amount, 0) AS before
         FROM wanted FULL JOIN drawn USING (key, stock))
     SELECT key, stock, amount::text FROM change
     WHERE amount <> 0 AND (before = 0 OR NOT EXISTS (SELECT 1 FROM submission WHERE submission.key = change.key)) ORDER BY key, stock`,
    [lab, keys, wanted.map(({ key }) => key), wanted.map(({ stock }) => stock), wanted.map(({ amount }) => amount)],
  );
  return rows as unknown as readonly Drawn[];
}

/** What jobs of a lab that were not begun have drawn: it is kept for them. */
export async function reservedOf(query: Query, lab: string): Promise<ReadonlyMap<string, number>> {
  const rows = await query(
    `SELECT stock, (-sum(amount))::text AS left FROM stock_move WHERE lab = $1 AND key IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM submission WHERE submission.key = stock_move.key) GROUP BY stock HAVING sum(amount) < 0`,
    [lab],
  );
  return new Map(rows.map((row) => leftRow.parse(row)).map(({ stock, left }) => [stock, left]));
}

/** What was drawn for jobs, of each stock together. */
export async function drawnFor(
  query: Query,
  lab: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await query(
    'SELECT stock, (-sum(amount))::text AS left FROM stock_move WHERE lab = $1 AND key = ANY ($2) GROUP BY stock',
    [lab, keys],
  );
  return new Map(rows.map((row) => leftRow.parse(row)).map(({ stock, left }) => [stock, left]));
}

/**
 * Notes that the jobs of a generation of a trial that were not begun never will be; to be called in a transaction.
 * @returns whether anything was drawn for them
 */
export async function undrawUnbegun(query: Query, lab: string, { trialId, generation }: TrialRef): Promise<boolean> {
  await lockLab(query, lab);
  const rows = await query(
    `SELECT DISTINCT key FROM stock_move WHERE lab = $1 AND starts_with(key, $2)
       AND NOT EXISTS (SELECT 1 FROM submission WHERE submission.key = stock_move.key)`,
    [lab, `${trialId}/g${generation}/`],
  );
  let any = false;
  for (const { key } of rows) any = (await undrawStock(query, lab, key as string)) || any;
  return any;
}

/**
 * Notes that a job did not use what was drawn for it after all; to be called in a transaction, after `lockLab`.
 * @returns whether anything was drawn
 */
export async function undrawStock(query: Query, lab: string, key: string): Promise<boolean> {
  const rows = await query(
    `INSERT INTO stock_move (lab, stock, amount, key)
     SELECT lab, stock, -sum(amount), key FROM stock_move WHERE lab = $1 AND key = $2
     GROUP BY lab, stock, key HAVING sum(amount) < 0 RETURNING id`,
    [lab, key],
  );
  return rows.length > 0;
}

/** Notes what a person filled up, or counted. */
export async function refillStock(
  query: Query,
  move: {
    readonly lab: string;
    readonly stock: string;
    readonly amount: number;
    readonly who: string;
    readonly why: string;
  },
): Promise<void> {
  await query('INSERT INTO stock_move (lab, stock, amount, who, why) VALUES ($1, $2, $3::numeric, $4, $5)', [
    move.lab,
    move.stock,
    String(move.amount),
    move.who,
    move.why,
  ]);
}
