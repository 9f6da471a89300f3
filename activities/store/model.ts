import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AthanorError, DamagedError } from '../../models/domain/errors.js';
import { type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import type { Manifest } from '../../models/pretrained/manifest.js';
import { parseManifest } from '../../models/pretrained/read-manifest.js';
import { artefactSize, saveStream } from './artefact.js';
import type { Query, Store } from './client.js';

const modelRow = z.object({
  identity: z.string(),
  manifest: z.unknown(),
  at: z.date().transform((date) => date.getTime()),
});

/** A model on the list of the store. */
export interface StoredModel {
  readonly identity: string;
  readonly manifest: Manifest;
  /** When it was added, ms since 1970. */
  readonly at: number;
}

/** A model whose files are read piece by piece when they are wanted, and never held whole. */
export interface ModelFiles {
  readonly manifest: Manifest;
  /** Begins to read a file. */
  readonly open: (file: string) => AsyncIterable<Uint8Array>;
}

/**
 * Keeps a model: its files as artefacts, each streamed, and then the row that names them. What is there already is not sent again; of a
 * file that is not what the manifest says nothing is kept.
 *
 * @param open - begins to read a file of the model
 * @returns whether anything was added
 * @throws {AthanorError} CONFLICT if the store has another model of that name; DAMAGED if a file is not what the manifest says
 */
export async function saveModel(
  store: Store,
  manifest: Manifest,
  open: (file: string) => AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const identity = modelIdentity(manifest);
  const { id, version } = manifest;
  await refuseOther(store.query, manifest, identity);
  for (const [file, sha256] of Object.entries(manifest.sha256)) {
    if ((await artefactSize(store.query, sha256)) !== null) continue;
    await saveStream(store, () => checked(open(file), sha256, `${file} of model ${id}@${version}`));
  }
  const added = await store.query(
    `INSERT INTO model (id, version, identity, manifest) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id, version) WHERE struck_at IS NULL DO NOTHING RETURNING seq`,
    [id, version, identity, JSON.stringify(manifest)],
  );
  // Somebody may have been quicker, with another.
  if (added.length === 0) await refuseOther(store.query, manifest, identity);
  return added.length > 0;
}

/** Keeps a model whose files are in memory, or are streamed. @returns and @throws as `saveModel` */
export async function saveBundle(store: Store, model: ModelBundle | ModelFiles): Promise<boolean> {
  if ('open' in model) return saveModel(store, model.manifest, model.open);
  return saveModel(store, model.manifest, async function* (file) {
    yield model.files.get(file)!;
  });
}

/** The models on the list, by name. */
export async function listModels(query: Query): Promise<readonly StoredModel[]> {
  const rows = await query(
    'SELECT identity, manifest, added_at AS at FROM model WHERE struck_at IS NULL ORDER BY id, version',
  );
  return rows.map(parseRow);
}

/** The model of an identity, also one that was taken off the list; null where the store never had it. */
export async function findModel(query: Query, identity: string): Promise<StoredModel | null> {
  const [row] = await query(
    'SELECT identity, manifest, added_at AS at FROM model WHERE identity = $1 ORDER BY struck_at IS NULL DESC, seq LIMIT 1',
    [identity],
  );
  return row === undefined ? null : parseRow(row);
}

/** Takes a model off the list; its files stay. @returns whether it was on it */
export async function strikeModel(query: Query, id: string, version: string): Promise<boolean> {
  const rows = await query(
    'UPDATE model SET struck_at = now() WHERE id = $1 AND version = $2 AND struck_at IS NULL RETURNING seq',
    [id, version],
  );
  return rows.length > 0;
}

/** The pieces of a stream; it breaks at its end where they have another sha256. */
async function* checked(pieces: AsyncIterable<Uint8Array>, sha256: string, what: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
  const found = hash.digest('hex');
  if (found !== sha256) throw new DamagedError(`${what} has sha256 ${found}, not ${sha256} as its manifest says`);
}

async function refuseOther(query: Query, { id, version }: Manifest, identity: string): Promise<void> {
  const [row] = await query('SELECT identity FROM model WHERE id = $1 AND version = $2 AND struck_at IS NULL', [
    id,
    version,
  ]);
  if (row !== undefined && row.identity !== identity)
    throw new AthanorError(
      'CONFLICT',
      `the store has another model ${id}@${version}, of identity ${String(row.identity).slice(0, 12)}; this one is ${identity.slice(0, 12)}: give it another version, or remove that one`,
    );
}

function parseRow(row: Record<string, unknown>): StoredModel {
  const { identity, manifest, at } = modelRow.parse(row);
  return { identity, at, manifest: parseManifest(manifest, 'manifest in the store') };
}
