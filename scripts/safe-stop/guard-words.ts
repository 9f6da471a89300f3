import { createHash } from 'node:crypto';
import { openSync } from 'node:fs';
import type { Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { variablesIn } from '../lab/named-secrets.js';
import { keptInstruments } from './kept-instruments.js';
import { safeStopFolder } from './place.js';
import type { StopRow } from './stop-instruments.js';

/** What is said to the guard, a line of JSON each. */
export const questionSchema = z.discriminatedUnion('say', [
  /** A worker is there for as long as this connection lasts; again where it drives an instrument more. */
  z.strictObject({ say: z.literal('work'), variables: z.record(z.string(), z.string()) }),
  z.strictObject({ say: z.literal('stop'), lab: z.string().nullable(), deadlineMs: z.number().positive() }),
  /** The home's servers are ended by a person, and so is the guard. */
  z.strictObject({ say: z.literal('end') }),
]);
/** One of these. */
export type Question = Readonly<z.infer<typeof questionSchema>>;

/**
 * What the guard says: that it guards, with which process; a row of a stop; that all rows were told; that it ends, as a person
 * asked for it, as the worker that is told so (`stale`) has secrets that it does not know, or as another worker has (`replaced`).
 */
export type Answer =
  | { readonly say: 'guarding'; readonly pid: number }
  | { readonly say: 'row'; readonly row: StopRow }
  | { readonly say: 'stopped' }
  | { readonly say: 'ends'; readonly because: 'asked' | 'stale' | 'replaced' };

/** Longer paths are no addresses of sockets, bytes. */
const longestAddress = 100;

/** Folders that are held open, as their sockets are named by them. */
const opened = new Map<string, number>();

/** Where the guard of a home listens; a path that is too long for a socket is gone around where the system can. */
export function guardAddress(jobs: string): string {
  const folder = safeStopFolder(jobs);
  const address = path.join(folder, 'guard.sock');
  if (Buffer.byteLength(address) <= longestAddress || process.platform !== 'linux') return address;
  const open = opened.get(folder) ?? openSync(folder, 'r');
  opened.set(folder, open);
  return `/proc/${process.pid}/fd/${open}/guard.sock`;
}

/** Hears lines of JSON. That the other is gone its socket's `close` tells, however that came. */
export function onLines(socket: Socket, hear: (line: unknown) => void): void {
  const lines = createInterface({ input: socket });
  // It passes on what the socket has failed with: nobody hearing that would end this process.
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    try {
      hear(JSON.parse(line));
    } catch {
      // Whoever says something else is not heard.
    }
  });
}

/** Says something. */
export function say(socket: Socket, words: Question | Answer): void {
  socket.write(`${JSON.stringify(words)}\n`);
}

/**
 * Whether a worker knows secrets that the guard does not: one that it has not at all, or another value where no other worker is
 * there whose value that may be.
 */
export function isStale(
  own: Readonly<Record<string, string>>,
  told: Readonly<Record<string, string>>,
  isAlone: boolean,
): boolean {
  return Object.entries(own).some(([name, hash]) => {
    const other = told[name] ?? none;
    return other !== hash && other !== none && (hash === none || isAlone);
  });
}

const hashed = (text: string) => createHash('sha256').update(text).digest('hex');
/** Hash of what is not there. */
const none = hashed('');

/** What tells the environment of one process from another's, of the variables that the instruments' settings name: hashes. */
export function variableHashes(jobs: string, environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = keptInstruments(jobs).flatMap(({ settings }) => variablesIn(settings));
  return Object.fromEntries([...new Set(names)].map((name) => [name, hashed(environment[name] ?? '')]));
}
