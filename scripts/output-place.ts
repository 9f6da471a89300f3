import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { InvalidInputError } from '../models/domain/errors.js';
import type { Fault } from '../models/domain/fault.js';
import { fileErrorText } from './file-error.js';
import { writeFileAtomically } from './home.js';
import { makeFolder } from './make-folder.js';

/** A place that a person named for what a command is to write. */
export interface OutputPlace {
  /** How it was named, e.g. `--save`. */
  readonly option: string;
  readonly path: string;
  /**
   * What is to be made there: a file, a file that must not be there yet, a page, table or record, which may replace an
   * earlier one and nothing else, or a folder with these files.
   */
  readonly kind: 'file' | 'new file' | keyof typeof beginnings | readonly string[];
}

/** How what may be replaced begins. */
const beginnings = {
  page: /^\s*<!doctype html>/i,
  table: /^(?:campaign,strategy,seed,)?trial,round,index,/,
  record: /^\s*\{\s*"(?:campaign|phase|stop|trials|audit)":/,
} as const;

/** Where a result was kept in the end. */
export interface Kept {
  /** Path of the file; null if it could be written nowhere. */
  readonly file: string | null;
  /** Whether it stands where it was wanted. */
  readonly asWanted: boolean;
}

/** Names of what nothing here writes: text under such a name is opened by no spreadsheet, and must not replace a workbook. */
const workbook = /\.(?:xls[xmb]?|ods|numbers)$/i;

/**
 * Makes sure, before any work is done, that results can be written where they are wanted. Where a file is not there yet
 * another is made, filled with a block and removed again, so that read-only and full disks are found, too; what is there is left.
 *
 * @throws {InvalidInputError} with every place that cannot be written
 */
export async function checkOutputs(places: readonly OutputPlace[]): Promise<void> {
  const faults: Fault[] = [];
  for (const { option, path, kind } of places) {
    const files = typeof kind === 'string' ? [path] : kind.map((name) => join(path, name));
    const folder = typeof kind === 'string' ? null : await folderFault(path);
    for (const message of folder === null ? await Promise.all(files.map((file) => fileFault(file, kind))) : [folder])
      if (message !== null) {
        faults.push({ path: option, message, remedy: 'give a place that can be written; nothing was run' });
        break;
      }
  }
  if (faults.length > 0) throw new InvalidInputError('arguments', faults);
}

/**
 * Writes a result, with the folders it needs, whole or not at all. Where that fails it is kept in the current folder or
 * among the temporary files instead, and said so: what was computed is not lost for want of a place.
 *
 * @param note - is told which folder was made, and of what went wrong, where the result is
 * @param fresh - whether a file that is there is to stay as it is
 */
export async function keepResult(
  file: string,
  text: string,
  note: (line: string) => void,
  fresh = false,
): Promise<Kept> {
  let why: string;
  try {
    if (fresh) {
      await makeFolderFor(file, note);
      await writeFile(file, text, { flag: 'wx' });
    } else await writeOutput(file, text, note);
    return { file, asWanted: true };
  } catch (error) {
    why = fileErrorText(error);
  }
  return keepInstead(file, text, why, note);
}

/** Keeps what could not be written where it was wanted in the current folder, else among the temporary files. */
export async function keepInstead(
  wanted: string,
  text: string,
  why: string,
  note: (line: string) => void,
): Promise<Kept> {
  const name = `${randomBytes(3).toString('hex')}-${basename(wanted) || 'result'}`.slice(-120);
  for (const folder of [process.cwd(), tmpdir()]) {
    const instead = resolve(folder, `athanor-${name}`);
    const written = await writeOutput(instead, text).then(
      () => true,
      () => false,
    );
    if (!written) continue;
    note(`athanor: cannot write ${wanted}: ${why}; it is in ${instead} instead`);
    return { file: instead, asWanted: false };
  }
  note(`athanor: cannot write ${wanted}: ${why}; nor anything in ${process.cwd()} or ${tmpdir()}`);
  return { file: null, asWanted: false };
}

/** Makes the folder of a file where it is absent, and says so. */
export async function makeFolderFor(file: string, note: (line: string) => void): Promise<void> {
  const made = await makeFolder(dirname(resolve(file)));
  if (made.length > 0) note(`made the folder ${dirname(file)}`);
}

/** Writes through to pipes and devices, and beside and renamed over files. */
async function writeOutput(file: string, text: string, note: (line: string) => void = () => {}): Promise<void> {
  await makeFolderFor(file, note);
  const there = await stat(file).catch(() => null);
  if (there === null) return writeFileAtomically(file, text, 0o666);
  // What is there keeps its own owner, links and permissions; a copy beside first shows that there is room.
  if (there.isFile()) {
    const beside = `${file}.${randomBytes(4).toString('hex')}.tmp`;
    try {
      await writeFile(beside, text, { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
    } finally {
      await rm(beside, { force: true }).catch(() => undefined);
    }
  }
  await writeFile(file, text);
}

async function fileFault(file: string, kind: OutputPlace['kind']): Promise<string | null> {
  if (/[\\/]$/.test(file)) return `${file} names a folder; a file is wanted`;
  if (workbook.test(file))
    return `${file} would not be a workbook: tables are written as .csv, which spreadsheets open`;
  try {
    const there = await statOf(file);
    if (there?.isDirectory()) return `${file} is a folder; a file is wanted`;
    if (there !== null && kind === 'new file') return `${file} exists already; give another file`;
    // Pipes and devices are written to when there is something to write.
    if (there !== null) {
      return there.isFile() ? await replacedFault(file, kind) : null;
    }
    const above = await nearest(dirname(resolve(file)));
    if (!above.isFolder) return `${above.path} is a file, where ${file} needs a folder`;
    if ((await lstat(file).catch(() => null))?.isSymbolicLink()) return `${file} is a link to what is not there`;
    await probe(above.path);
    return null;
  } catch (error) {
    return `cannot write ${file}: ${fileErrorText(error)}`;
  }
}

/** Why a file that is there may not be written: it is something else than what is to replace it. */
async function replacedFault(file: string, kind: OutputPlace['kind']): Promise<string | null> {
  const handle = await open(file, 'r+');
  try {
    if (typeof kind !== 'string' || !(kind in beginnings)) return null;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    const isSame = beginnings[kind as keyof typeof beginnings].test(buffer.toString('utf8', 0, bytesRead));
    return bytesRead === 0 || isSame
      ? null
      : `${file} is there and no ${kind} of ours; remove it, or give another file`;
  } finally {
    await handle.close();
  }
}

async function folderFault(folder: string): Promise<string | null> {
  try {
    const above = await nearest(resolve(folder));
    if (!above.isFolder) return `${above.path} is a file; a folder is wanted`;
    await probe(above.path);
    return null;
  } catch (error) {
    return `cannot write in ${folder}: ${fileErrorText(error)}`;
  }
}

/** The path itself if there is anything, else the nearest one above it. */
async function nearest(path: string): Promise<{ readonly path: string; readonly isFolder: boolean }> {
  for (let at = path; ; at = dirname(at)) {
    const there = await statOf(at);
    if (there !== null || at === dirname(at)) return { path: at, isFolder: there?.isDirectory() === true };
  }
}

async function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
}

/** Writes a block under a name of its own: what another process writes meanwhile is neither in the way nor taken away. */
async function probe(folder: string): Promise<void> {
  const file = join(folder, `.athanor-${process.pid}-${randomBytes(4).toString('hex')}`);
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(Buffer.alloc(4096, 1));
  } finally {
    await handle.close();
    await rm(file, { force: true });
  }
}
