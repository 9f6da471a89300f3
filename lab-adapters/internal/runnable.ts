import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';

/**
 * Whether a program could be started, told without starting it.
 *
 * @param where - `path`: the variable PATH, for names without a slash; `cwd`: folder that relative paths start from
 */
export async function isRunnable(
  program: string,
  { path, cwd }: { readonly path: string | undefined; readonly cwd?: string | undefined },
): Promise<boolean> {
  const places = program.includes('/')
    ? [resolve(cwd ?? '', program)]
    : (path ?? '').split(delimiter).map((folder) => join(folder, program));
  for (const place of places) {
    const found = await stat(place).catch(() => null);
    const mayRun = access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found?.isFile() && (await mayRun)) return true;
  }
  return false;
}
