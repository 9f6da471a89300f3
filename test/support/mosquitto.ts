import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Counterpart, debianCounterpart, startCounterpart } from './counterparts.js';

/** Eclipse Mosquitto, or why it cannot be had. */
export const mosquitto = await debianCounterpart('mosquitto');

/** Starts the broker on a port of this machine. @param folder - where it keeps its configuration and what it retains */
export async function startBroker(folder: string, port: number, more: readonly string[] = []): Promise<Counterpart> {
  if (!('root' in mosquitto)) throw new Error(mosquitto.lacking);
  const { root, env } = mosquitto;
  const passwords = path.join(folder, 'passwords');
  await writeFile(passwords, '', { mode: 0o600 });
  await promisify(execFile)(path.join(root, 'usr/bin/mosquitto_passwd'), ['-b', passwords, 'lab', 'password-of-lab'], {
    env: { ...process.env, ...env },
  });
  await chmod(passwords, 0o600);
  // Started as root it would become another user, who may not write here.
  const lines = [
    `user ${os.userInfo().username}`,
    `listener ${port} 127.0.0.1`,
    'allow_anonymous false',
    `password_file ${passwords}`,
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_interval 1',
    'log_dest stderr',
    ...more,
  ];
  const file = path.join(folder, 'mosquitto.conf');
  await writeFile(file, `${lines.join('\n')}\n`);
  return startCounterpart(path.join(root, 'usr/sbin/mosquitto'), ['-c', file], { ready: /running/, env });
}
