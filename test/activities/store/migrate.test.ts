import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../activities/store/client.js';
import { type Migration, migrate, migrations } from '../../../activities/store/migrate.js';
import { createEmptyDatabase, type TestDatabase } from '../../support/services.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createEmptyDatabase();
  pool = openStore(database.url, { connections: 6 }).pool;
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

const next = (number: number, sql: string): Migration => ({ number, name: 'more', sql });

describe('migrate', () => {
  it('applies each migration once, however many processes start together', async () => {
    const list = await migrations();
    expect(list.map(({ number }) => number)).toEqual(list.map((_, i) => i + 1));
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(pool)));
    expect(applied.flat()).toEqual(list.map(({ number }) => number));
    expect(await migrate(pool)).toEqual([]);
  });

  it('undoes a migration that fails, and does not record it', async () => {
    const list = await migrations();
    const bad = next(list.length + 1, 'CREATE TABLE half (a int); SELECT nonsense;');
    await expect(migrate(pool, [...list, bad])).rejects.toThrow(/migration \d+ \(more\) failed and was undone/);
    expect((await pool.query("SELECT to_regclass('half') AS found")).rows[0].found).toBeNull();
    const good = next(list.length + 1, 'CREATE TABLE whole (a int)');
    expect(await migrate(pool, [...list, good])).toEqual([good.number]);
  });

  it('refuses a database that is newer, or made by other migrations', async () => {
    const list = await migrations();
    await expect(migrate(pool)).rejects.toThrow(/use a newer athanor/);
    const changed = list.map((migration, i) =>
      i === 0 ? { ...migration, sql: `${migration.sql}\n-- changed` } : migration,
    );
    await expect(migrate(pool, changed)).rejects.toThrow(/differs from the one this athanor brings/);
  });
});
