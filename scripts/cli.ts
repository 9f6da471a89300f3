#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { didYouMean } from './commands/did-you-mean.js';
import { errorText, exitCodeOf } from './commands/exit-codes.js';
import { buildProgram } from './commands/program.js';
import { processTerminal, type Surroundings } from './commands/terminal.js';

/** Runs one command of `athanor` in the surroundings of a process and gives its exit code. */
export async function main(argv: readonly string[], surroundings: Surroundings = process): Promise<number> {
  const terminal = processTerminal(surroundings);
  // Without a listener a closed pipe would end the process before the command has tidied up.
  surroundings.stdout.on('error', () => {});
  // Nothing of a lab is encoded, and a safe stop must not wait.
  if (argv[0] !== 'lab') (await import('./commands/encodings.js')).keepEncodingsInHome(terminal);
  let code = 0;
  const program = await buildProgram(
    terminal,
    (ended) => {
      code = ended;
    },
    argv[0],
    argv[1],
  );
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed its own messages already.
    const text = error instanceof CommanderError ? didYouMean(program, argv, error) : errorText(error);
    if (text !== '') terminal.note(error instanceof CommanderError ? text : `athanor: ${text}`);
    return exitCodeOf(error);
  }
}

/** Whether this file is the program that was started, also through the link that npm makes. */
function isProgram(): boolean {
  const started = process.argv[1];
  return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url);
}

if (isProgram()) process.exit(await main(process.argv.slice(2)));
