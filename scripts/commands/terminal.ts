import { cleanText } from '../../models/domain/clean-text.js';
import { redactorOf } from '../../models/domain/redaction.js';
import { fileErrorText } from '../file-error.js';
import { keepInstead } from '../output-place.js';
import { CommandError, exitCodes } from './exit-codes.js';

/** The surroundings of a command: what it reads and writes. Data goes to stdout, all else to stderr. */
export interface Terminal {
  readonly environment: NodeJS.ProcessEnv;
  /** Whether stderr is a screen, where a block of text can be written over. */
  readonly screen: boolean;
  /** Columns of the screen. */
  readonly width: number;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** Writes to stdout; resolves once the text has been handed over. */
  write(text: string): Promise<void>;
  /** Writes a line to stderr. */
  note(line: string): void;
  /** Writes to stderr as it stands. */
  draw(text: string): void;
  /** To be called for every SIGINT and SIGTERM from now on, in place of ending the process; returns how to undo it. */
  onInterrupt(handler: () => void): () => void;
}

/** What of a process a terminal is made from. */
export type Surroundings = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env' | 'on' | 'off'>;

/** The terminal of a process; no secret of its environment gets to stderr. */
export function processTerminal(process: Surroundings): Terminal {
  const { stdout, stderr, stdin } = process;
  const redact = redactorOf(process.env);
  return {
    environment: process.env,
    screen: stderr.isTTY === true && process.env.TERM !== 'dumb',
    width: stderr.columns ?? 80,
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    write: (text) =>
      new Promise((resolve, reject) => {
        // What goes to a file or a program stays as it is.
        stdout.write(stdout.isTTY === true ? cleanText(text) : text, (error) => {
          if (error === null || error === undefined) resolve();
          else writeError(error, text, (line) => stderr.write(`${redact(line)}\n`)).then(reject, reject);
        });
      }),
    note: (line) => {
      stderr.write(`${cleanText(redact(line))}\n`);
    },
    draw: (text) => {
      stderr.write(redact(text));
    },
    onInterrupt: (handler) => {
      process.on('SIGINT', handler);
      process.on('SIGTERM', handler);
      return () => {
        process.off('SIGINT', handler);
        process.off('SIGTERM', handler);
      };
    },
  };
}

/** Whoever reads a pipe may close it when they have seen enough; that is no fault. Else the text is kept elsewhere. */
async function writeError(error: Error, text: string, note: (line: string) => void): Promise<Error> {
  const closed = (error as NodeJS.ErrnoException).code === 'EPIPE';
  if (closed) return new CommandError(exitCodes.done, '');
  await keepInstead('stdout', text, fileErrorText(error), note);
  return new CommandError(exitCodes.badInput, '', { cause: error });
}

/** Prints the data as JSON, or as text for people. */
export async function print(terminal: Terminal, json: boolean | undefined, data: unknown, text: () => string) {
  await terminal.write(json === true ? `${JSON.stringify(data, null, 2)}\n` : `${text()}\n`);
}
