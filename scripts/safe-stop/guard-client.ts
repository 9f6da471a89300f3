import { existsSync, mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDetached } from '../local/process.js';
import { noteEnded } from './ended.js';
import { type Answer, guardAddress, onLines, type Question, say } from './guard-words.js';
import { safeStopFolder } from './place.js';
import type { StopRow } from './stop-instruments.js';

/**
 * Starts the guard of a home, detached: it outlives this process. Where there is one already the new one gives up.
 *
 * @param since - when whoever wants it began, milliseconds: it gives up too where a person has ended the guarding since
 */
export async function startGuard(jobs: string, since = Date.now()): Promise<void> {
  const folder = safeStopFolder(jobs);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const built = import.meta.url.endsWith('.ts') ? '../../dist/scripts/safe-stop/guard-child.js' : './guard-child.js';
  const program = fileURLToPath(new URL(built, import.meta.url));
  await startDetached(process.execPath, [program, jobs, `${since}`], {
    logFile: path.join(folder, 'guard.log'),
    cwd: folder,
  });
}

/**
 * Speaks with the guard; null if nobody guards, which shows at once, or it does not take the call within `limitMs`: also because this
 * process has had no time.
 */
export function callGuard(jobs: string, limitMs = 2_000): Promise<net.Socket | null> {
  return new Promise((resolve) => {
    const socket = net.connect(guardAddress(jobs));
    const timer = setTimeout(() => socket.destroy(), limitMs);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(null);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

/**
 * Has the guard stop instruments.
 *
 * @returns whether it has told of all; false where there is none, or it went silent before it was done
 */
export async function stopByGuard(
  jobs: string,
  { lab, deadlineMs }: Omit<Question & { say: 'stop' }, 'say'>,
  onRow: (row: StopRow) => void,
): Promise<boolean> {
  const socket = await callGuard(jobs);
  if (socket === null) return false;
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.destroy(), deadlineMs + 1_000);
    let done = false;
    onLines(socket, (line) => {
      const answer = line as Answer;
      if (answer.say === 'row') onRow(answer.row);
      if (answer.say !== 'stopped') return;
      done = true;
      socket.end();
    });
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(done);
    });
    say(socket, { say: 'stop', lab, deadlineMs });
  });
}

/** Ends the guard of a home, also one that is about to begin. @returns whether there was one */
export async function endGuard(jobs: string): Promise<boolean> {
  if (!existsSync(safeStopFolder(jobs))) return false;
  noteEnded(jobs);
  const socket = await callGuard(jobs);
  if (socket === null) return false;
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.resume();
  say(socket, { say: 'end' });
  await gone;
  return true;
}
