import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Query } from '../../activities/store/client.js';
import { type Submission, submissionSchema } from '../../activities/store/submission.js';
import { HomeError } from '../home.js';
import { tryLock } from '../local/lock.js';
import { writeDurably } from '../safe-stop/place.js';

/** Bytes that `lines.jsonl` may have before it is put aside. */
const putAsideAt = 8 * 2 ** 20;

/** Lines of ended jobs that are kept though the store has them, as a dump from which it is restored may be older. */
const keptEnded = 20_000;

/** How often it is looked whether the file is to be put aside, milliseconds. */
const everyMs = 600_000;

/**
 * The lines of the ledger that the workers of a home wrote, in its file `lines.jsonl`: which jobs it has, and on what, also where the
 * database has lost that. A file that has grown long is put aside as `lines.1.jsonl`, and once another is, its lines go into
 * `lines.0.jsonl`, each as it stood last.
 */
export class LineMemory {
  private readonly file: string;

  /** @param folder - of the home */
  constructor(private readonly folder: string) {
    this.file = path.join(folder, 'lines.jsonl');
  }

  /** Keeps a line as it stands. @throws {HomeError} if it cannot be written down: then the device must not be called */
  keep(line: Submission): void {
    try {
      // On a line of its own, whatever a crash has left.
      appendFileSync(this.file, `\n${JSON.stringify(line)}`, { mode: 0o600 });
    } catch (error) {
      throw new HomeError(`cannot write ${this.file}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Each line as it stood last, in the order in which they were first kept; one that a crash cut short is none. */
  all(): readonly Submission[] {
    return lastOf([this.aside(0), this.aside(1), this.file]);
  }

  /**
   * Puts the file aside where it has grown too long. Of what was put aside before, lines are left out whose jobs the store has as
   * ended, but for the newest of them. What other processes of the home write meanwhile is not touched: it goes to the file as it is
   * then, or to the one just put aside, which nobody reads into another before the next time.
   *
   * @param limits - bytes from which on, and how many ended lines are kept
   */
  async bound(query: Query, limits = { bytes: putAsideAt, ended: keptEnded }): Promise<void> {
    if (!existsSync(this.file) || statSync(this.file).size < limits.bytes) return;
    const folder = path.join(this.folder, 'lines');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const release = await tryLock(folder);
    // Another process of the home is at it.
    if (release === null) return;
    try {
      if (existsSync(this.aside(1))) {
        const lines = lastOf([this.aside(0), this.aside(1)]);
        const rows = await query(`SELECT key FROM submission WHERE key = ANY ($1) AND state = 'ended'`, [
          lines.filter(({ state }) => state === 'ended').map(({ key }) => key),
        ]);
        const ended = new Set(rows.map(({ key }) => String(key)));
        const told = lines.filter(({ key }) => ended.has(key));
        const leave = new Set(told.slice(0, Math.max(0, told.length - limits.ended)).map(({ key }) => key));
        const kept = lines.filter(({ key }) => !leave.has(key)).map((line) => `\n${JSON.stringify(line)}`);
        writeDurably(this.aside(0), kept.join(''));
        rmSync(this.aside(1));
      }
      renameSync(this.file, this.aside(1));
    } finally {
      await release();
    }
  }

  private aside(place: 0 | 1): string {
    return path.join(this.folder, `lines.${place}.jsonl`);
  }
}

/** Bounds the memory now and every ten minutes; a store that is away is waited for. @returns how to stop */
export function keepBounded(lines: LineMemory, query: Query): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  const look = () => {
    last = last.then(() => lines.bound(query)).catch(() => undefined);
  };
  look();
  const timer = setInterval(look, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await last;
  };
}

function lastOf(files: readonly string[]): readonly Submission[] {
  const lines = new Map<string, Submission>();
  for (const file of files)
    for (const text of existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []) {
      const line = parsed(text);
      if (line !== null) lines.set(line.key, line);
    }
  return [...lines.values()];
}

function parsed(text: string): Submission | null {
  try {
    return submissionSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
