import { stat } from 'node:fs/promises';
import { InvalidInputError } from '../../models/domain/errors.js';
import { loadNotify, type NotifyDestination, notifyFile } from './notify-file.js';

/**
 * Where people are told, by the file of a home as it is when this is asked: a change counts at once. Without a file nobody is told.
 *
 * @param log - told once what is wrong with a file
 * @returns null while the file is wrong
 */
export function destinationsIn(
  home: string,
  environment: NodeJS.ProcessEnv,
  log: (line: string) => void,
): () => Promise<readonly NotifyDestination[] | null> {
  const file = notifyFile(home);
  let read: { readonly stamp: string; readonly destinations: readonly NotifyDestination[] | null } | null = null;
  return async () => {
    const found = await stat(file).catch(() => null);
    if (found === null) return [];
    const stamp = `${found.mtimeMs}/${found.size}/${found.ino}`;
    if (read?.stamp === stamp) return read.destinations;
    const destinations = await loadNotify(file, environment).catch((error: unknown) => {
      if (!(error instanceof InvalidInputError)) throw error;
      log(`nobody is told what waits for people until this is mended: ${error.message}`);
      return null;
    });
    read = { stamp, destinations };
    return destinations;
  };
}
