import { chmod, chown, lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { AthanorError } from '../models/domain/errors.js';

/** What Athanor keeps in a home; all else there is somebody else's. */
const ours =
  /^(?:services\.json|home\.json|lock\.sock|postgres|temporal|bin|campaigns|instruments|reports|conformance|safe-stop|sent|encodings|models|\.probe-.*|.*\.tmp)$/;
const forOthers = 0o077;
const told = new Set<string>();

/**
 * Keeps a campaign home and what is in it from other users of the machine: who can write there controls campaigns, who can
 * read there knows what they found and the password of the database. A home that was made by an earlier version or by hand is
 * closed, with a word; a folder that also holds other things stays as it is, and only our own parts of it are closed.
 *
 * Where root runs PostgreSQL as another user, and its cluster lies in the home, the group of that user may pass through.
 *
 * @param home - must exist
 * @throws {AthanorError} HOME if it belongs to another user
 */
export async function keepPrivate(home: string, log: (line: string) => void): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined) return;
  const say = (line: string) => {
    if (!told.has(line)) log(line);
    told.add(line);
  };
  const { uid, mode } = await stat(home);
  if (uid !== user && user !== 0)
    throw new AthanorError(
      'HOME',
      `${home} belongs to another user (uid ${uid}), who could read and change all that is kept there; set ATHANOR_HOME to a folder of your own, or run as that user`,
    );
  if (uid !== user)
    say(`${home} belongs to uid ${uid}, who cannot use what root keeps there; run as that user, or set ATHANOR_HOME`);
  const entries = await readdir(home);
  const isShared = (mode & 0o1000) !== 0 || entries.some((name) => !ours.test(name));
  const group = await clusterGroup(home);
  let closed = false;
  if (!isShared) {
    const wanted = group === null ? 0o700 : 0o710;
    if ((mode & forOthers & ~wanted) !== 0) closed = true;
    if (group !== null) await chown(home, uid, group);
    if ((mode & 0o777) !== wanted && (mode & forOthers) !== 0) await chmod(home, wanted);
  } else if ((mode & forOthers) !== 0)
    say(
      `${home} holds other things too and stays open to other users (mode ${(mode & 0o777).toString(8)}); what Athanor keeps in it is closed`,
    );
  if (closed || isShared)
    for (const name of entries)
      if (ours.test(name) && name !== 'postgres') closed = (await close(path.join(home, name))) || closed;
  closed = (await closeCluster(home, group)) || closed;
  if (closed) say(`${home} was open to other users; what Athanor keeps there is now for this one alone`);
}

/** Takes a file, or a folder with all in it, from others; whether there was anything to take. */
async function close(at: string): Promise<boolean> {
  const found = await lstat(at).catch(() => null);
  if (found === null || found.isSymbolicLink()) return false;
  const open = (found.mode & forOthers) !== 0;
  // What belongs to somebody else stays theirs.
  if (open) await chmod(at, found.mode & 0o700).catch(() => undefined);
  let inner = false;
  if (found.isDirectory())
    for (const name of await readdir(at).catch(() => [])) inner = (await close(path.join(at, name))) || inner;
  return open || inner;
}

/** The folder around the cluster, whose own part is private by PostgreSQL's own rules. */
async function closeCluster(home: string, group: number | null): Promise<boolean> {
  const folder = await realpath(path.join(home, 'postgres')).catch(() => null);
  const found = folder === null ? null : await stat(folder).catch(() => null);
  if (folder === null || found === null) return false;
  // A cluster that another command is making just now has its modes from there.
  const data = await stat(path.join(folder, 'data')).catch(() => null);
  if (data === null) return false;
  const passing = group ?? (data.uid === found.uid ? null : data.gid);
  const wanted = passing === null ? 0o700 : 0o710;
  if ((found.mode & forOthers & ~wanted) === 0) return false;
  if (passing !== null) await chown(folder, found.uid, passing).catch(() => undefined);
  await chmod(folder, wanted).catch(() => undefined);
  return true;
}

/** Group of the user who runs PostgreSQL on a cluster in the home, where that is another; else null. */
async function clusterGroup(home: string): Promise<number | null> {
  const folder = path.join(home, 'postgres');
  if ((await lstat(folder).catch(() => null))?.isDirectory() !== true) return null;
  const data = await stat(path.join(folder, 'data')).catch(() => null);
  return data === null || data.uid === (await stat(home)).uid ? null : data.gid;
}
