import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import { nearest } from '../../models/domain/nearest.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { readBounded, readingFaults, recordLimit } from '../bounded-file.js';
import { parseRecord } from '../record/record-file.js';
import { besideIn, folderFiles } from '../record/record-folder.js';
import type { Terminal } from './terminal.js';
import { withControl } from './with-control.js';

/** Whether an argument can only be a place on the disk: the id of a campaign has no slash, and does not end so. */
function isPath(text: string): boolean {
  return text.includes('/') || text.endsWith('.json');
}

/**
 * The record of a campaign: from an exported file, or a folder with one, where the argument is one, else from the store.
 *
 * @throws {InvalidInputError} if the file is no record
 * @throws {AthanorError} NOT_FOUND if there is no such campaign
 */
export async function recordOf(terminal: Terminal, idOrFile: string): Promise<CampaignRecord> {
  const file = await recordFileOf(idOrFile);
  if (file !== null) return parseRecord(await textOf(file), file, besideIn(dirname(file)));
  if (isPath(idOrFile)) throw await noFile(idOrFile);
  return withControl(terminal, (control) => control.record(idOrFile));
}

/** Whether a record is a file, and not of the store. */
export async function isOnDisk(idOrFile: string): Promise<boolean> {
  return (await recordFileOf(idOrFile)) !== null;
}

/** The file of a record that is one, or stands in a folder as `export --folder` makes it; null for what is an id. */
export async function recordFileOf(idOrFile: string): Promise<string | null> {
  const kind = await stat(idOrFile).catch(() => null);
  if (kind === null) return null;
  if (!kind.isDirectory()) return idOrFile;
  const inside = join(idOrFile, folderFiles.record);
  if ((await stat(inside).catch(() => null))?.isFile() === true) return inside;
  return isPath(idOrFile) ? idOrFile : null;
}

/**
 * The records of several campaigns, each named as for `recordOf` or as a folder of records, such as `simulate --save` makes;
 * what else is in such a folder is passed over, and said so. A folder without a slash in its name is one only if it holds
 * records: else the name is that of a campaign.
 *
 * @throws {InvalidInputError} if a folder has no record
 */
export async function recordsOf(terminal: Terminal, names: readonly string[]): Promise<readonly CampaignRecord[]> {
  const records: CampaignRecord[] = [];
  for (const name of names) {
    const isFolder = (await stat(name).catch(() => null))?.isDirectory() === true;
    const found = isFolder ? await recordsIn(name, terminal.note) : [];
    if (found.length > 0) records.push(...found);
    else if (isFolder && isPath(name)) {
      const remedy = "a folder with files written by 'athanor simulate --save' or 'athanor export --format json'";
      throw new InvalidInputError(name, [{ path: '', message: 'no record is in it', remedy }]);
    } else records.push(await recordOf(terminal, name));
  }
  return records;
}

/** The records in a folder, in the order of their names. */
async function recordsIn(folder: string, note: (line: string) => void): Promise<CampaignRecord[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const records: CampaignRecord[] = [];
  const others: string[] = [];
  for (const name of names) {
    const file = join(folder, name);
    try {
      records.push(parseRecord(await readBounded(file, recordLimit), file, besideIn(folder)));
    } catch (error) {
      others.push(`${file} is passed over, it is no record: ${reasonOf(error)}`);
    }
  }
  if (records.length > 0) for (const line of others) note(line);
  return records;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof InvalidInputError)) return (error as Error).message;
  const [first] = error.faults;
  return first === undefined ? error.message : faultText(first);
}

async function textOf(file: string): Promise<string> {
  return readBounded(file, recordLimit).catch((cause: Error) => {
    const remedy = "give a file written by 'athanor export --format json' or 'athanor simulate --save'";
    throw new InvalidInputError(file, readingFaults(cause, remedy));
  });
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

/** Codes of errors that say of a record that its numbers, molecules or names of surrogates mean nothing. */
const uncomputable: ReadonlySet<string> = new Set(['NUMERICAL', 'SHAPE', 'SURROGATE', 'DESIGN', 'SMILES']);

/**
 * Does some work with the numbers of a record.
 *
 * @param name - of the record, as it was given
 * @throws {InvalidInputError} where they are such that nothing can be computed with them
 */
export async function computedFrom<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AthanorError && uncomputable.has(error.code))) throw error;
    const remedy = 'a record as it was written; numbers of its fits or trials were changed';
    throw new InvalidInputError(name, [{ path: '', message: `not to be computed with: ${error.message}`, remedy }]);
  }
}
