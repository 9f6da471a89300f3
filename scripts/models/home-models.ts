import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AthanorError, DamagedError } from '../../models/domain/errors.js';
import { checkFiles, type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import { type Manifest, modelName } from '../../models/pretrained/manifest.js';
import { parseManifest } from '../../models/pretrained/read-manifest.js';
import { readBounded } from '../bounded-file.js';
import { homeError, writeFileAtomically } from '../home.js';
import { makeFolder } from '../make-folder.js';
import { cardFile, cardText } from './card.js';
import { archiveError } from './entry-place.js';
import { fileSha256 } from './file-hash.js';
import { modelLimits } from './limits.js';

/** File of a model's folder that says what it is. */
export const manifestFile = 'manifest.json';

/** A model in a campaign home. */
export interface HomeModel {
  /** `ID@VERSION`, which is the folder's name. */
  readonly name: string;
  readonly folder: string;
  /** Null where its manifest cannot be read: `trouble` says why. */
  readonly manifest: Manifest | null;
  readonly trouble: string | null;
}

/** Where a home keeps models. */
export function modelsFolder(home: string): string {
  return path.join(home, 'models');
}

/** The models of a home, by name; what is still being fetched is none. */
export async function homeModels(home: string): Promise<readonly HomeModel[]> {
  const names = await readdir(modelsFolder(home)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found = names.filter((name) => /^[A-Za-z0-9][^@]*@[^@]+$/.test(name)).sort();
  return Promise.all(
    found.map(async (name) => {
      const folder = path.join(modelsFolder(home), name);
      try {
        const manifest = await readManifest(path.join(folder, manifestFile));
        const isOther = modelName(manifest) !== name;
        const trouble = isOther ? `its manifest is that of ${modelName(manifest)}` : null;
        return { name, folder, manifest: isOther ? null : manifest, trouble };
      } catch (error) {
        return { name, folder, manifest: null, trouble: (error as Error).message };
      }
    }),
  );
}

/** Reads a manifest from a file. @throws {AthanorError} INVALID_INPUT if it cannot be read, or has faults */
export async function readManifest(file: string): Promise<Manifest> {
  let given: unknown;
  try {
    given = JSON.parse(await readBounded(file));
  } catch (cause) {
    if (cause instanceof AthanorError) throw cause;
    throw new AthanorError('INVALID_INPUT', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return parseManifest(given, file);
}

/**
 * A model with its files, as it stands in a folder; whether they are those of the manifest is for `checkFiles` to say.
 * @throws {DamagedError} if a file is missing or larger than is taken
 */
export async function readBundle(folder: string, manifest: Manifest): Promise<ModelBundle> {
  const files = new Map<string, Uint8Array>();
  for (const name of Object.keys(manifest.sha256)) {
    const file = path.join(folder, name);
    const size = (await stat(file).catch(() => null))?.size;
    if (size === undefined) throw new DamagedError(`model ${modelName(manifest)} lacks its file ${name} in ${folder}`);
    if (size > modelLimits.fileBytes)
      throw new DamagedError(`${file} has ${size} bytes; at most ${modelLimits.fileBytes} are read`);
    files.set(name, await readFile(file));
  }
  return { manifest, files };
}

/** The same, whole as its manifest says. @throws {DamagedError} if the manifest or a file is not what it should be */
export async function wholeBundle({ name, folder, manifest, trouble }: HomeModel): Promise<ModelBundle> {
  if (manifest === null) throw new DamagedError(`model ${name} cannot be read: ${trouble}`);
  const bundle = await readBundle(folder, manifest);
  checkFiles(bundle);
  return bundle;
}

/** Gives the bytes of a file of a model, piece by piece. */
export type FileSource = (name: string) => AsyncIterable<Uint8Array>;

/** The files of a folder. */
export function filesOf(folder: string): FileSource {
  // Opened when it is read: a stream that nobody reads yet has nobody to tell that its file is missing.
  return async function* (name) {
    yield* createReadStream(path.join(folder, name), { highWaterMark: 2 ** 18 }) as AsyncIterable<Buffer>;
  };
}

/**
 * Puts a model into a home, whole or not at all, and in the place of the same model whose files were changed; its files are
 * checked on the way.
 *
 * @param check - looks at it before it counts as there, and throws where it is not to be taken
 * @returns its folder, and whether it was not there before, or not whole
 * @throws {AthanorError} CONFLICT if the home has another model of that name; DAMAGED if a file is not what the manifest says
 */
export async function placeModel(
  home: string,
  manifest: Manifest,
  source: FileSource,
  check: (bundle: ModelBundle) => Promise<void>,
): Promise<{ readonly folder: string; readonly added: boolean }> {
  const name = modelName(manifest);
  const folder = path.join(modelsFolder(home), name);
  const there = (await homeModels(home)).find((model) => model.name === name);
  if (there !== undefined) {
    const same = there.manifest !== null && modelIdentity(there.manifest) === modelIdentity(manifest);
    if (!same)
      throw new AthanorError(
        'CONFLICT',
        `${folder} is another model${there.trouble === null ? '' : ` (${there.trouble})`}: give this one another version, or remove that one: athanor models remove ${name}`,
      );
    if (await isWhole(there)) return { folder, added: false };
  }
  const begun = path.join(modelsFolder(home), `.new-${process.pid}-${randomBytes(4).toString('hex')}`);
  const work = path.join(begun, 'model');
  try {
    await removeLeftBehind(home);
    await makeFolder(work, 0o700);
    for (const [file, sha256] of Object.entries(manifest.sha256)) {
      const found = await copyFile(source(file), path.join(work, file));
      if (found !== sha256)
        throw new DamagedError(`${file} has sha256 ${found}, where the manifest says ${sha256}: it is not taken`);
    }
    await writeFileAtomically(path.join(work, manifestFile), `${JSON.stringify(manifest, null, 1)}\n`);
    if (!Object.hasOwn(manifest.sha256, cardFile))
      await writeFileAtomically(path.join(work, cardFile), cardText(manifest));
    await check(await readBundle(work, manifest));
    if (there !== undefined) await setAside(folder, path.join(begun, 'before'));
    const isFirst = await rename(work, folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOTEMPTY' || error.code === 'EEXIST') return false;
        throw error;
      },
    );
    // Another command was quicker, with this model or another.
    if (!isFirst) return { ...(await placeModel(home, manifest, source, check)), added: false };
    return { folder, added: true };
  } catch (cause) {
    if (cause instanceof AthanorError) throw cause;
    const { code, path: at } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' && at !== undefined && !at.startsWith(begun))
      throw new DamagedError(`${at} is missing, of which the manifest has a hash`);
    if (code !== undefined) throw homeError(work, cause);
    throw cause;
  } finally {
    await rm(begun, { recursive: true, force: true });
  }
}

/** Whether the files of a model are those of its manifest. */
export async function isWhole({ folder, manifest }: Pick<HomeModel, 'folder' | 'manifest'>): Promise<boolean> {
  for (const [name, sha256] of Object.entries(manifest?.sha256 ?? {}))
    if ((await fileSha256(path.join(folder, name)).catch(() => null)) !== sha256) return false;
  return manifest !== null;
}

/** Moves a damaged model out of the way, unless another command did. */
async function setAside(folder: string, to: string): Promise<void> {
  await rename(folder, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Removes what commands that were killed a day ago or longer had begun to put into a home. */
async function removeLeftBehind(home: string): Promise<void> {
  const stale = Date.now() - 86_400_000;
  for (const name of await readdir(modelsFolder(home)).catch(() => [])) {
    const folder = path.join(modelsFolder(home), name);
    const found = name.startsWith('.new-') ? await stat(folder).catch(() => null) : null;
    if (found !== null && found.mtimeMs < stale) await rm(folder, { recursive: true, force: true });
  }
}

/** Takes a model out of a home. */
export async function removeModel(home: string, name: string): Promise<void> {
  await rm(path.join(modelsFolder(home), name), { recursive: true });
}

/** The model that a name means, with or without its version. @throws {AthanorError} NOT_FOUND if it means none, or several */
export function named<T extends { readonly name: string }>(all: readonly T[], name: string, where: string): T {
  const found = all.filter((model) => model.name === name || model.name.startsWith(`${name}@`));
  if (found.length === 1) return found[0]!;
  const names = (found.length === 0 ? all : found).map((model) => model.name);
  const there = names.length === 0 ? 'there is none at all' : `there are ${names.join(', ')}`;
  throw new AthanorError(
    'NOT_FOUND',
    found.length === 0 ? `no model '${name}' in ${where}; ${there}` : `'${name}' may be several models; ${there}`,
  );
}

async function copyFile(pieces: AsyncIterable<Uint8Array>, to: string): Promise<string> {
  const hash = createHash('sha256');
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
  const file = await open(to, 'wx', 0o600);
  let size = 0;
  try {
    for await (const piece of pieces) {
      size += piece.length;
      if (size > modelLimits.fileBytes) throw archiveError(to, `it has more than ${modelLimits.fileBytes} bytes`);
      hash.update(piece);
      await file.writeFile(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
