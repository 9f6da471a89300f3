import { Command } from 'commander';
import { among } from '../../../models/domain/nearest.js';
import type { StopRow } from '../../safe-stop/stop-instruments.js';
import { exitCodes } from '../exit-codes.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';
import { whoSays } from '../who.js';

interface Options {
  readonly why: string;
  readonly as?: string;
  readonly deadline: string;
  readonly json?: boolean;
}

/** `athanor lab stop [LAB]`: everything to a safe state, and nothing begins until a person clears it. */
export const labStopCommand: Verb = (terminal, end) =>
  new Command('stop')
    .description('bring all instruments to a safe state at once; nothing begins until it is cleared')
    .argument('[lab]', 'name of a lab; all instruments that are driven from this home where absent')
    .requiredOption('--why <text>', 'the reason, kept with it')
    .option('--as <name>', 'who says so (the user of this machine)')
    .option('--deadline <duration>', 'how long an instrument has to answer', '5s')
    .option('--json', 'print what became of each instrument as JSON')
    .addHelpText(
      'after',
      `
Needs neither Temporal nor PostgreSQL: the guard of the home, a process that is started with the workers and outlives them, asks
every instrument; without it this command does. Jobs that run end as cancelled or unknown. Ends with 5 if an instrument did not
answer, cannot be stopped safely, or is of the lab but driven from elsewhere alone: then go to the device; and if no such lab is
known here. Workers on other machines stop what they drive of a lab that is named, once both they and a worker here reach PostgreSQL.

Examples:
  athanor lab stop --why 'smell of solvent'
  athanor lab stop wet-lab --why 'door of the glovebox is open'`,
    )
    .action(async (lab: string | undefined, options: Options) => {
      const { labNames, unreached } = await import('../../safe-stop/kept-instruments.js');
      const { checkedStop, safeStop } = await import('../../safe-stop/safe-stop.js');
      const { readConfig } = await import('../../config.js');
      const { home, shared } = readConfig(terminal.environment);
      const asked = checkedStop({ lab: lab ?? null, who: whoSays(options.as), ...options });
      const rows = await safeStop(shared ?? home, asked, {
        log: terminal.note,
        onRow: (row) => options.json !== true && terminal.note(rowText(row)),
      });
      const left = rows.filter(({ outcome }) => outcome !== 'stopped');
      const labs = labNames(shared ?? home);
      const isUnknown = lab !== undefined && rows.length === 0 && !labs.includes(lab);
      const others = lab === undefined ? unreached(shared ?? home, null) : [];
      await print(terminal, options.json, { ...asked, instruments: rows, ...(isUnknown ? { labs } : {}) }, () =>
        [
          isUnknown
            ? `NOTHING WAS STOPPED: no lab '${lab}' is known here; ${labs.length === 0 ? 'none is' : among(lab, labs)}`
            : rows.length === 0
              ? 'no instrument outside of Athanor was ever driven from here; nothing begins from now on'
              : `${rows.length - left.length} of ${rows.length} instruments stopped`,
          ...left.map(({ instrument, message }) => `  GO THERE  ${instrument}: ${message}`),
          ...others.map((id) => `  NOT ASKED  ${id}: never driven from here; its lab can be stopped by name`),
          isUnknown
            ? `'athanor lab stop --why …' stops all that is driven from here; what '${lab}' was is kept until 'athanor lab clear --lab ${lab} --why …'`
            : `nothing begins until 'athanor lab clear${lab === undefined ? '' : ` --lab ${lab}`} --why …'`,
        ].join('\n'),
      );
      if (left.length > 0 || isUnknown) end(exitCodes.noResult);
    });

function rowText({ instrument, outcome, ms, message }: StopRow): string {
  const words = {
    stopped: `stopped in ${Math.round(ms)} ms`,
    silent: 'did not answer',
    failed: 'failed',
    cannot: 'cannot stop safely',
    elsewhere: 'not asked',
  };
  return `${instrument}: ${words[outcome]}${message === null ? '' : `: ${message}`}`;
}
