import { spawn } from 'node:child_process';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import { codeOf } from '../internal/files.js';
import { NotBegunError } from '../internal/remote-device.js';
import type { Surroundings } from '../internal/secrets.js';

/**
 * What a shell was told to say: pairs of a word and a text. Lines of others (a login's greeting) are passed over; a shell that did
 * not come to its end has said nothing.
 */
export type Said = readonly (readonly [word: string, text: string])[];

/** Of the worker's environment only this goes with a shell: `sbatch` hands on to jobs what it finds. */
const handedOn =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH|SLURM_CONF|SSH_\w+|KRB5\w+|XDG_RUNTIME_DIR)$/;

/** A shell where jobs are submitted, reached once for each conversation. */
export interface Shell {
  readonly through: readonly string[];
  readonly timeoutMs: number;
  readonly environment: Surroundings;
}

/**
 * Runs a script and reads what it says with `say`. One that did not arrive whole does nothing.
 * @param limit - bytes that are read
 * @throws {NotBegunError} if the program that leads to the shell is not there
 * @throws {AdapterError} if the shell did not come to its end in time
 */
export async function converse(
  { through, timeoutMs, environment }: Shell,
  script: string,
  limit: number,
): Promise<Said> {
  const [program = 'sh', ...args] = through.length === 0 ? ['sh', '-s'] : [...through, 'sh', '-s'];
  const env = Object.fromEntries(Object.entries(environment).filter(([name]) => handedOn.test(name)));
  const child = spawn(program, args, { env, stdio: 'pipe', detached: true });
  const end = () => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
  };
  let [trouble, bytes] = ['', 0];
  const timer = setTimeout(() => {
    trouble = `no end within ${timeoutMs / 1000} s`;
    end();
  }, timeoutMs);
  const pieces: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes <= limit) pieces.push(piece);
    else if (trouble === '') {
      trouble = `more than ${limit} bytes`;
      end();
    }
  });
  child.stderr.on('data', (piece: Buffer) => {
    complaint = `${complaint}${piece.toString()}`.slice(-2_000);
  });
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(`${preamble}work() {\n${script}\n}\nmain() { work < /dev/null; say end; }\nmain\n`);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const said = linesOf(Buffer.concat(pieces).toString('utf8'));
    if (trouble === '' && said.at(-1)?.[0] === 'end') return said;
    const why = trouble === '' ? `it ended with ${code === null ? 'a signal' : `code ${code}`}` : trouble;
    throw new AdapterError(`the shell by '${program}' did not come to its end: ${why}${words(complaint)}`);
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes(codeOf(error) ?? ''))
      throw new NotBegunError(`'${program}' cannot be started: ${(error as Error).message}`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const mark = 'athanor:';
const preamble = `set -f
export LC_ALL=C
say() { printf '${mark} %s %s\\n' "$1" "$2"; }
within() { if command -v timeout > /dev/null; then timeout "$@"; else shift; "$@"; fi; }
`;

function linesOf(text: string): Said {
  return text.split('\n').flatMap((line) => {
    const [, word, rest] = new RegExp(`^${mark} (\\S+) (.*)$`).exec(line) ?? [];
    return word === undefined ? [] : [[word, rest!.trim()] as const];
  });
}

/** The end of what was complained of, in few characters. */
export function words(complaint: string): string {
  const text = cleanText(complaint.trim().split('\n').slice(-3).join(' '), 400);
  return text === '' ? '' : `: ${text}`;
}
