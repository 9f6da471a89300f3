import { readFile, stat } from 'node:fs/promises';
import { AthanorError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { parseRecord } from '../record-file.js';
import type { Terminal } from './terminal.js';
import { withControl } from './with-control.js';

/**
 * The record of a campaign: from an exported file where the argument is one, else from the store.
 *
 * @throws {InvalidInputError} if the file is no record
 * @throws {AthanorError} NOT_FOUND if there is no such campaign
 */
export async function recordOf(terminal: Terminal, idOrFile: string): Promise<CampaignRecord> {
  const kind = await stat(idOrFile).catch(() => null);
  if (kind?.isFile()) return parseRecord(await readFile(idOrFile, 'utf8'), idOrFile);
  if (idOrFile.endsWith('.json')) throw new AthanorError('NOT_FOUND', `there is no file ${idOrFile}`);
  return withControl(terminal, (control) => control.record(idOrFile));
}
