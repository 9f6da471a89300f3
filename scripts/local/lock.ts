import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { UnavailableError } from './unavailable-error.js';

/**
 * Runs an action while no other process on this machine runs one for the same folder.
 *
 * The lock is a listening socket, so that the kernel frees it when its holder dies, however it dies: on Linux one in the
 * abstract namespace, elsewhere a socket file in the folder that is taken over once nobody answers on it. Who waits
 * stays connected to the holder and tries again when that connection ends.
 *
 * @param folder - absolute path; must exist
 * @param deadlineMs - how long to wait for the present holder
 * @throws {UnavailableError} if the lock is not free by then
 */
export async function withLock<T>(folder: string, deadlineMs: number, action: () => Promise<T>): Promise<T> {
  const address = addressOf(folder);
  const end = Date.now() + deadlineMs;
  for (;;) {
    const release = await acquire(address);
    if (release !== null) {
      try {
        return await action();
      } finally {
        await release();
      }
    }
    if (Date.now() >= end) {
      throw new UnavailableError(
        `another athanor command has been starting the servers of ${folder} for ${Math.round(deadlineMs / 1000)} s; ` +
          'end it, or wait for it and try again',
      );
    }
    const answered = await holderGone(address, end - Date.now());
    if (!answered && process.platform !== 'linux') await rm(address, { force: true });
  }
}

/** Takes the lock of a folder, if nobody has it; gives how to let go of it, or null. The kernel does so when this process ends. */
export async function tryLock(folder: string): Promise<(() => Promise<void>) | null> {
  const address = addressOf(folder);
  const release = await acquire(address);
  if (release !== null || process.platform === 'linux' || (await holderGone(address, 1))) return release;
  await rm(address, { force: true });
  return acquire(address);
}

function addressOf(folder: string): string {
  return process.platform === 'linux'
    ? `\0athanor-${createHash('sha256').update(folder).digest('hex')}`
    : path.join(folder, 'lock.sock');
}

/** Listens on the address; null if another process does. */
function acquire(address: string): Promise<(() => Promise<void>) | null> {
  return new Promise((resolve, reject) => {
    const waiting = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => waiting.delete(socket));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else
        reject(new UnavailableError(`cannot take the lock of the campaign home: ${error.message}`, { cause: error }));
    });
    server.listen(address, () =>
      resolve(
        () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of waiting) socket.destroy();
          }),
      ),
    );
  });
}

/** Ends when the holder lets go, dies, or the time is up; false if nobody answered at all. */
function holderGone(address: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    let connected = false;
    const socket = net.connect(address, () => {
      connected = true;
    });
    const timer = setTimeout(() => socket.destroy(), Math.max(1, timeoutMs));
    socket.on('error', () => undefined);
    socket.resume();
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(connected);
    });
  });
}
