import type { Store } from '../../activities/store/client.js';
import type { StoredModel } from '../../activities/store/model.js';
import { AthanorError } from '../../models/domain/errors.js';
import { type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import { modelName } from '../../models/pretrained/manifest.js';
import { type HomeModel, homeModels, isWhole, placeModel, readBundle } from '../models/home-models.js';
import { storedFiles } from '../models/store-models.js';

/**
 * Models that a worker trains, out of its home: what the home lacks, or has damaged, is brought there from the store first, once, whole
 * or not at all and checked by hash. Null where it is to be read from the store itself: versions that campaigns made, as they come and
 * go, a model whose name would mean two in the home, and where the home cannot be written, of which a line tells.
 */
export function trainingModels(
  home: string,
  store: Store,
  log: (line: string) => void,
): (model: StoredModel) => Promise<ModelBundle | null> {
  return async (wanted) => {
    const { manifest, identity } = wanted;
    try {
      const isThis = (model: HomeModel) => model.manifest !== null && modelIdentity(model.manifest) === identity;
      const own = await homeModels(home);
      const here = own.find(isThis);
      if (here !== undefined && (await isWhole(here))) return await readBundle(here.folder, manifest);
      if (manifest.lineage !== undefined) return null;
      if (here === undefined && own.some(({ name }) => name.startsWith(`${manifest.id}@`))) return null;
      const { folder, added } = await placeModel(home, manifest, storedFiles(store, wanted), async () => {});
      if (added) log(`${modelName(manifest)}, which is to be fine-tuned, is brought from the store into ${folder}`);
      return await readBundle(folder, manifest);
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      if (!(error instanceof AthanorError) && code === undefined) throw error;
      log(`${modelName(manifest)} is read from the store, as it cannot be kept in ${home}: ${message}`);
      return null;
    }
  };
}
