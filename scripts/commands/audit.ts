import { Command } from 'commander';
import { CommandError, exitCodes } from './exit-codes.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

/** `athanor audit`: the log as a chain of hashes. */
export const auditCommand: Verb = (terminal) => {
  const verify = new Command('verify')
    .description('compute the seals of the log again: whether an event was changed or taken away since')
    .option('--seal <sha256>', 'that was noted elsewhere before: it must be in the chain still')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      `
Who can write to the database as its owner can lay the whole chain anew: note the last seal where they cannot change it, and give it here
later. Ends with 5 if an event does not hold, or the seal is not in the chain.

Examples:
  athanor audit verify
  athanor audit verify --seal 9b2f…`,
    )
    .action(async (options: { seal?: string; json?: boolean }) => {
      const found = await withControl(
        terminal,
        async (control) => ({
          ...(await control.events.verify()),
          ...(options.seal === undefined ? {} : { noted: await control.events.sealed(options.seal) }),
        }),
        () => ({ events: 0, sha256: '', fault: null }),
      );
      const { events, sha256, fault } = found;
      const noted = 'noted' in found ? found.noted : options.seal === undefined ? undefined : null;
      if (fault !== null || noted === null) {
        if (options.json) await print(terminal, true, found, () => '');
        const what =
          fault === null
            ? `no event has the seal ${options.seal}: the chain is another than the one that was noted`
            : `event ${fault.seq} ${fault.what === 'changed' ? 'is not what was sealed' : 'is not there any more'}; the ${events} before it hold`;
        throw new CommandError(exitCodes.noResult, what);
      }
      await print(terminal, options.json, found, () =>
        events === 0
          ? 'nothing is logged yet'
          : `${events} events, each as it was sealed; the last seal is ${sha256}${noted === undefined ? '' : `; the one noted is that of event ${noted}`}`,
      );
    });
  return new Command('audit')
    .description('the log of all that happened, and who did it, as a chain of hashes')
    .addHelpText('after', '\nExample:\n  athanor audit verify')
    .addCommand(verify);
};
