import { readFile, realpath } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { writeFileAtomically } from './home.js';

/** What a lock file says of one package. */
interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

/**
 * Adds to a lock file the optional packages that its packages name and that npm left out.
 *
 * npm leaves out builds for other systems that the registry in use does not have, and then `npm ci` refuses the lock
 * file everywhere. Only exact versions of packages named after a system are added, without an integrity, as optional:
 * on that system they are fetched, elsewhere they are passed over.
 *
 * @returns names of the packages added; the lock file is changed in place
 */
export function completeLock(lock: { packages: Record<string, Entry> }): string[] {
  const added: string[] = [];
  for (const [where, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isThere(lock.packages, where, name)) continue;
      const system = systemOf(name);
      if (system === null || !/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) continue;
      const dev = entry.dev === true ? { dev: true } : {};
      lock.packages[`node_modules/${name}`] = { version, ...dev, optional: true, ...system };
      added.push(name);
    }
  }
  const [own, ...others] = Object.entries(lock.packages);
  others.sort(([a], [b]) => a.localeCompare(b, 'en'));
  if (own !== undefined) lock.packages = Object.fromEntries([own, ...others]);
  return added;
}

/** Whether Node.js would find a package from a place in the tree. */
function isThere(packages: Record<string, Entry>, where: string, name: string): boolean {
  for (let at = where; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
  }
}

/** The system that a package is a build for, from its name: `@swc/core-linux-arm-gnueabihf`. */
function systemOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> | null {
  const words = name.replace(/^@[^/]*\//, '').split('-');
  const os = words.find((word) => ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'win32'].includes(word));
  const cpu = words.find((word) => ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'].includes(word));
  if (os === undefined || cpu === undefined) return null;
  const libc = words.includes('musl') ? { libc: ['musl'] } : words.includes('gnu') ? { libc: ['glibc'] } : {};
  return { cpu: [cpu], ...libc, os: [os] };
}

// Run as a program after `npm install` of something new: `node dist/scripts/complete-lock.js`.
if (
  process.argv[1] !== undefined &&
  import.meta.url === pathToFileURL(await realpath(process.argv[1]).catch(() => '/')).href
) {
  const file = fileURLToPath(new URL('../../package-lock.json', import.meta.url));
  const lock = JSON.parse(await readFile(file, 'utf8')) as { packages: Record<string, Entry> };
  const added = completeLock(lock);
  if (added.length > 0) await writeFileAtomically(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stderr.write(added.length > 0 ? `added ${added.join(', ')}\n` : 'complete\n');
}
