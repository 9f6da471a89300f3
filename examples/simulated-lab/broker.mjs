// The broker of the simulated lab: Eclipse Mosquitto, from the PATH, or unpacked from Debian's package without being root.
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'athanor', 'mosquitto');
const limits = { timeout: 300_000 };

/** How Mosquitto is started: `{program, env}`. @throws {Error} saying how it can be had, where it is nowhere */
export async function findMosquitto() {
  const folders = [...(process.env.PATH ?? '').split(':').filter(Boolean), '/usr/sbin', '/usr/local/sbin'];
  const program = folders.map((folder) => join(folder, 'mosquitto')).find(isProgram);
  if (program !== undefined) return { program, env: {} };
  if (!existsSync(join(cache, 'complete'))) await unpack();
  const libraries = (await readdir(join(cache, 'usr/lib'))).filter((name) => name.includes('-linux-gnu'));
  const LD_LIBRARY_PATH = libraries.map((name) => join(cache, 'usr/lib', name)).join(':');
  return { program: join(cache, 'usr/sbin/mosquitto'), env: { LD_LIBRARY_PATH } };
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function unpack() {
  const folder = `${cache}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true });
    const within = { ...limits, cwd: folder };
    const { stdout } = await run('apt-get', ['install', '--simulate', '--no-install-recommends', 'mosquitto'], within);
    const wanted = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
    await run('apt-get', ['download', '--quiet', ...wanted], within);
    for (const file of await readdir(folder)) await run('dpkg', ['-x', file, folder], within);
    await mkdir(join(folder, 'complete'));
    await rm(cache, { recursive: true, force: true });
    await rename(folder, cache);
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    const why = cause.message.trim().split('\n').at(-1);
    throw new Error(
      `the MQTT broker Mosquitto is neither on the PATH nor to be had from Debian's packages (${why}).
On Debian or Ubuntu: sudo apt-get install mosquitto. On a Mac: brew install mosquitto. Elsewhere: https://mosquitto.org/download`,
      { cause },
    );
  }
}

/**
 * Starts the broker on a port of this machine, for whoever is on it.
 * @param folder - where it keeps what it has promised to deliver
 * @returns the process, which says "running" on stderr
 */
export async function startBroker(folder, port) {
  const { program, env } = await findMosquitto();
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'mosquitto.conf');
  const lines = [
    // Started as root it would become another user, who may not write here.
    `user ${userInfo().username}`,
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_interval 1',
    'log_dest stderr',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  return spawn(program, ['-c', file], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C is for whoever starts it.
    detached: true,
  });
}
