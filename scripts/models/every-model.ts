import type { Store } from '../../activities/store/client.js';
import { listModels } from '../../activities/store/model.js';
import { modelIdentity } from '../../models/pretrained/bundle.js';
import { type Manifest, modelName } from '../../models/pretrained/manifest.js';
import { homeModels } from './home-models.js';

/** A model in the home, in the store, or in both. */
export interface KeptModel {
  readonly name: string;
  /** In the home; null where it is not. */
  readonly folder: string | null;
  /** That of the home or else of the store; null where it cannot be read. */
  readonly manifest: Manifest | null;
  readonly identity: string | null;
  /** Why it cannot be read in the home. */
  readonly trouble: string | null;
  /** Whether the store has it: the same, another of that name, or none; null where there is no store. */
  readonly store: 'same' | 'other' | 'none' | null;
}

/** All models of a home and its store, by name. */
export async function everyModel(home: string, store: Store | null): Promise<readonly KeptModel[]> {
  const stored = new Map(
    (store === null ? [] : await listModels(store.query)).map((model) => [modelName(model.manifest), model]),
  );
  const own = (await homeModels(home)).map(({ name, folder, manifest, trouble }): KeptModel => {
    const identity = manifest === null ? null : modelIdentity(manifest);
    const there = stored.get(name);
    stored.delete(name);
    const inStore = there === undefined ? 'none' : there.identity === identity ? 'same' : 'other';
    return { name, folder, manifest, identity, trouble, store: store === null ? null : inStore };
  });
  const others = [...stored].map(([name, { manifest, identity }]): KeptModel => {
    return { name, folder: null, manifest, identity, trouble: null, store: 'same' };
  });
  return [...own, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}
