import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import type { Home } from '../../activities/store/home.js';
import { HomeError, writeFileAtomically } from '../home.js';
import { withLock } from '../local/lock.js';

const identitySchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  path: z.string(),
  machine: z.string().nullable(),
});
type Identity = z.infer<typeof identitySchema>;

const lockDeadlineMs = 30_000;

/**
 * The identity of a folder in which workers keep adapters' jobs: `home.json`, made on first use. A trial belongs to the
 * home from which its job was submitted, as only there the job is known.
 *
 * A folder that was moved keeps its id. A copy (what it was copied from is still there, or lies on another machine) gets
 * one of its own, as jobs that go on in one are unknown to the other.
 *
 * @param folder - must exist
 * @param shared - whether workers of several homes may name it; one of another machine is then refused, since it cannot see
 *   the processes of its jobs
 * @throws {HomeError} if the file cannot be read or written, or the shared folder is another machine's
 */
export async function homeIdentity(
  folder: string,
  options: { readonly shared?: boolean; readonly log?: (line: string) => void } = {},
): Promise<Home> {
  const real = await realpath(folder);
  return withLock(path.join(real, 'home.json'), lockDeadlineMs, async () => {
    const machine = await machineId();
    const known = await readIdentity(real);
    const told = { id: randomBytes(8).toString('hex'), path: real, machine };
    if (known === null) return write(real, told);
    if (known.machine !== machine) {
      if (options.shared === true)
        throw new HomeError(
          `the shared folder ${real} belongs to another machine, whose processes cannot be seen from here; start the worker there`,
        );
      return renamed(real, known, told, options.log);
    }
    if (known.path === real) return named(known);
    if ((await readIdentity(known.path))?.id === known.id) return renamed(real, known, told, options.log);
    return write(real, { ...known, path: real });
  });
}

function renamed(folder: string, known: Identity, told: Identity, log: (line: string) => void = () => undefined) {
  log(
    `${folder} is a copy of home ${known.id} (${known.path}), and is now home ${told.id}; trials submitted from the other wait for it`,
  );
  return write(folder, told);
}

async function write(folder: string, identity: Identity): Promise<Home> {
  await writeFileAtomically(path.join(folder, 'home.json'), `${JSON.stringify(identity, null, 2)}\n`, 0o600);
  return named(identity);
}

function named({ id, path: folder }: Identity): Home {
  return { id, name: `${hostname()}:${folder}` };
}

async function readIdentity(folder: string): Promise<Identity | null> {
  const file = path.join(folder, 'home.json');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw new HomeError(`cannot read ${file}: ${error.message}`, { cause: error });
  });
  if (text === null) return null;
  try {
    return identitySchema.parse(JSON.parse(text));
  } catch {
    throw new HomeError(`${file} does not say which home this is; put back what it held, or remove it for a new home`);
  }
}

/** What tells this machine from others; null where it has nothing of the kind. */
async function machineId(): Promise<string | null> {
  const text = await readFile('/etc/machine-id', 'utf8').catch(() => '');
  return text.trim() === '' ? null : text.trim();
}
