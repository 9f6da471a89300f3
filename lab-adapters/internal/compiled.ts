import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AdapterError } from '../../models/domain/errors.js';
import { exists } from './files.js';

/**
 * Command that runs a compiled file in a process of its own. Node runs only those; from the sources (tests) their twins under
 * `dist` are taken.
 *
 * @param from - `import.meta.url` of the file beside it
 * @throws {AdapterError} if that was not built
 */
export async function compiledCommand(from: string, name: string): Promise<readonly string[]> {
  const here = fileURLToPath(from);
  if (here.endsWith('.js')) return [process.execPath, join(dirname(here), name)];
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
  const file = join(root, 'dist', relative(root, dirname(here)), name);
  if (!(await exists(file))) throw new AdapterError(`${file} is missing; run 'npm run build'`);
  return [process.execPath, file];
}
