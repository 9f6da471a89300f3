import pg from 'pg';
import type { Query } from '../../activities/store/client.js';
import { migrations } from '../../activities/store/migrate.js';

/** Tables with rows, each after those that it refers to. */
const tables = [
  ...['migration', 'home', 'artefact', 'campaign', 'round', 'proposal'],
  ...['trial', 'submission', 'attempt', 'reopening', 'audit'],
];

/**
 * A whole database as SQL for an empty one: the migrations as they were applied, then every row. Values are those that
 * PostgreSQL prints, from which it reads the same bits back. (`pg_dump` does not come with the embedded server.)
 */
export async function databaseDump(query: Query): Promise<string> {
  const applied = await migrations();
  const parts = [
    'CREATE TABLE migration (\n' +
      '  number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());',
    ...applied.map(({ sql }) => sql),
  ];
  const present = await query(`SELECT relname FROM pg_stat_user_tables ORDER BY relname`);
  const missing = present.map(({ relname }) => relname as string).filter((name) => !tables.includes(name));
  if (missing.length > 0) throw new Error(`tables that would be left out: ${missing.join(', ')}`);
  for (const table of tables) parts.push(...(await rowsOf(query, table)));
  parts.push(`SELECT setval(pg_get_serial_sequence('audit', 'id'), (SELECT max(id) FROM audit));`);
  return `${parts.join('\n')}\n`;
}

async function rowsOf(query: Query, table: string): Promise<string[]> {
  const columns = (
    await query(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`,
      [table],
    )
  ).map(({ name }) => `"${name}"`);
  const rows = await query(`SELECT ${columns.map((name) => `${name}::text`).join(', ')} FROM "${table}" ORDER BY 1`);
  return rows.map((row) => {
    const values = Object.values(row).map((value) => (value === null ? 'NULL' : pg.escapeLiteral(value as string)));
    return `INSERT INTO "${table}" (${columns.join(', ')}) OVERRIDING SYSTEM VALUE VALUES (${values.join(', ')});`;
  });
}
