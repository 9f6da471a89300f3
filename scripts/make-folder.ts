import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are absent. Node's own `recursive` goes round and round for ever where the
 * system says of a folder that is there that it is not, as below /proc.
 *
 * @param mode - permission bits of the folder itself, if it is made, less what the umask takes
 * @returns the folders that were absent, the outermost first
 * @throws a file-system error, e.g. ENOTDIR or EEXIST where a file stands in the way
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    const there = await stat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (there?.isDirectory()) break;
    missing.unshift(at);
    // A file in the way, or no root: making the next one says why not.
    if (there !== null || at === dirname(at)) break;
  }
  for (const each of missing)
    await mkdir(each, each === missing.at(-1) ? mode : 0o777).catch(async (error: NodeJS.ErrnoException) => {
      // Another process may have made it in between.
      if (error.code !== 'EEXIST' || !(await stat(each).catch(() => null))?.isDirectory()) throw error;
    });
  return missing;
}
