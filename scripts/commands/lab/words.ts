import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { AthanorError, InvalidInputError } from '../../../models/domain/errors.js';
import type { LabWord } from '../../durable/lab-control.js';
import { formatNumber } from '../../wording.js';
import { amountWithUnit, wholeNumber } from '../arguments.js';
import { decidedBy } from '../decisions.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';
import { withServices } from '../with-control.js';

/** What every word on a lab may be given. */
export interface Options {
  readonly why: string;
  readonly as?: string;
  readonly lab?: string;
  readonly request?: string;
  readonly seen?: number;
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
        const done = await confirmed(word, () => control.labs.fault(options.lab ?? null, name, word));
        await print(terminal, options.json, done, () =>
          done.changed
            ? `${name}: nothing begins on it until 'athanor lab clear ${name}'`
            : `${name}: stood still already`,
        );
      });
    });

/** `athanor lab refill STOCK AMOUNT --why TEXT` */
export const labRefillCommand: Verb = (terminal) =>
  withWord(new Command('refill').description('note what was filled into a stock, or, where negative, taken out'))
    .argument('<stock>', 'name of the stock')
    .argument('<amount>', "how much, in the stock's unit where none is given: 2, or '500 mL'", amountWithUnit)
    .addHelpText('after', "\nExample:\n  athanor lab refill argon 50 --why 'new bottle'")
    .action(async (stock: string, amount: ReturnType<typeof amountWithUnit>, options: Options) => {
      const word = wordOf('lab refill', options);
      await withServices(terminal, async (control) => {
        const refilled = confirmed(word, () => control.labs.refill(options.lab ?? null, stock, amount, word));
        const { left, untold } = await refilled;
        if (untold !== null)
          terminal.note(
            `this is counted, do not say it again; trials that wait were not told (${untold}): once Temporal is there, ` +
              `'athanor lab refill ${stock} 0 --why told' does so`,
          );
        await print(terminal, options.json, { stock, left }, () => `${stock}: ${formatNumber(left)} left`);
      });
    });

/**
 * With the options of a person's word on a lab.
 * @param why - the reason where none is given; one has to be given where this is absent
 */
export function withWord(command: Command, why?: string): Command {
  const reason = ['--why <text>', 'the reason, kept with it'] as const;
  return (why === undefined ? command.requiredOption(...reason) : command.option(...reason, why))
    .option('--lab <name>', 'name of the lab; the only one where absent')
    .option('--as <name>', 'who says so (the user of this machine)')
    .option('--request <id>', 'name of this act: said again under the same name it is done once')
    .option(
      '--seen <number>',
      "the last act on it that you know, of 'lab acts': refused where there is a later one",
      wholeNumber(0),
    )
    .option('--json', 'print what came of it as JSON');
}

/** Who says it, and why. @throws {InvalidInputError} if no reason is given */
export function wordOf(verb: string, { why, as, request, seen }: Options): LabWord & { readonly requestId: string } {
  if (why.trim() === '')
    throw new InvalidInputError(verb, [{ path: 'why', message: 'empty', remedy: 'say why it is so' }]);
  return {
    who: decidedBy(as === undefined ? {} : { as }).who,
    why,
    requestId: request ?? randomUUID(),
    ...(seen === undefined ? {} : { expected: seen }),
  };
}

/** Where nobody confirmed an act, the error says how to say it again. */
export async function confirmed<T>({ requestId }: { readonly requestId: string }, work: () => Promise<T>): Promise<T> {
  return work().catch((error: unknown) => {
    if (!(error instanceof AthanorError) || error.code !== 'SERVICE_UNAVAILABLE') throw error;
    throw new AthanorError(error.code, `${error.message}; said again with --request ${requestId} it is done once`, {
      cause: error,
    });
  });
}
