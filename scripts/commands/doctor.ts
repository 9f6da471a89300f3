import { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import { sayingWhat } from './patience.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';

/** `athanor doctor`: what is installed, reachable or missing, and the fix. */
export const doctorCommand: Verb = (terminal, end) =>
  new Command('doctor')
    .description('say what is installed, reachable or missing on this machine, and the fix')
    .option('--json', 'print the checks as JSON')
    .addHelpText(
      'after',
      '\nStarts and changes nothing. Ends with 5 if anything is missing.\n\nExample:\n  athanor doctor',
    )
    .action(async (options: { json?: boolean }) => {
      const { diagnose } = await import('../doctor.js');
      let open: readonly string[] = [];
      const checks = await sayingWhat(
        terminal.note,
        () => `still looking at ${open.join(', ')}`,
        () =>
          diagnose(terminal.environment, (names) => {
            open = names;
          }),
      );
      await print(terminal, options.json, checks, () => {
        const width = Math.max(...checks.map(({ name }) => name.length));
        return checks
          .flatMap(({ name, ok, found, remedy, neededFor }) => [
            `${ok ? 'ok     ' : 'MISSING'}  ${name.padEnd(width)}  ${found}`,
            ...(ok ? [] : [`         ${' '.repeat(width)}  needed for ${neededFor}; ${remedy}`]),
          ])
          .join('\n');
      });
      if (checks.some(({ ok }) => !ok)) end(exitCodes.noResult);
    });
