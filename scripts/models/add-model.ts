import path from 'node:path';
import type { Store } from '../../activities/store/client.js';
import { saveBundle } from '../../activities/store/model.js';
import { AthanorError, DamagedError } from '../../models/domain/errors.js';
import { type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import { type Manifest, modelName } from '../../models/pretrained/manifest.js';
import { filesFor } from './campaign-models.js';
import { checkModel } from './check-model.js';
import { describeFolder, type Told } from './describe/describe.js';
import { fileSha256 } from './file-hash.js';
import { filesBelow } from './find-root.js';
import {
  type FileSource,
  filesOf,
  homeModels,
  isWhole,
  manifestFile,
  named,
  placeModel,
  readManifest,
} from './home-models.js';
import { knownByHash } from './known-models.js';
import { storedFiles, storedModel } from './store-models.js';

/** A model that is in the home now. */
export interface AddedModel {
  readonly name: string;
  readonly identity: string;
  readonly folder: string;
  /** Whether it was not there before. */
  readonly added: boolean;
  readonly manifest: Manifest;
  /** What was compared with its manifest; null where it was there before. */
  readonly looked: string | null;
}

/**
 * What is to be known of the model in a folder: from a file that is named, from the folder, from what comes with Athanor for a published
 * network, or found and told as `describeFolder` does.
 */
export async function manifestFor(
  root: string,
  told: Told & { readonly manifest?: string | undefined },
): Promise<Manifest> {
  if (told.manifest !== undefined) return readManifest(told.manifest);
  const files = await filesBelow(root);
  if (files.includes(manifestFile)) return readManifest(path.join(root, manifestFile));
  for (const file of files.filter((name) => name.endsWith('.onnx'))) {
    const known = knownByHash(await fileSha256(path.join(root, file)));
    if (known !== null) return known.manifest;
  }
  return describeFolder(root, told);
}

/**
 * Puts the model of a folder into the home.
 * @throws as `placeModel`; DAMAGED if it is not what its manifest says, also where the home has it whole already
 */
export async function addFromFolder(home: string, root: string, manifest: Manifest): Promise<AddedModel> {
  const model = await addFrom(home, manifest, filesOf(root));
  for (const [file, sha256] of model.added ? [] : Object.entries(manifest.sha256)) {
    const found = await fileSha256(path.join(root, file)).catch(() => null);
    if (found === sha256) continue;
    const what = found === null ? 'cannot be read' : `has sha256 ${found}, where the manifest says ${sha256}`;
    throw new DamagedError(
      `the source is damaged: its ${file} ${what}; ${model.name} in ${model.folder} is whole, and stays as it is`,
    );
  }
  return model;
}

/** Puts a model into the home whose files are given. @throws as `addFromFolder` */
export async function addFrom(home: string, manifest: Manifest, source: FileSource): Promise<AddedModel> {
  return added(home, manifest, (check) => placeModel(home, manifest, source, check));
}

/**
 * Brings a model into the home that is there or in the store.
 *
 * @param name - with or without its version
 * @throws {AthanorError} NOT_FOUND if neither has it
 */
export async function addFromStore(home: string, name: string, store: Store | null): Promise<AddedModel> {
  const own = await homeModels(home);
  const there = own.find((model) => model.name === name && model.manifest !== null);
  if (there?.manifest != null && (await isWhole(there)))
    return added(home, there.manifest, async () => ({ folder: there.folder, added: false }));
  if (store === null) {
    named(own, name, `${home}, which has no store`);
    throw new AthanorError(
      'NOT_FOUND',
      `${name} in ${home} is damaged (athanor models verify ${name}), and there is no store to take it from: add it from where it came`,
    );
  }
  const stored = await storedModel(store, name);
  return added(home, stored.manifest, (check) => placeModel(home, stored.manifest, storedFiles(store, stored), check));
}

/** Puts a model of the home into the store. @returns whether it was not there before */
export async function addToStore(
  store: Store,
  model: Pick<AddedModel, 'name' | 'folder' | 'manifest'>,
): Promise<boolean> {
  return saveBundle(store, filesFor(model));
}

async function added(
  home: string,
  manifest: Manifest,
  place: (check: (bundle: ModelBundle) => Promise<void>) => ReturnType<typeof placeModel>,
): Promise<AddedModel> {
  let looked: string | null = null;
  const found = await place(async (bundle) => {
    const check = await checkModel(bundle);
    looked = check.looked;
    if (check.differences.length > 0)
      throw new AthanorError(
        'DAMAGED',
        `${modelName(manifest)} is not what its manifest says, and is not taken into ${home}:\n  ${check.differences.join('\n  ')}`,
      );
  });
  return { name: modelName(manifest), identity: modelIdentity(manifest), manifest, looked, ...found };
}
