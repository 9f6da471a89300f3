import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { withLock } from '../../scripts/local/lock.js';

const run = promisify(execFile);

/** Where counterparts are kept between runs. */
const cache = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'),
  'athanor-test',
  'counterparts',
);
/** An installation that takes longer is given up. */
const limitMs = 600_000;

/**
 * A Python environment with these packages, from the cache or installed into it by pip.
 *
 * @param packages - with exact versions, such as `lewis==1.4.0`
 * @returns folder of its programs, or why there is none, for tests that are skipped then
 */
export async function pythonCounterpart(
  ...packages: readonly string[]
): Promise<{ bin: string } | { lacking: string }> {
  const name = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const folder = path.join(cache, `python-${name}`);
  const bin = path.join(folder, 'bin');
  const installed = { bin };
  if (existsSync(path.join(folder, 'complete'))) return installed;
  try {
    await mkdir(cache, { recursive: true });
    await withLock(folder, limitMs, async () => {
      if (existsSync(path.join(folder, 'complete'))) return;
      await rm(folder, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', folder], { timeout: limitMs });
      await run(path.join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages], {
        timeout: limitMs,
      });
      await mkdir(path.join(folder, 'done'));
      await rename(path.join(folder, 'done'), path.join(folder, 'complete'));
    });
    return installed;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return {
      lacking: `${packages.join(', ')} cannot be installed: ${(error as Error).message.split('\n').slice(-2).join(' ')}`,
    };
  }
}

/**
 * Debian packages, with those that they need and the machine lacks, unpacked into the cache: nothing is installed, nobody has to
 * be root. What their installation would do (links, users, services) is left to the test.
 *
 * @returns the folder that stands for /, and the environment that finds programs and libraries there; or why there is none
 */
export async function debianCounterpart(
  ...packages: readonly string[]
): Promise<{ root: string; env: Record<string, string> } | { lacking: string }> {
  const name = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const folder = path.join(cache, `debian-${name}`);
  const root = path.join(folder, 'root');
  const isComplete = () => existsSync(path.join(folder, 'complete'));
  try {
    if (!isComplete()) {
      await mkdir(cache, { recursive: true });
      await withLock(folder, limitMs, async () => {
        if (isComplete()) return;
        await rm(folder, { recursive: true, force: true });
        await mkdir(root, { recursive: true });
        const limits = { timeout: limitMs, cwd: folder };
        const plan = await run('apt-get', ['install', '--simulate', '--no-install-recommends', ...packages], limits);
        const wanted = [...plan.stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1]!);
        if (wanted.length > 0) await run('apt-get', ['download', '--quiet', ...wanted], limits);
        for (const file of (await readdir(folder)).filter((each) => each.endsWith('.deb')))
          await run('dpkg', ['-x', file, root], limits);
        await mkdir(path.join(folder, 'complete'));
      });
    }
    const libraries = path.join(
      root,
      'usr/lib',
      (await readdir(path.join(root, 'usr/lib')).catch(() => [])).find(isTriplet) ?? '',
    );
    const within = ['usr/bin', 'usr/sbin', 'bin', 'sbin'].map((each) => path.join(root, each));
    const env = { PATH: [...within, process.env.PATH, '/usr/sbin', '/sbin'].join(':'), LD_LIBRARY_PATH: libraries };
    return { root, env };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return {
      lacking: `${packages.join(', ')} cannot be had: ${(error as Error).message.split('\n').slice(-2).join(' ')}`,
    };
  }
}

const isTriplet = (name: string) => /^\w+-linux-gnu\w*$/.test(name);

/** A process on the other side of an adapter. */
export interface Counterpart {
  /** The first line that it wrote that matched. */
  readonly line: string;
  readonly pid: number;
  /** Ends it, at once, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a process and waits until it writes a line that says that it is ready.
 * @param ready - what the line looks like, on stdout or stderr
 */
export async function startCounterpart(
  program: string,
  args: readonly string[],
  { ready = /./, cwd, env = {} }: { ready?: RegExp; cwd?: string; env?: Record<string, string> } = {},
): Promise<Counterpart> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const said: string[] = [];
  const end = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  const line = await new Promise<string>((resolve, reject) => {
    // What does not become ready is not left behind.
    const limit = setTimeout(() => {
      reject(new Error(`${program} is not ready: ${said.join('\n')}`));
      child.kill('SIGKILL');
    }, 600_000);
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on('line', (text) => {
        if (said.length < 1_000) said.push(text);
        if (!ready.test(text)) return;
        clearTimeout(limit);
        resolve(text);
      });
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      reject(new Error(`${program} ended with ${code}: ${said.join('\n')}`));
    });
  });
  return {
    line,
    pid: child.pid!,
    kill: end,
  };
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
