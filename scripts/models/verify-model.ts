import { streamArtefact } from '../../activities/store/artefact.js';
import type { Store } from '../../activities/store/client.js';
import { AthanorError } from '../../models/domain/errors.js';
import { checkModel } from './check-model.js';
import type { KeptModel } from './every-model.js';
import { readBundle } from './home-models.js';

/** What was looked at of a model, and what is not as it should be. */
export interface VerifiedModel {
  readonly name: string;
  readonly ok: boolean;
  readonly looked: string;
  readonly differences: readonly string[];
}

/** Computes hashes and golden values of a model again, in the home and in the store. */
export async function verifyModel(model: KeptModel, store: Store | null): Promise<VerifiedModel> {
  const { name, folder, manifest, trouble } = model;
  const differences: string[] = [];
  const looked: string[] = [];
  if (folder !== null && manifest === null) differences.push(`its manifest cannot be read: ${trouble}`);
  if (folder !== null && manifest !== null) {
    const bundle = await readBundle(folder, manifest).catch((error: Error) => error);
    const check =
      bundle instanceof Error ? { differences: [bundle.message], looked: 'files' } : await checkModel(bundle);
    differences.push(...check.differences);
    looked.push(`home: ${check.looked}`);
  }
  if (model.store === 'other') differences.push('the store has another model of that name');
  if (model.store === 'same' && store !== null && manifest !== null) {
    looked.push('store: hashes');
    for (const [file, sha256] of Object.entries(manifest.sha256)) {
      const wrong = await wrongArtefact(store, sha256);
      if (wrong !== null) differences.push(`${file} in the store: ${wrong}`);
    }
  }
  return { name, ok: differences.length === 0, looked: looked.join('; '), differences };
}

async function wrongArtefact(store: Store, sha256: string): Promise<string | null> {
  try {
    for await (const _ of streamArtefact(store.query, sha256));
    return null;
  } catch (error) {
    if (error instanceof AthanorError && error.code === 'ARTEFACT') return error.message;
    throw error;
  }
}
