import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import { nearest } from '../../models/domain/nearest.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { readBounded } from '../bounded-file.js';
import { parseRecord } from '../record-file.js';
import type { Terminal } from './terminal.js';
import { withControl } from './with-control.js';

/** Longer texts the engine cannot hold, bytes. */
const recordLimit = 512 * 2 ** 20 - 2 ** 10;

/** Whether an argument can only be a place on the disk: the id of a campaign has no slash. */
function isPath(text: string): boolean {
  return text.includes('/');
}

/**
 * The record of a campaign: from an exported file where the argument is one, else from the store.
 *
 * @throws {InvalidInputError} if the file is no record
 * @throws {AthanorError} NOT_FOUND if there is no such campaign
 */
export async function recordOf(terminal: Terminal, idOrFile: string): Promise<CampaignRecord> {
  const kind = await stat(idOrFile).catch(() => null);
  if (kind !== null && (kind.isFile() || isPath(idOrFile))) {
    const text = await readBounded(idOrFile, recordLimit).catch((cause: Error) => {
      const remedy = "give a file written by 'athanor export --format json' or 'athanor simulate --save'";
      throw new InvalidInputError(idOrFile, [{ path: '', message: `cannot be read: ${cause.message}`, remedy }]);
    });
    return parseRecord(text, idOrFile);
  }
  if (idOrFile.endsWith('.json') || isPath(idOrFile)) throw await noFile(idOrFile);
  return withControl(terminal, (control) => control.record(idOrFile));
}

/** That there is no such file, with those beside it that may have been meant. */
async function noFile(path: string): Promise<AthanorError> {
  const folder = dirname(path);
  const near = nearest(basename(path), await readdir(folder).catch(() => []));
  const names = near.map((name) => (path.startsWith(folder) ? join(folder, name) : name));
  return new AthanorError('NOT_FOUND', [`there is no file ${path}`, ...meant(names)].join('; '));
}

function meant(names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`did you mean ${names.join(' or ')}?`];
}
