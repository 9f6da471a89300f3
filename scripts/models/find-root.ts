import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { AthanorError } from '../../models/domain/errors.js';
import { entryPlace } from './entry-place.js';
import { manifestFile } from './home-models.js';

/** Files of a folder that are looked at. */
const mostFiles = 20_000;

/** Files below a folder, as paths from there with `/`. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  if (entries.length > mostFiles)
    throw new AthanorError(
      'INVALID_INPUT',
      `${folder} has more than ${mostFiles} entries: give the model's own folder`,
    );
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}

/**
 * The folder of the model within one that may hold more: that with the manifest, or else with the network (above `onnx`, where hubs
 * keep it).
 *
 * @param inner - the model's folder within, where it is told
 * @throws {AthanorError} INVALID_INPUT if there is none, or several
 */
export async function findRoot(folder: string, inner?: string): Promise<string> {
  if (inner !== undefined) return entryPlace(folder, folder, inner);
  const files = await filesBelow(folder);
  const foldersOf = (wanted: (name: string) => boolean) => [
    ...new Set(files.filter((file) => wanted(path.posix.basename(file))).map((file) => path.posix.dirname(file))),
  ];
  const described = foldersOf((name) => name === manifestFile);
  const roots =
    described.length > 0
      ? described
      : [...new Set(foldersOf((name) => name.endsWith('.onnx')).map((at) => at.replace(/(?:^|\/)onnx$/, '') || '.'))];
  if (roots.length === 1) return path.join(folder, roots[0]!);
  throw new AthanorError(
    'INVALID_INPUT',
    roots.length === 0
      ? `there is no ${manifestFile} and no .onnx in ${folder}`
      : `there are several models in ${folder}; say which by --folder: ${roots.join(', ')}`,
  );
}
