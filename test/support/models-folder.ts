import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { parseManifest } from '../../models/pretrained/read-manifest.js';
import { dataSets } from './data-sets.js';

/** Folder of real models, which is no part of the project. */
export const modelsFolder = path.join(path.dirname(dataSets), 'models');

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
