import { expect, it } from 'vitest';
import { openStore } from '../../../activities/store/client.js';
import { createTestDatabase } from '../../support/services.js';

it('a transaction whose process is suspended lets go of its locks, and is done again when it wakes', async () => {
  const database = await createTestDatabase();
  const suspended = openStore(database.url, { connections: 1, idleLimitMs: 300 });
  const other = openStore(database.url, { connections: 1 });
  try {
    await other.query('CREATE TABLE pot (n int)');
    await other.query('INSERT INTO pot VALUES (0)');
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    let held = () => {};
    const holding = new Promise<void>((resolve) => {
      held = resolve;
    });
    let times = 0;
    const late = suspended.transaction(async (query) => {
      times += 1;
      await query('UPDATE pot SET n = n + 1');
      held();
      await asleep;
      return query('SELECT n FROM pot');
    });
    await holding;
    // Waits for the row until the server has ended the other.
    expect(await other.transaction((query) => query('UPDATE pot SET n = n + 10 RETURNING n'))).toEqual([{ n: 10 }]);
    wake();
    expect([await late, times]).toEqual([[{ n: 11 }], 2]);
  } finally {
    await Promise.all([suspended.close(), other.close()]);
    await database.drop();
  }
});
