import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inStore, keepRaw } from '../../../activities/keep-raw.js';
import {
  artefactSize,
  loadArtefact,
  pieceBytes,
  saveArtefact,
  saveStream,
  streamArtefact,
} from '../../../activities/store/artefact.js';
import { openStore, type Query, type Store } from '../../../activities/store/client.js';
import type { RawFile } from '../../../lab-adapters/contract.js';
import { AdapterError } from '../../../models/domain/errors.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 4 });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

/** Bytes that differ from piece to piece, in pieces of odd sizes. */
async function* bytes(size: number, seed = 1, step = 70_001): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += step) {
    const piece = new Uint8Array(Math.min(step, size - at));
    for (let i = 0; i < piece.length; i += 97) piece[i] = (at + i) * seed;
    yield piece;
  }
}

async function hashed(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece);
  return hash.digest('hex');
}

const pieces = async (query: Query) => Number((await query('SELECT count(*) AS count FROM artefact_piece'))[0]!.count);

it.each([0, 1, pieceBytes - 1, pieceBytes, pieceBytes + 1, 3 * pieceBytes, 3 * pieceBytes + 5])(
  'keeps a stream of %i bytes, and gives them back',
  async (size) => {
    const { sha256, size: kept } = await saveStream(store, () => bytes(size));
    expect(kept).toBe(size);
    expect(sha256).toBe(await hashed(bytes(size)));
    expect(await artefactSize(store.query, sha256)).toBe(size);
    expect(await hashed(streamArtefact(store.query, sha256))).toBe(sha256);
    expect(await hashed([await loadArtefact(store.query, sha256)] as never)).toBe(sha256);
  },
);

it('keeps the same content once, however it comes, by several at once', async () => {
  const before = await pieces(store.query);
  const size = 2 * pieceBytes + 3;
  const all = await Promise.all([1, 2, 3].map((i) => saveStream(store, () => bytes(size, 5, i * 50_000))));
  expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(3);
  const again = await Promise.all([1, 2, 3].map(() => saveStream(store, () => bytes(size, 5, 50_000))));
  expect(new Set(again.map(({ sha256 }) => sha256))).toEqual(new Set([all[0]!.sha256]));
  expect(await pieces(store.query)).toBe(before + 9);
  const whole = await loadArtefact(store.query, all[0]!.sha256);
  expect(await saveArtefact(store.query, whole)).toBe(all[0]!.sha256);
});

it('keeps nothing of a stream that breaks, and finds bytes that were changed', async () => {
  const before = await pieces(store.query);
  const broken = async function* () {
    yield* bytes(2 * pieceBytes, 7);
    throw new Error('the line is cut');
  };
  await expect(saveStream(store, broken)).rejects.toThrow('the line is cut');
  expect(await pieces(store.query)).toBe(before);
  const { sha256 } = await saveStream(store, () => bytes(2 * pieceBytes, 9));
  await expect(store.query('DELETE FROM artefact_piece')).rejects.toThrow(/append-only/);
  await store.query('ALTER TABLE artefact_piece DISABLE TRIGGER append_only');
  await store.query(
    `UPDATE artefact_piece SET bytes = set_byte(bytes, 0, 1 - get_byte(bytes, 0) % 2) WHERE place = 1 AND upload = (SELECT upload FROM artefact WHERE sha256 = $1)`,
    [sha256],
  );
  await store.query('ALTER TABLE artefact_piece ENABLE TRIGGER append_only');
  await expect(loadArtefact(store.query, sha256)).rejects.toThrow(/are damaged/);
});

it('never holds more than a piece of a large file that is not in the store yet', async () => {
  const size = 48 * 2 ** 20;
  let [given, stored, most] = [0, 0, 0];
  const counting: Store = {
    ...store,
    transaction: (work) =>
      store.transaction((query) =>
        work(async (sql, parameters = []) => {
          if (!sql.startsWith('INSERT INTO artefact_piece')) return query(sql, parameters);
          const rows = await query(sql, parameters);
          stored += (parameters[2] as Uint8Array).length;
          return rows;
        }),
      ),
  };
  const step = 2 ** 16;
  const large: RawFile = {
    size,
    open: async function* () {
      for (; given < size; given += step) {
        yield new Uint8Array(step).fill(given / step);
        most = Math.max(most, given + step - stored);
      }
    },
  };
  const { artefacts, left } = await keepRaw({ artefacts: { 'trace.raw': large } }, { save: inStore(counting) });
  expect(left).toEqual([]);
  expect(stored).toBe(size);
  // What was given and is not in the store: one piece being filled, and what is read to tell a large file from a small one.
  expect(most).toBeLessThanOrEqual(2 * pieceBytes + step);
  expect(await artefactSize(store.query, artefacts['trace.raw']!)).toBe(size);
  let longest = 0;
  for await (const piece of streamArtefact(store.query, artefacts['trace.raw']!))
    longest = Math.max(longest, piece.length);
  expect(longest).toBe(pieceBytes);
});

const of = (size: number, told: Partial<RawFile> = {}): RawFile => ({ open: () => bytes(size), ...told });

it('keeps the values and tells in words what is too large, gone, or changed', async () => {
  const opened: string[] = [];
  const never = (name: string) => {
    opened.push(name);
    return bytes(2_000);
  };
  const limits = { fileBytes: 1_000, trialBytes: 1_500 };
  const artefacts = {
    small: of(600, { mediaType: 'text/csv' }),
    told: { ...of(2_000, { size: 2_000, at: '/data/told.raw' }), open: () => never('told') },
    untold: of(2_000, { at: '/data/untold.raw' }),
    changed: of(10, { size: 11 }),
    gone: {
      open: () => {
        throw new Error('no such file');
      },
    },
    more: of(400),
    beyond: of(600),
    bytes: new Uint8Array(501),
  };
  const kept = await keepRaw({ artefacts }, { limits, save: inStore(store) });
  expect(Object.keys(kept.artefacts)).toEqual(['small', 'more']);
  expect(kept.mediaTypes).toEqual({ small: 'text/csv' });
  expect(opened).toEqual([]);
  expect(kept.left).toEqual([
    'told: 2000 bytes; at most 1000 of one file are kept; it is left at /data/told.raw',
    'untold: more than 1500 bytes; at most 1500 of one trial are kept; it is left at /data/untold.raw',
    'changed: cannot be read: 10 bytes came where 11 were there',
    'gone: cannot be read: no such file',
    'beyond: more than 1500 bytes; at most 1500 of one trial are kept; it is left where it is',
    'bytes: 501 bytes; at most 1500 of one trial are kept; it is left where it is',
  ]);
  const later = await keepRaw({ artefacts: { more: of(400) } }, { limits, before: 1_200, save: inStore(store) });
  expect(later.left).toHaveLength(1);
});

it('asks again for what cannot be had now, and waits for no stream that is silent', async () => {
  const away: RawFile = {
    open: async function* () {
      yield new Uint8Array(3);
      throw new AdapterError('the device is away');
    },
  };
  await expect(keepRaw({ artefacts: { away } }, { save: inStore(store) })).rejects.toThrow('the device is away');
  const silent: RawFile = {
    open: async function* () {
      await new Promise(() => {});
    },
  };
  const asked = keepRaw({ artefacts: { silent } }, { save: inStore(store), timeoutMs: 10 });
  await expect(asked).rejects.toThrow(/did not answer 'a raw output'/);
});
