import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../activities/write-whole.js';
import { AthanorError } from '../models/domain/errors.js';
import { makeFolder } from './make-folder.js';
import { keepPrivate } from './private-home.js';

/** The campaign home cannot be used: not a folder, read-only, or full. The message names the remedy. */
export class HomeError extends AthanorError {
  constructor(message: string, options?: ErrorOptions) {
    super('HOME', message, options);
  }
}

/**
 * Makes sure that the campaign home is a folder in which files can be made and that other users keep out of it (see
 * `keepPrivate`), and makes it if it is absent.
 *
 * The home holds what this machine keeps for the person: local servers' data and addresses (`services.json`), adapters'
 * job folders, and reports. A probe of one block is written and removed, so that a read-only or full home is found
 * before anything else is done.
 *
 * @param log - told a line where it had been open to others
 * @throws {HomeError} if it is no folder, somebody else's, read-only, or full
 */
export async function prepareHome(home: string, log: (line: string) => void = () => undefined): Promise<void> {
  try {
    await makeFolder(home, 0o700);
    await keepPrivate(home, log);
  } catch (cause) {
    if (cause instanceof AthanorError) throw cause;
    throw homeError(home, cause);
  }
  const probe = path.join(home, `.probe-${process.pid}-${randomBytes(4).toString('hex')}`);
  await writeFileAtomically(probe, Buffer.alloc(4096, 1));
  await rm(probe, { force: true });
}

/**
 * As `writeWhole`, for files of the home.
 * @throws {HomeError} if the folder is absent, read-only or full
 */
export async function writeFileAtomically(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  await writeWhole(file, content, mode).catch((cause: unknown) => {
    throw homeError(file, cause);
  });
}

/** Turns a file-system failure on a path of the home into an error that says what to do. */
export function homeError(file: string, cause: unknown): HomeError {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? 'unknown';
  const elsewhere = 'or set ATHANOR_HOME to a folder elsewhere';
  const told: Record<string, string> = {
    ENOSPC: `no space left on the disk; free some, ${elsewhere}`,
    EDQUOT: `the disk quota is used up; free some, ${elsewhere}`,
    EROFS: `the file system is read-only; mount it writable, ${elsewhere}`,
    EACCES: `permission denied; give this user write permission, ${elsewhere}`,
    EPERM: `operation not permitted; give this user write permission, ${elsewhere}`,
    ENOTDIR: `a file stands where a folder is needed; remove it, ${elsewhere}`,
    EEXIST: `a file stands where a folder is needed; remove it, ${elsewhere}`,
    ENOENT: `the folder it belongs to does not exist; make it, ${elsewhere}`,
  };
  return new HomeError(`cannot write ${file}: ${told[code] ?? `${code}; give a writable folder as ATHANOR_HOME`}`, {
    cause,
  });
}
