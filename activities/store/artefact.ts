import { createHash } from 'node:crypto';
import { AthanorError } from '../../models/domain/errors.js';
import type { Query } from './client.js';
import { sha256 } from './exact-json.js';

/** Keeps bytes under their sha256, which is returned; bytes that are there already are not written again. */
export async function saveArtefact(query: Query, bytes: Uint8Array): Promise<string> {
  const sha = sha256(bytes);
  await query('INSERT INTO artefact (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING', [sha, Buffer.from(bytes)]);
  return sha;
}

/** Bytes read at once: the event loop has its turn in between. */
const pieceBytes = 2 ** 19;

/**
 * The bytes under a sha256, in a buffer of their own.
 * @throws {AthanorError} ARTEFACT if there are none, or they do not have that sha256 any more
 */
export async function loadArtefact(query: Query, sha: string): Promise<Uint8Array> {
  const [found] = await query('SELECT length(bytes) AS length FROM artefact WHERE sha256 = $1', [sha]);
  if (found === undefined) throw new AthanorError('ARTEFACT', `the store has no artefact ${sha}`);
  const bytes = new Uint8Array(found.length as number);
  const hash = createHash('sha256');
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    const [row] = await query('SELECT substring(bytes FROM $2 FOR $3) AS piece FROM artefact WHERE sha256 = $1', [
      sha,
      from + 1,
      pieceBytes,
    ]);
    const piece = row!.piece as Buffer;
    bytes.set(piece, from);
    hash.update(piece);
  }
  if (hash.digest('hex') !== sha) throw damaged(sha);
  return bytes;
}

/** The error for bytes that have another sha256 than the one they are kept under. */
export function damaged(sha: string): AthanorError {
  return new AthanorError('ARTEFACT', `the bytes of artefact ${sha} are damaged`);
}
