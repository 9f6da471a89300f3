import { DamagedError } from '../domain/errors.js';
import { sha256Of } from '../domain/sha256.js';
import { type Manifest, modelFile, modelName } from './manifest.js';

/** A stored network with all that it needs; may be sent to a thread. */
export interface ModelBundle {
  readonly manifest: Manifest;
  /** Bytes of every file that the manifest has a hash of, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * By what a model is known apart from any other: sha256 over the hashes of its files and what of the manifest decides what
 * comes out of them. Words for people change nothing.
 */
export function modelIdentity(manifest: Manifest): string {
  const { sha256, tokenizer, inputs, inputRoles, outputs, pooling, canonicalFirst, modality, encoder } = manifest;
  const parts = { sha256, tokenizer, inputs, inputRoles, outputs, pooling, canonicalFirst, modality, encoder };
  return sha256Of(JSON.stringify(sorted({ ...parts, model: modelFile(manifest) })));
}

/**
 * Makes sure that a bundle has all files of its manifest, unchanged.
 * @throws {DamagedError} naming every file that is missing or another
 */
export function checkFiles({ manifest, files }: ModelBundle): void {
  const wrong = Object.entries(manifest.sha256).flatMap(([name, wanted]) => {
    const bytes = files.get(name);
    if (bytes === undefined) return [`${name} is missing`];
    const found = sha256Of(bytes);
    return found === wanted ? [] : [`${name} has sha256 ${found}, where the manifest says ${wanted}`];
  });
  if (wrong.length > 0)
    throw new DamagedError(`model ${modelName(manifest)} is not what its manifest says: ${wrong.join('; ')}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
