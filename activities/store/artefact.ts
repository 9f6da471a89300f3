import { createHash } from 'node:crypto';
import { AthanorError } from '../../models/domain/errors.js';
import type { Query, Store } from './client.js';
import { sha256 } from './exact-json.js';

/** Bytes of one piece of what is written; longer artefacts that come as a stream are kept in so many pieces. */
export const pieceBytes = 2 ** 20;
/** Bytes read at once: the event loop has its turn in between. */
const readBytes = 2 ** 19;

/** Keeps bytes under their sha256, which is returned; bytes that are there already are not written again. */
export async function saveArtefact(query: Query, bytes: Uint8Array): Promise<string> {
  const sha = sha256(bytes);
  await query('INSERT INTO artefact (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING', [sha, Buffer.from(bytes)]);
  return sha;
}

/** What was kept of a stream. */
export interface KeptArtefact {
  readonly sha256: string;
  readonly size: number;
}

/**
 * Keeps a stream of bytes under their sha256 without holding more than a piece of it, whole or not at all; what is there already
 * takes no more room.
 *
 * @param open - begins the stream; again where the connection to the store is lost meanwhile
 * @throws whatever the stream throws; nothing is kept then
 */
export async function saveStream(store: Store, open: () => AsyncIterable<Uint8Array>): Promise<KeptArtefact> {
  const begun = await begin(open());
  if ('bytes' in begun) return { sha256: await saveArtefact(store.query, begun.bytes), size: begun.bytes.length };
  let stream: AsyncIterable<Uint8Array> | null = begun.stream;
  try {
    return await store.transaction((query) => {
      const from = stream ?? open();
      stream = null;
      return savePieces(query, from);
    });
  } catch (error) {
    if (error instanceof ThereAlready) return error.kept;
    throw error;
  }
}

/** Nothing is to be written: its transaction is taken back. */
class ThereAlready extends Error {
  constructor(readonly kept: KeptArtefact) {
    super('the artefact is there already');
  }
}

/** All bytes of a stream that is not longer than one piece, else the stream. */
async function begin(
  given: AsyncIterable<Uint8Array>,
): Promise<{ bytes: Buffer } | { stream: AsyncIterable<Uint8Array> }> {
  const rest = given[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size <= pieceBytes) {
    const { done, value } = await rest.next();
    if (done === true) return { bytes: Buffer.concat(parts, size) };
    size += value.length;
    parts.push(value);
  }
  return { stream: after(parts, rest) };
}

async function* after(parts: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    while (parts.length > 0) yield parts.shift()!;
    for (;;) {
      const { done, value } = await rest.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    await rest.return?.();
  }
}

async function savePieces(query: Query, stream: AsyncIterable<Uint8Array>): Promise<KeptArtefact> {
  const [row] = await query("SELECT nextval('artefact_upload') AS upload");
  const { upload } = row!;
  const hash = createHash('sha256');
  const piece = Buffer.alloc(pieceBytes);
  let [filled, place, size] = [0, 0, 0];
  const write = () =>
    query('INSERT INTO artefact_piece (upload, place, bytes) VALUES ($1, $2, $3)', [
      upload,
      place++,
      piece.subarray(0, filled),
    ]);
  for await (const part of stream) {
    hash.update(part);
    size += part.length;
    for (let from = 0; from < part.length; ) {
      const taken = Math.min(part.length - from, pieceBytes - filled);
      piece.set(part.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < pieceBytes) continue;
      await write();
      filled = 0;
    }
  }
  if (filled > 0) await write();
  const kept = { sha256: hash.digest('hex'), size };
  // Waits for whoever keeps the same at this moment.
  const added = await query(
    'INSERT INTO artefact (sha256, upload, size) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING sha256',
    [kept.sha256, upload, size],
  );
  if (added.length === 0) throw new ThereAlready(kept);
  return kept;
}

/** How many bytes of an artefact there are; null where the store has none of the sha256. */
export async function artefactSize(query: Query, sha: string): Promise<number | null> {
  const [row] = await query('SELECT coalesce(size, length(bytes)) AS size FROM artefact WHERE sha256 = $1', [sha]);
  return row === undefined ? null : Number(row.size);
}

/**
 * The bytes under a sha256, piece by piece.
 * @throws {AthanorError} ARTEFACT if there are none, or, after the last piece, if they do not have that sha256 any more
 */
export async function* streamArtefact(query: Query, sha: string): AsyncGenerator<Uint8Array> {
  const [found] = await query('SELECT upload, coalesce(size, length(bytes)) AS size FROM artefact WHERE sha256 = $1', [
    sha,
  ]);
  if (found === undefined) throw new AthanorError('ARTEFACT', `the store has no artefact ${sha}`);
  const size = Number(found.size);
  const hash = createHash('sha256');
  for (let at = 0; at < size; ) {
    const [row] =
      found.upload === null
        ? await query('SELECT substring(bytes FROM $2 FOR $3) AS piece FROM artefact WHERE sha256 = $1', [
            sha,
            at + 1,
            readBytes,
          ])
        : await query('SELECT bytes AS piece FROM artefact_piece WHERE upload = $1 AND place = $2', [
            found.upload,
            at / pieceBytes,
          ]);
    if (row === undefined) throw damaged(sha);
    const piece = row.piece as Buffer;
    if (piece.length === 0) throw damaged(sha);
    hash.update(piece);
    at += piece.length;
    yield piece;
  }
  if (hash.digest('hex') !== sha) throw damaged(sha);
}

/**
 * The bytes under a sha256, in a buffer of their own.
 * @throws as `streamArtefact`
 */
export async function loadArtefact(query: Query, sha: string): Promise<Uint8Array> {
  const bytes = new Uint8Array((await artefactSize(query, sha)) ?? 0);
  let at = 0;
  for await (const piece of streamArtefact(query, sha)) {
    if (at + piece.length > bytes.length) throw damaged(sha);
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The error for bytes that have another sha256 than the one they are kept under. */
export function damaged(sha: string): AthanorError {
  return new AthanorError('ARTEFACT', `the bytes of artefact ${sha} are damaged`);
}
