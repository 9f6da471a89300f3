import { z } from 'zod';
import type { Query } from './client.js';

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
 * Draws what a job uses up, once whatever is repeated; to be called in a transaction, after `lockLab`.
 * @returns the first stock that does not suffice, and then nothing is drawn; null where all was there
 */
export async function drawStock(
  query: Query,
  lab: string,
  key: string,
  uses: Readonly<Record<string, number>>,
): Promise<string | null> {
  const wanted = Object.entries(uses);
  if (wanted.length === 0) return null;
  const drawn = await drawnFor(query, lab, key);
  const open = wanted.filter(([stock]) => !drawn.includes(stock));
  for (const [stock, amount] of open) {
    const [row] = await query(
      `SELECT coalesce(sum(amount), 0) >= $3::numeric AS suffices FROM stock_move WHERE lab = $1 AND stock = $2`,
      [lab, stock, String(amount)],
    );
    if (row?.suffices !== true) return stock;
  }
  for (const [stock, amount] of open)
    await query('INSERT INTO stock_move (lab, stock, amount, key) VALUES ($1, $2, -$3::numeric, $4)', [
      lab,
      stock,
      String(amount),
      key,
    ]);
  return null;
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

async function drawnFor(query: Query, lab: string, key: string): Promise<readonly string[]> {
  const rows = await query(
    'SELECT stock FROM stock_move WHERE lab = $1 AND key = $2 GROUP BY stock HAVING sum(amount) < 0',
    [lab, key],
  );
  return rows.map((row) => row.stock as string);
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
