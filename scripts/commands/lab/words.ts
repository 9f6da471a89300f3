import { Command } from 'commander';
import { InvalidInputError } from '../../../models/domain/errors.js';
import type { LabWord } from '../../durable/lab-control.js';
import { formatNumber } from '../../wording.js';
import { finiteNumber } from '../arguments.js';
import { decidedBy } from '../decisions.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';
import { withServices } from '../with-control.js';

interface Options {
  readonly why: string;
  readonly as?: string;
  readonly lab?: string;
  readonly json?: boolean;
}

/** `athanor lab fault NAME --why TEXT` */
export const labFaultCommand: Verb = (terminal) =>
  withWord(
    new Command('fault').description('grant an instrument to nobody until it is cleared; what runs on it goes on'),
  )
    .argument('<name>', 'instrument or position')
    .addHelpText('after', "\nExample:\n  athanor lab fault oven --why 'thermocouple is broken'")
    .action(async (name: string, options: Options) => {
      const word = wordOf('lab fault', options);
      await withServices(terminal, async (control) => {
        const done = await control.labs.fault(options.lab ?? null, name, word);
        await print(terminal, options.json, done, () =>
          done.changed
            ? `${name}: nothing begins on it until 'athanor lab clear ${name}'`
            : `${name}: stood still already`,
        );
      });
    });

/** `athanor lab clear NAME --why TEXT` */
export const labClearCommand: Verb = (terminal) =>
  withWord(
    new Command('clear').description(
      'say that an instrument is in order: its fault is over, and slots that are held are free',
    ),
  )
    .argument('<name>', 'instrument or position')
    .addHelpText(
      'after',
      `
A slot is held where nobody knows whether its job still moves the instrument. Look at it before you clear it.

Example:
  athanor lab clear oven --why 'new thermocouple, furnace empty'`,
    )
    .action(async (name: string, options: Options) => {
      const word = wordOf('lab clear', options);
      await withServices(terminal, async (control) => {
        const done = await control.labs.clear(options.lab ?? null, name, word);
        await print(terminal, options.json, done, () => {
          const freed = done.freed.map((key) => `; given back: ${key}`).join('');
          return done.changed ? `${name}: in order again${freed}` : `${name}: was in order`;
        });
      });
    });

/** `athanor lab refill STOCK AMOUNT --why TEXT` */
export const labRefillCommand: Verb = (terminal) =>
  withWord(new Command('refill').description('note what was filled into a stock, or, where negative, taken out'))
    .argument('<stock>', 'name of the stock')
    .argument('<amount>', "how much, in the stock's unit", finiteNumber)
    .addHelpText('after', "\nExample:\n  athanor lab refill argon 50 --why 'new bottle'")
    .action(async (stock: string, amount: number, options: Options) => {
      const word = wordOf('lab refill', options);
      await withServices(terminal, async (control) => {
        const left = await control.labs.refill(options.lab ?? null, stock, amount, word);
        await print(terminal, options.json, { stock, left }, () => `${stock}: ${formatNumber(left)} left`);
      });
    });

function withWord(command: Command): Command {
  return command
    .requiredOption('--why <text>', 'the reason, kept with it')
    .option('--lab <name>', 'name of the lab; the only one where absent')
    .option('--as <name>', 'who says so (the user of this machine)')
    .option('--json', 'print what came of it as JSON');
}

function wordOf(verb: string, { why, as }: Options): LabWord {
  if (why.trim() === '')
    throw new InvalidInputError(verb, [{ path: 'why', message: 'empty', remedy: 'say why it is so' }]);
  return { who: decidedBy(as === undefined ? {} : { as }).who, why };
}
