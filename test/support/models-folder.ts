import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { parseManifest } from '../../models/pretrained/read-manifest.js';
import { dataSets } from './data-sets.js';

/** Folder of real models, which is no part of the project. */
export const modelsFolder = path.join(path.dirname(dataSets), 'models');

/** Writes a model as a folder that `models add` takes. */
export async function writeModel(folder: string, { manifest, files }: ModelBundle): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes);
}

/** A real model, or null, with a word on standard error, where the folder is absent. */
export function realModel(name: string): ModelBundle | null {
  const folder = path.join(modelsFolder, name);
  if (!existsSync(path.join(folder, 'model.onnx'))) {
    process.stderr.write(`${folder} is not there: tests of it are skipped\n`);
    return null;
  }
  const manifest = parseManifest(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')), 'manifest.json');
  const files = readdirSync(folder).filter((file) => Object.hasOwn(manifest.sha256, file));
  return {
    manifest,
    files: new Map(files.map((file) => [file, new Uint8Array(readFileSync(path.join(folder, file)))])),
  };
}
