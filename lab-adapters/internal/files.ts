import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AdapterError, AthanorError, DamagedError } from '../../models/domain/errors.js';

/** No file that is read here is longer, bytes. */
export const fileLimit = 64 * 2 ** 20;

/**
 * Contents of a text file, or null if there is none. What a program may have put in its place is never waited for,
 * followed or read without end.
 *
 * @param limit - bytes
 * @throws {DamagedError} if something else than a readable file of at most `limit` stands there
 * @throws {AdapterError} if the disk cannot be read
 */
export async function readIfPresent(path: string, limit = fileLimit): Promise<string | null> {
  try {
    // Opening a FIFO would wait for a writer otherwise.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new DamagedError(`${path} is no file`);
      if (found.size > limit) throw new DamagedError(`${path} has ${found.size} bytes; at most ${limit} are read`);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(found.size), 0, found.size, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error) ?? '';
    if (code === 'ENOENT') return null;
    if (misplaced.has(code)) throw new DamagedError(`${path} cannot be read as a file: ${code}`, { cause: error });
    throw folderError('read', path, error);
  }
}

/** What the system says of something that is no plain file of ours; all else is trouble with the disk. */
const misplaced = new Set(['ELOOP', 'ENXIO', 'EISDIR', 'ENOTDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ENODEV']);

/** Writes a file that only its owner may read, and waits until the disk has it. */
export async function writeDurably(path: string, text: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces a file by another text or bytes, whole or not at all. */
export async function writeWhole(path: string, text: string | Uint8Array): Promise<void> {
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
 * Makes a folder that only its owner may use, and those above it. (Node's own recursive form reports a read-only file
 * system as ENOENT.)
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, 0o700);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

/** Removes a file or a folder with all in it, as far as that can be done: a program may have left it in any state. */
export async function removeAll(path: string): Promise<void> {
  const gone = () => rm(path, { recursive: true, force: true, maxRetries: 2 });
  try {
    await gone();
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') return;
    await openUp(path);
    await gone().catch(() => {});
  }
}

/** Gives the owner back what was taken from a folder and those in it. */
async function openUp(path: string): Promise<void> {
  await chmod(path, 0o700).catch(() => {});
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await openUp(join(path, entry.name));
}

/** Whether anything stands there, of whatever kind. */
export function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
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
  if (code === undefined || error instanceof AthanorError) return error;
  const remedy = remedies[code] ?? 'see the cause';
  return new AdapterError(`cannot ${doing} in ${folder}: ${code}, ${remedy}`, { cause: error });
}
