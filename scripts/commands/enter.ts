import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { type CauseClass, causeClasses } from '../../models/domain/verdicts.js';
import type { GivenResult } from '../durable/entered-values.js';
import { formatNumber } from '../wording.js';
import { confirmed, decidedBy, type Options } from './decisions.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl, withServices } from './with-control.js';

interface EnterOptions extends Options {
  readonly step?: string;
  readonly achieved?: readonly string[];
  readonly noise?: readonly string[];
  readonly context?: readonly string[];
  readonly cost?: string;
  readonly file?: string;
  readonly failed?: CauseClass;
  readonly why?: string;
}

/** Bytes of a file that may come with a result, as of all that comes with a trial. */
const largestFile = 64 * 2 ** 20;

/** `athanor enter TRIAL name=value...` */
export const enterCommand: Verb = (terminal) =>
  new Command('enter')
    .description('enter what you measured or did, for a trial that waits for a person')
    .argument('<trial>', 'trial id, as c/r3/p1')
    .argument('[values...]', "name=value of the outcomes, as yield=41.5 or yield='0.5 g'")
    .option('--step <name>', 'the step that you did, of several; the one that waits where absent')
    .option('--achieved <name=value...>', 'what was set in truth, where it differs from the design; it is learned from')
    .option('--noise <name=value...>', 'standard deviations of the values, where known')
    .option('--context <name=value...>', 'what was measured of the surroundings, as the campaign file names it')
    .option('--cost <cost>', 'what it did cost (what the campaign file states)')
    .option('--file <path>', 'a file that belongs to it: kept with the campaign by its sha256')
    .addOption(new Option('--failed <class>', 'it gave no value, and who is to blame').choices(causeClasses))
    .option('--why <text>', 'a remark, kept with the result; needed with --failed')
    .option('--as <name>', 'who enters it (the user of this machine)')
    .option('--json', 'print the trial as JSON')
    .addHelpText(
      'after',
      `
'athanor inbox' says which trials wait, and what is to be done. Values in other units are converted to those of the campaign file.
What is achieved may lie outside the space; of a step it is told by the names of its own parameters. A trial, or a step of one, is
entered once: 'athanor rule' changes what counts of the trial afterwards.

Examples:
  athanor enter redox-mediator/r3/p1 yield=41.5 --noise yield=0.5 --file nmr.csv
  athanor enter redox-mediator/r3/p1 yield='0.5 g' --achieved temperature='352 K' --why 'the bath was slow'
  athanor enter redox-mediator/r3/p1 yield=41.5 --context humidity=38 batch=B7
  athanor enter redox-mediator/r3/p1 --step weigh mass='41.5 mg' --achieved minutes=12
  athanor enter redox-mediator/r3/p1 --failed operator --why 'flask broken'`,
    )
    .action(async (trialId: string, values: string[], options: EnterOptions) => {
      const given = await givenResult(values, options);
      const { faults = [] } = given;
      if (faults.length > 0) {
        // Nothing is entered; what is wrong beside that the trial can tell, where it can be looked at.
        await withControl(terminal, (control) => control.enter(trialId, given)).catch((error: unknown) => {
          if (error instanceof InvalidInputError || !(error instanceof AthanorError)) throw error;
          const remedy = "what waits says 'athanor inbox'";
          throw new InvalidInputError('enter', [...faults, { path: 'trial', message: error.message, remedy }]);
        });
        throw new InvalidInputError('enter', faults);
      }
      await withServices(terminal, async (control) => {
        const trial = await confirmed(terminal, 'enter', () => control.enter(trialId, given));
        await print(terminal, options.json, trial, () => {
          const { observation } = trial;
          if (observation === null) return `${trialId}: entered; the trial goes on`;
          const { outcome, values: kept, cause } = observation;
          const told = Object.entries(kept).map(([name, value]) => `${name}=${formatNumber(value)}`);
          return `${trialId}: ${[outcome, ...told, ...(cause === null ? [] : [cause.message])].join(' ')}`;
        });
      });
    });

async function givenResult(pairs: readonly string[], options: EnterOptions): Promise<GivenResult> {
  const faults: Fault[] = [];
  const values = pairsIn('', pairs, faults);
  const achieved = pairsIn('achieved', options.achieved ?? [], faults);
  const noise = pairsIn('noise', options.noise ?? [], faults);
  const contexts = pairsIn('context', options.context ?? [], faults);
  const { cost, failed, why, file, step } = options;
  if (cost !== undefined && (cost.trim() === '' || !Number.isFinite(Number(cost))))
    faults.push({ path: 'cost', message: `'${cost}' given`, remedy: 'a number of 0 or more' });
  const read = file === undefined ? undefined : await readGiven(file, faults);
  const isCost = !faults.some(({ path }) => path === 'cost');
  return {
    who: decidedBy(options).who,
    ...(step === undefined ? {} : { step }),
    ...{ values, achieved, noise },
    ...(Object.keys(contexts).length === 0 ? {} : { contexts }),
    ...(why === undefined || why.trim() === '' ? {} : { why }),
    ...(cost === undefined || !isCost ? {} : { cost: Number(cost) }),
    ...(failed === undefined ? {} : { failed }),
    ...(read === undefined ? {} : { file: read }),
    ...(faults.length === 0 ? {} : { faults }),
  };
}

function pairsIn(path: string, pairs: readonly string[], faults: Fault[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, at)).trim();
    if (name === '') faults.push({ path, message: `'${pair}' given`, remedy: 'name=value, as yield=41.5' });
    else if (Object.hasOwn(values, name))
      faults.push({ path: `${path} ${name}`.trim(), message: 'given twice', remedy: 'give it once' });
    else values[name] = pair.slice(at + 1).trim();
  }
  return values;
}

async function readGiven(path: string, faults: Fault[]): Promise<GivenResult['file']> {
  const fail = (message: string) => {
    faults.push({ path: 'file', message: `'${path}' ${message}`, remedy: `a file of at most ${largestFile} bytes` });
    return undefined;
  };
  try {
    const found = await stat(path);
    if (!found.isFile()) return fail('is no file');
    if (found.size > largestFile) return fail(`has ${found.size} bytes`);
    return { name: basename(path), bytes: await readFile(path) };
  } catch (error) {
    return fail(`cannot be read: ${(error as Error).message}`);
  }
}
