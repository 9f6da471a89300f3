import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { AthanorError } from '../../models/domain/errors.js';
import { sha256 } from './exact-json.js';

const folder = new URL('./migrations/', import.meta.url);
// Any constant does; it only must be the same for all processes.
const lock = 7_264_010_001;

/** One numbered file of SQL. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** The migrations that come with the code, in order. */
export async function migrations(): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{6}-.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      number: Number(name.slice(0, 6)),
      name: name.slice(7, -4),
      sql: await readFile(new URL(name, folder), 'utf8'),
    })),
  );
}

/**
 * Brings the database to the newest shape. Several processes may call it at once: one works, the others wait. Each
 * migration and the row that records it are one transaction; none is ever changed or undone.
 *
 * @returns numbers of the migrations applied now
 * @throws {AthanorError} MIGRATION if the database is newer than this code, or was made by other migrations
 */
export async function migrate(pool: pg.Pool, wanted?: readonly Migration[]): Promise<readonly number[]> {
  const list = wanted ?? (await migrations());
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lock]);
    try {
      return await applyMissing(client, list);
    } finally {
      await client.query('SELECT pg_advisory_unlock($1)', [lock]);
    }
  } finally {
    client.release();
  }
}

async function applyMissing(client: pg.PoolClient, list: readonly Migration[]): Promise<number[]> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS migration (
       number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
  const rows = (await client.query('SELECT number, name, sha256 FROM migration ORDER BY number')).rows as {
    number: number;
    name: string;
    sha256: string;
  }[];
  checkApplied(rows, list);
  const applied: number[] = [];
  for (const { number, name, sql } of list.slice(rows.length)) {
    await client.query('BEGIN');
    try {
      await client.query(sql);
      await client.query('INSERT INTO migration (number, name, sha256) VALUES ($1, $2, $3)', [
        number,
        name,
        sha256(sql),
      ]);
      await client.query('COMMIT');
    } catch (cause) {
      await client.query('ROLLBACK');
      const message = `migration ${number} (${name}) failed and was undone: ${(cause as Error).message}`;
      throw new AthanorError('MIGRATION', message, { cause });
    }
    applied.push(number);
  }
  return applied;
}

function checkApplied(
  rows: readonly { number: number; name: string; sha256: string }[],
  list: readonly Migration[],
): void {
  rows.forEach((row, i) => {
    const known = list[i];
    if (known === undefined)
      throw new AthanorError(
        'MIGRATION',
        `the database has migration ${row.number} (${row.name}), this version of athanor knows ${list.length}; use a newer athanor`,
      );
    if (known.number !== row.number || sha256(known.sql) !== row.sha256)
      throw new AthanorError(
        'MIGRATION',
        `migration ${row.number} (${row.name}) of the database differs from the one this athanor brings; use another database`,
      );
  });
}
