import { chmodSync, rmSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { tryLock } from '../local/lock.js';
import { processStart } from '../local/process.js';
import { endedSince } from './ended.js';
import { guardAddress, isStale, onLines, type Question, questionSchema, say, variableHashes } from './guard-words.js';
import { HeldAdapters } from './held-adapters.js';
import { safeStopFolder, writeDurably } from './place.js';
import { stopInstruments } from './stop-instruments.js';

/** How long the guard of a home without a worker goes on guarding, milliseconds. */
const lonelyMs = 10 * 60_000;
/** How often it looks whether its home is there still, milliseconds. */
const lookMs = 5_000;

/** Where a guard finds what it needs. */
export interface GuardSurroundings {
  /** In which the secrets of the instruments are found. */
  readonly environment: NodeJS.ProcessEnv;
  /** Told a line of what it does; secrets are for the caller to take out. */
  readonly log: (line: string) => void;
  /** How long it goes on without a worker, milliseconds. */
  readonly aloneMs?: number;
  /** Since when it is wanted, milliseconds: where a person has ended the guarding since then it does not begin. Now where absent. */
  readonly since?: number;
}

/**
 * Guards a home: holds the adapters of its instruments, and stops them safely when asked on its socket, whatever has become of
 * workers and servers. One process a home does; another that is started gives up.
 *
 * @returns resolves when it is over: nobody worked for the home for ten minutes, a person has ended it, its home is gone, or a
 *   worker knows secrets that it does not, and starts another
 */
export async function guard(
  jobs: string,
  { environment, log, aloneMs = lonelyMs, since = Date.now() }: GuardSurroundings,
): Promise<void> {
  const folder = safeStopFolder(jobs);
  const release = await tryLock(folder);
  if (release === null) return;
  if (endedSince(jobs, since)) {
    await release();
    return;
  }
  const held = new HeldAdapters(jobs, log);
  const workers = new Set<net.Socket>();
  const all = new Set<net.Socket>();
  let over: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  let lonely = setTimeout(over, aloneMs);
  const leave = (because: 'asked' | 'stale', to: net.Socket) => {
    for (const socket of all)
      say(socket, { say: 'ends', because: because === 'stale' && socket !== to ? 'replaced' : because });
    over();
  };
  const heed = async (question: Question, socket: net.Socket) => {
    if (question.say === 'end') return leave('asked', socket);
    if (question.say === 'work') {
      workers.add(socket);
      clearTimeout(lonely);
      const own = variableHashes(jobs, environment);
      if (isStale(own, question.variables, workers.size === 1)) return leave('stale', socket);
      for (const made of held.of()) void made.then(({ kept, trouble }) => trouble && log(`${kept.id}: ${trouble}`));
      return say(socket, { say: 'guarding', pid: process.pid });
    }
    log(`safe stop of ${question.lab ?? 'all instruments'}`);
    await stopInstruments(held, question, (row) => {
      log(
        `${row.instrument}: ${row.outcome} in ${Math.round(row.ms)} ms${row.message === null ? '' : `: ${row.message}`}`,
      );
      say(socket, { say: 'row', row });
    });
    say(socket, { say: 'stopped' });
  };
  const server = net.createServer((socket) => {
    all.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      all.delete(socket);
      if (!workers.delete(socket) || workers.size > 0) return;
      clearTimeout(lonely);
      lonely = setTimeout(over, aloneMs);
    });
    onLines(socket, (line) => {
      const question = questionSchema.safeParse(line);
      if (question.success) void heed(question.data, socket).catch((error: Error) => log(error.message));
    });
  });
  const address = guardAddress(jobs);
  // The lock is ours: whoever listened here is dead.
  rmSync(path.join(folder, 'guard.sock'), { force: true });
  writeDurably(
    path.join(folder, 'guard.json'),
    `${JSON.stringify({ pid: process.pid, started: await processStart(process.pid) })}\n`,
  );
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve));
  chmodSync(address, 0o600);
  // It may have been ended before it could be told.
  if (endedSince(jobs, since)) over();
  void Promise.all(held.of());
  const looking = setInterval(() => {
    try {
      statSync(path.join(folder, 'guard.json'));
    } catch {
      over();
    }
  }, lookMs);
  await ended;
  clearInterval(looking);
  clearTimeout(lonely);
  server.close();
  for (const socket of all) socket.end();
  await release();
}
