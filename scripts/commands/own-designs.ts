import { Command } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { TrialRecord } from '../../models/domain/record.js';
import type { GivenDesign } from '../durable/own-designs.js';
import type { Shortage } from '../durable/short-stock.js';
import { formatExpected, formatNumber } from '../wording.js';
import { confirmed, decidedBy, type Options } from './decisions.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withServices } from './with-control.js';

interface OwnOptions extends Options {
  readonly why: string;
  readonly row?: string;
  readonly fidelity?: string;
}

/** `athanor edit TRIAL name=value...` */
export const editCommand: Verb = (terminal) =>
  withOptions(
    new Command('edit')
      .description('put a design of your own in the place of a proposal that has not begun')
      .argument('<trial>', 'trial id, as c/r3/p1')
      .argument('[values...]', 'name=value, as t=80; what is not named stays as it was proposed'),
  )
    .addHelpText(
      'after',
      `
The design is checked against the space, and predicted by the surrogates of the round of the proposal, beside which it is kept.

Example:
  athanor edit redox-mediator/r3/p1 temperature=70 --why 'that solvent boils at 65 °C'`,
    )
    .action(async (trialId: string, values: string[], options: OwnOptions) => {
      const given = givenDesign('edit', values, options);
      await withServices(terminal, async (control) => {
        const before = await control.trial(trialId);
        const short = await control.shortages({ edit: trialId }, given);
        const trial = await confirmed(terminal, 'edit', () => control.edit(trialId, given));
        await print(terminal, options.json, { trial, insteadOf: before, short }, () =>
          [
            `${trial.proposal.id} takes the place of ${trialId}`,
            lineOf(before),
            lineOf(trial),
            ...short.map(shortLine),
          ].join('\n'),
        );
      });
    });

/** `athanor add ID name=value...` */
export const addCommand: Verb = (terminal) =>
  withOptions(
    new Command('add')
      .description('put a design of your own beside what is proposed')
      .argument('<id>', 'campaign id')
      .argument('[values...]', 'name=value for every parameter, as t=80'),
  )
    .addHelpText(
      'after',
      `
It makes a round of its own, counts towards the budget, and begins once a place is free, before anything new is proposed.

Example:
  athanor add redox-mediator temperature=70 solvent=DMF --why 'as in the paper'`,
    )
    .action(async (id: string, values: string[], options: OwnOptions) => {
      const given = givenDesign('add', values, options);
      await withServices(terminal, async (control) => {
        const short = await control.shortages({ add: id }, given);
        const trial = await confirmed(terminal, 'add', () => control.add(id, given));
        await print(terminal, options.json, { trial, short }, () =>
          [`${trial.proposal.id} is added`, lineOf(trial), ...short.map(shortLine)].join('\n'),
        );
      });
    });

function withOptions(command: Command): Command {
  return command
    .requiredOption('--why <text>', 'the reason, kept with the design')
    .option('--row <id>', 'a row of the pool, in place of values')
    .option('--fidelity <name>', 'where it is tried (as proposed, or the target)')
    .option('--as <name>', 'whose design it is (the user of this machine)')
    .option('--json', 'print the trials as JSON');
}

function givenDesign(
  what: string,
  pairs: readonly string[],
  { why, row, fidelity, ...options }: OwnOptions,
): GivenDesign {
  const faults = [];
  const values: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    if (at < 1 || name === '') faults.push({ path: '', message: `'${pair}' given`, remedy: 'name=value, as t=80' });
    else if (Object.hasOwn(values, name)) faults.push({ path: name, message: 'given twice', remedy: 'give it once' });
    else values[name] = pair.slice(at + 1).trim();
  }
  if (pairs.length === 0 && row === undefined)
    faults.push({ path: '', message: 'no value given', remedy: 'name=value, as t=80, or --row' });
  if (why.trim() === '') faults.push({ path: 'why', message: 'empty', remedy: 'say why it is so' });
  if (faults.length > 0) throw new InvalidInputError(what, faults);
  const where = { ...(row === undefined ? {} : { rowId: row }), ...(fidelity === undefined ? {} : { fidelity }) };
  return { who: decidedBy(options).who, why, values, ...where };
}

/** That the stock does not suffice, and what is to be done. */
function shortLine({ lab, stock, unit, left, wanted }: Shortage): string {
  const refill = `athanor lab refill ${stock} AMOUNT --lab ${lab} --why TEXT`;
  return `  it waits for stock: ${formatNumber(left)} ${unit} of ${stock} left, and ${formatNumber(wanted)} are wanted: ${refill}`;
}

/** A proposal in a line: its design, and what is expected of it. */
function lineOf({ proposal: { id, design, rowId, fidelity, reason } }: TrialRecord): string {
  const values = Object.entries(design).map(
    ([name, value]) => `${name}=${typeof value === 'number' ? formatNumber(value) : value}`,
  );
  const { mean, sd, targetMean, targetSd } = reason;
  const expected =
    mean === null || sd === null || targetMean === null || targetSd === null
      ? 'nothing is expected of it, as there was no fit yet'
      : `expected ${formatExpected(mean, sd)} here, ${formatExpected(targetMean, targetSd)} at the target`;
  return `  ${id}  ${fidelity}  ${rowId === null ? '' : `row ${rowId}, `}${values.join(' ')}; ${expected}`;
}
