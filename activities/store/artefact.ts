import { AthanorError } from '../../models/domain/errors.js';
import type { Query } from './client.js';
import { sha256 } from './exact-json.js';

/** Keeps bytes under their sha256, which is returned; bytes that are there already are not written again. */
export async function saveArtefact(query: Query, bytes: Uint8Array): Promise<string> {
  const sha = sha256(bytes);
  await query('INSERT INTO artefact (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING', [sha, Buffer.from(bytes)]);
  return sha;
}

/**
 * The bytes under a sha256.
 * @throws {AthanorError} ARTEFACT if there are none, or they do not have that sha256 any more
 */
export async function loadArtefact(query: Query, sha: string): Promise<Uint8Array> {
  const [row] = await query('SELECT bytes FROM artefact WHERE sha256 = $1', [sha]);
  if (row === undefined) throw new AthanorError('ARTEFACT', `the store has no artefact ${sha}`);
  const bytes = row.bytes as Buffer;
  if (sha256(bytes) !== sha) throw new AthanorError('ARTEFACT', `the bytes of artefact ${sha} are damaged`);
  return bytes;
}
