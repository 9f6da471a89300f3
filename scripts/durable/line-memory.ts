import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Submission, submissionSchema } from '../../activities/store/submission.js';
import { HomeError } from '../home.js';

/**
 * The lines of the ledger that the workers of a home wrote, in its file `lines.jsonl`: which jobs it has, and on what, also where the
 * database has lost that.
 */
export class LineMemory {
  private readonly file: string;

  /** @param folder - of the home */
  constructor(folder: string) {
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
    const lines = new Map<string, Submission>();
    for (const text of existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n') : []) {
      const line = parsed(text);
      if (line !== null) lines.set(line.key, line);
    }
    return [...lines.values()];
  }
}

function parsed(text: string): Submission | null {
  try {
    return submissionSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
