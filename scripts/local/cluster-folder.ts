import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, realpath, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { homeError } from '../home.js';
import type { RunAs } from './process.js';
import { UnavailableError } from './unavailable-error.js';

const run = promisify(execFile);

/** Where root keeps what the server's own user must reach, when the campaign home lies in a private folder. */
export const sharedRoot = '/var/lib/athanor';

/**
 * The folder of the home's cluster, which need not exist yet: `postgres` in the home; or, where the server's user cannot
 * reach that (root's home is private), a folder under /var/lib/athanor to which `postgres` in the home is a link.
 * Absolute, without links.
 */
export async function clusterFolder(home: string, runAs: RunAs | null): Promise<string> {
  const inHome = path.join(home, 'postgres');
  try {
    if ((await lstat(inHome)).isSymbolicLink() || runAs === null || (await canReach(inHome, runAs))) {
      return await realpath(inHome);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw homeError(inHome, error);
  }
  await removeUnfinished(inHome);
  if (await lstat(inHome).catch(() => null)) {
    throw new UnavailableError(
      `${inHome} cannot be reached by the user that runs PostgreSQL, or its link leads nowhere; ` +
        'put back what it pointed to, let that user pass through to it, or give DATABASE_URL',
    );
  }
  if (runAs === null || (await canReach(home, runAs))) return path.join(await realpath(home), 'postgres');
  const elsewhere = path.join(sharedRoot, randomBytes(8).toString('hex'));
  try {
    await mkdir(elsewhere, { recursive: true, mode: 0o700 });
    await chmod(sharedRoot, 0o755);
    await symlink(elsewhere, inHome);
  } catch (error) {
    throw homeError(elsewhere, error);
  }
  return elsewhere;
}

/** Removes the folder of a cluster that was never finished: what is in it was being made when somebody died. */
async function removeUnfinished(folder: string): Promise<void> {
  if ((await lstat(folder).catch(() => null))?.isDirectory() !== true) return;
  const entries = await readdir(folder);
  if (entries.every((name) => /^(?:new-\d+-[0-9a-f]+|server\.log)$/.test(name)))
    await rm(folder, { recursive: true, force: true });
}

/** Whether a user may enter a folder and all above it. */
export async function canReach(folder: string, runAs: RunAs): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...runAs, cwd: '/' }).then(
    () => true,
    () => false,
  );
}
