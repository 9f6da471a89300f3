import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AdapterError } from '../../models/domain/errors.js';

/**
 * Contents of a text file, or null if there is none.
 * @throws {AdapterError} if there is one that cannot be read
 */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw folderError('read', path, error);
  }
}

/** Writes a file and waits until the disk has it. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file by another text, whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeDurably(part, text);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/**
 * Creates a file with its whole text, unless it is there already. Of several processes exactly one succeeds.
 * @returns whether this call created it
 */
export async function createOnce(path: string, text: string): Promise<boolean> {
  const part = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeDurably(part, text);
    await link(part, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(part, { force: true });
  }
}

/**
 * Makes a folder and those above it. (Node's own recursive form reports a read-only file system as ENOENT.)
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

/** Error code of the operating system (`ENOENT`), or undefined. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the disk quota is used up: free some space',
  EROFS: 'the file system is read-only: choose another folder',
  EACCES: 'no permission: make the folder writable for this user',
  EPERM: 'no permission: make the folder writable for this user',
  ENOTDIR: 'a file stands where a folder is wanted: choose another folder',
};

/** What to throw for trouble with files: what could not be done, in which folder, and what helps. */
export function folderError(doing: string, folder: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof AdapterError) return error;
  const remedy = remedies[code] ?? 'see the cause';
  return new AdapterError(`cannot ${doing} in ${folder}: ${code}, ${remedy}`, { cause: error });
}
