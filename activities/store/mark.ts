import type { Query } from './client.js';
import { markRow, type StoreMark } from './mark-row.js';

/** Where the database stands now. */
export async function readMark(query: Query): Promise<StoreMark> {
  const [row] = await query(
    'UPDATE store_mark SET id = coalesce(id, gen_random_uuid()::text) RETURNING id, life, beats',
  );
  return markRow.parse(row);
}

/** Has it stand further, as workers are at work. @returns where it stands since */
export async function beatStore(query: Query): Promise<StoreMark> {
  const [row] = await query(
    'UPDATE store_mark SET id = coalesce(id, gen_random_uuid()::text), beats = beats + 1 RETURNING id, life, beats',
  );
  return markRow.parse(row);
}

/** Begins a life of the database, as a person says that work goes on from a dump that was restored. */
export async function beginLife(query: Query): Promise<void> {
  await query('UPDATE store_mark SET life = life + 1');
}
