import { expect, it } from 'vitest';
import { openStore } from '../../../activities/store/client.js';
import { beatStore, beginLife, readMark } from '../../../activities/store/mark.js';
import { isBehind } from '../../../activities/store/mark-row.js';
import { createTestDatabase } from '../../support/services.js';

it('a store that stands further back is refused, also in the midst of a connection', async () => {
  const database = await createTestDatabase();
  const plain = openStore(database.url, { connections: 1 });
  const first = await readMark(plain.query);
  const last = await beatStore(plain.query);
  expect([last.beats - first.beats, isBehind(first, last), isBehind(last, first)]).toEqual([1, true, false]);
  const store = openStore(database.url, { connections: 1, refuses: (mark) => isBehind(mark, last) });
  const count = () => store.transaction((query) => query('SELECT count(*)::int AS n FROM campaign'));
  try {
    expect(await count()).toEqual([{ n: 0 }]);
    // Restored beneath the connections that there are.
    await plain.query('UPDATE store_mark SET beats = $1', [first.beats]);
    await expect(count()).rejects.toThrow('older state of itself');
    await expect(
      openStore(database.url, { refuses: (mark) => isBehind(mark, last) }).query('SELECT 1'),
    ).rejects.toMatchObject({ code: '57P03' });
    await beginLife(plain.query);
    expect(isBehind(await readMark(plain.query), last)).toBe(false);
    expect(await count()).toEqual([{ n: 0 }]);
  } finally {
    await Promise.all([store.close(), plain.close()]);
    await database.drop();
  }
});
