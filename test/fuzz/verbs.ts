import { cleanText } from '../../models/domain/clean-text.js';
import { errorText, exitCodeOf } from '../../scripts/commands/exit-codes.js';
import { buildProgram } from '../../scripts/commands/program.js';
import type { Terminal } from '../../scripts/commands/terminal.js';
import { Find } from './find.js';
import type { Place } from './kind.js';
import { checkWords } from './refusal.js';
import { secret } from './values.js';

/** What a verb of the command line left. */
export interface VerbResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a verb of the command line in this process, as `athanor` does.
 *
 * @param codes - exit codes that may come of it
 * @throws {Find} for any other code, for stack traces, and for what stderr must not hold
 */
export async function verb(place: Place, args: readonly string[], codes: readonly number[]): Promise<VerbResult> {
  let [stdout, stderr, code] = ['', '', 0];
  const terminal: Terminal = {
    environment: { ATHANOR_HOME: place.home, PATH: process.env.PATH, FUZZ_API_KEY: secret },
    screen: false,
    width: 80,
    interactive: false,
    write: async (text) => {
      stdout += text;
    },
    note: (line) => {
      stderr += `${cleanText(line)}\n`;
    },
    draw: (text) => {
      stderr += text;
    },
    onInterrupt: () => () => {},
  };
  let thrown: unknown;
  try {
    const program = await buildProgram(terminal, (ended) => {
      code = ended;
    });
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    thrown = error;
    code = exitCodeOf(error);
    terminal.note(`athanor: ${errorText(error)}`);
  }
  if (!codes.includes(code)) {
    // The error itself tells more of what is wrong than its exit code.
    if (code === 1 && thrown !== undefined) throw thrown;
    throw new Find(`${args[0]} ended with ${code}`, stderr.slice(0, 500));
  }
  checkWords(stderr);
  if (stdout.includes(secret)) throw new Find(`a secret in what ${args[0]} prints`, '');
  return { code, stdout, stderr };
}
