import { Command } from 'commander';
import type { GivenChange } from '../../models/domain/change.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { numberIn } from '../../models/domain/parameters/numbers.js';
import { changeFaults } from '../change-faults.js';
import { changeLine } from '../change-lines.js';
import { namedTexts } from '../fixed-values.js';
import { wholeNumber } from './arguments.js';
import { confirmed, decidedBy, type Options } from './decisions.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withServices } from './with-control.js';

interface ChangeOptions extends Pick<Options, 'as' | 'json'> {
  readonly parallel?: string;
  readonly target?: string;
  readonly patience?: string;
  readonly regret?: string;
  readonly cost?: string;
  readonly trials?: string;
  readonly wallClock?: string;
  readonly fix: readonly string[];
  readonly release: readonly string[];
  readonly context: readonly string[];
  readonly why: string;
  readonly seen?: number;
}

/** `athanor change ID` */
export const changeCommand: Verb = (terminal) =>
  new Command('change')
    .description(
      'change parallelism, stop rules, budget, fixed parameters and contexts of a campaign while it runs, several at once',
    )
    .argument('<id>', 'campaign id')
    .option('-p, --parallel <n>', 'trials at a time')
    .option('--target <value>', "value at which it stops (rule targetReached), such as 0.2 or loss=0.2, or 'none'")
    .option('--patience <rounds>', "rounds without improvement after which it stops (noImprovement), or 'none'")
    .option(
      '--regret <epsilon:probability>',
      "how close to the best possible, and how surely, is enough (regretBound), such as 0.1:0.95, or 'none'",
    )
    .option('-t, --trials <n>', "trials in all, or 'none' for no limit")
    .option('-c, --cost <cost>', "cost in all, or 'none' for no limit")
    .option('-w, --wall-clock <time>', "time since the start such as 12h, or 'none' for no limit")
    .option('--fix <values...>', 'parameters that proposals keep to a value, as --fix temperature=80', [])
    .option('--release <names...>', 'parameters that are fixed and are to be free again', [])
    .option('--context <values...>', 'what contexts are now, as --context batch=B7', [])
    .requiredOption('--why <text>', 'the reason, kept with the change')
    .option(
      '--seen <n>',
      "the last change that you know, by its number in 'status': refused where another came since",
      seen,
    )
    .option('--as <name>', 'who changes it (the user of this machine)')
    .option('--json', 'print the change as JSON')
    .addHelpText(
      'after',
      `
A change counts from the next round on; rounds before it stay as they were decided, and 'verify' holds. What is not named stays
as it is. A rule that is stated anew is looked at at once: met by what was measured, it stops the campaign; if it is the rule that
was about to end the campaign, and is met no more, that goes on. One that has stopped stays so, and is told to go on by 'resume'
if what ended it holds no more, else by 'extend'. Parameters are fixed for what is proposed, until they are released: what was
measured at other values is learned from all the same, and designs of your own ('add', 'edit') may have any. A context is what you say, as a batch of
which nothing was measured yet, until a trial that is proposed from then on tells of it.

Examples:
  athanor change redox-mediator --parallel 3 --why 'second furnace'
  athanor change redox-mediator --target 0.35 --patience none --why 'the customer needs less'
  athanor change suzuki --fix temperature=80 solvent=DMF --why 'the oil bath stays at 80 °C this week'
  athanor change suzuki --context batch=B7 --why 'the last bottle of B6 is empty'
  athanor change suzuki --release temperature --why 'a second bath'`,
    )
    .action(async (id: string, options: ChangeOptions) => {
      const { why, seen: known } = options;
      const { change, objective } = changeFrom(options);
      const request = {
        ...{ change, why, who: decidedBy(options).who },
        ...(objective === undefined ? {} : { objective }),
        ...(known === undefined ? {} : { seen: known }),
      };
      await withServices(terminal, async (control) => {
        const changed = await confirmed(terminal, 'change', () => control.change(id, request));
        const { phase, stop } = await control.status(id);
        const undone = await control.isStopUndone(id);
        await print(terminal, options.json, changed, () => {
          const line = `${id}: change ${changeLine(changed)}`;
          if (stop === null) return `${line}; ${phase}`;
          if (phase !== 'stopped') return `${line}; ${phase}, as ${stop.text}`;
          if (!undone) return `${line}; it has stopped (${stop.text}), and stays so`;
          return `${line}\n${id}: what ended it holds no more; 'athanor resume ${id}' lets it go on`;
        });
      });
    });

/** What the options say, in the words of the campaign file; checked by its schema. */
function changeFrom(options: ChangeOptions): { readonly change: GivenChange; readonly objective?: string } {
  const { parallel, target, patience, regret, cost, trials, wallClock, fix, release, context, why } = options;
  const { texts, faults } = namedTexts(fix);
  const { texts: contexts, faults: unread } = namedTexts(context, 'batch=B7');
  faults.push(...unread);
  for (const name of release)
    if (Object.hasOwn(texts, name))
      faults.push({ path: name, message: 'fixed and released', remedy: 'give it with --fix or --release' });
  const fixed = { ...texts, ...Object.fromEntries(release.map((name) => [name, null])) };
  const isNothingFixed = fix.length + release.length === 0;
  const others = [parallel, target, patience, regret, cost, trials, wallClock];
  if (isNothingFixed && context.length === 0 && others.every((option) => option === undefined))
    faults.push({
      path: '',
      message: 'nothing to change',
      remedy:
        'give --parallel, --target, --patience, --regret, --trials, --cost, --wall-clock, --fix, --release or --context',
    });
  if (why.trim() === '') faults.push({ path: 'why', message: 'empty', remedy: 'say why it is so' });
  if (faults.length > 0) throw new InvalidInputError('change', faults);
  const [value, name] = (target ?? '').split('=').reverse();
  const [epsilon, probability] = (regret ?? '').split(':');
  const budget = {
    ...(cost === undefined ? {} : { cost: limit(cost) }),
    ...(trials === undefined ? {} : { trials: limit(trials) }),
    ...(wallClock === undefined ? {} : { wallClock: wallClock === 'none' ? null : wallClock }),
  };
  const sure = probability === undefined ? {} : { probability: number(probability) };
  const stop = {
    ...(target === undefined ? {} : { targetReached: value === 'none' ? null : { value: number(value!) } }),
    ...(patience === undefined ? {} : { noImprovement: patience === 'none' ? null : { rounds: number(patience) } }),
    ...(regret === undefined ? {} : { regretBound: regret === 'none' ? null : { epsilon: number(epsilon!), ...sure } }),
  };
  const change = {
    ...(parallel === undefined ? {} : { parallel: number(parallel) }),
    ...(Object.keys(budget).length === 0 ? {} : { budget }),
    ...(Object.keys(stop).length === 0 ? {} : { stop }),
    ...(isNothingFixed ? {} : { fixed }),
    ...(context.length === 0 ? {} : { contexts }),
  };
  const wrong = changeFaults(change);
  if (wrong.length > 0) throw new InvalidInputError('change', wrong);
  return { change: change as GivenChange, ...(name === undefined ? {} : { objective: name.trim() }) };
}

/** A number as it is written; a text that is none stays one, for the schema to refuse. */
function number(text: string): number | string {
  const value = numberIn(text.trim());
  return typeof value === 'number' ? value : text;
}

function limit(text: string): number | string | null {
  return text === 'none' ? null : number(text);
}

const seen = wholeNumber(0);
