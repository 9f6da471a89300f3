import { Command, InvalidArgumentError } from 'commander';
import { durationMs, durationSchema } from '../../models/domain/duration.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { readSeen, type Seen } from '../../models/domain/seen.js';
import type { BudgetChange, CampaignStatus, Decided } from '../../workflows/messages.js';
import type { Control } from '../durable/control-contract.js';
import { formatNumber } from '../wording.js';
import { positiveNumber, wholeNumber } from './arguments.js';
import { ask } from './ask.js';
import { CommandError, exitCodes } from './exit-codes.js';
import { sayingWhat } from './patience.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';
import { whoSays } from './who.js';
import { withServices } from './with-control.js';

/** What every decision of a person may be given. */
export interface Options {
  readonly as?: string;
  readonly note?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `athanor pause ID` */
export const pauseCommand: Verb = (terminal) =>
  decision(terminal, 'pause', 'start no new trials until resumed; those in flight go on', 'centrifuge under repair');

/** `athanor resume ID` */
export const resumeCommand: Verb = (terminal) =>
  decision(
    terminal,
    'resume',
    'go on after a pause or a problem, or where a ruling or change undid the stop',
    'centrifuge is back',
  );

/** `athanor drain ID` */
export const drainCommand: Verb = (terminal) =>
  decision(terminal, 'drain', 'start no new trials, and stop when those in flight have ended', 'good enough');

/** `athanor abort ID` */
export const abortCommand: Verb = (terminal) =>
  decision(terminal, 'abort', 'cancel the trials in flight, and stop', 'wrong solvent').option(
    '-y, --yes',
    'do not ask first',
  );

/** `athanor budget ID` */
export const budgetCommand: Verb = (terminal) =>
  budgetChange(
    'budget',
    'change the budget of a running campaign',
    "athanor budget redox-mediator --cost 600 --note 'second batch'",
    async (id, change, options) => send(terminal, id, options, 'budget', (control) => control.changeBudget(id, change)),
  );

/** `athanor extend ID` */
export const extendCommand: Verb = (terminal) =>
  budgetChange(
    'extend',
    'let a stopped campaign go on with another budget; a stop rule that ended it is lifted',
    "athanor extend redox-mediator --trials 60 --note 'the furnace is free until May'",
    (id, change, options) =>
      withServices(terminal, async (control) => {
        const report = await confirmed(terminal, 'extend', () => control.extend(id, change));
        await print(
          terminal,
          options.json,
          report,
          () => `${id}: ${report.phase} again; 'athanor worker' goes on with it`,
        );
      }),
  );

function budgetChange(
  name: string,
  description: string,
  example: string,
  work: (id: string, change: BudgetChange, options: Options) => Promise<void>,
): Command {
  return withAuthor(new Command(name).description(description).argument('<id>', 'campaign id'))
    .option('-t, --trials <n>', "trials in all, or 'none' for no limit", limit(wholeNumber(1)))
    .option('-c, --cost <cost>', "cost in all, or 'none' for no limit", limit(positiveNumber))
    .option('-w, --wall-clock <time>', "time since the start such as 12h, or 'none' for no limit", limit(duration))
    .addHelpText(
      'after',
      `\nLimits count from the start of the campaign. What is not named stays as it is.\n\nExample:\n  ${example}`,
    )
    .action(async (id: string, options: Options & { trials?: Limit; cost?: Limit; wallClock?: Limit }) => {
      const { trials, cost, wallClock } = options;
      const change: BudgetChange = {
        ...decidedBy(options),
        ...(trials === undefined ? {} : { trials: numberOf(trials) }),
        ...(cost === undefined ? {} : { cost: numberOf(cost) }),
        ...(wallClock === undefined ? {} : { wallClockMs: numberOf(wallClock) }),
      };
      if (trials === undefined && cost === undefined && wallClock === undefined)
        throw new InvalidInputError(name, [
          { path: '', message: 'nothing to change', remedy: 'give --trials, --cost or --wall-clock' },
        ]);
      await work(id, change, options);
    });
}

/** `athanor parallel ID N` */
export const parallelCommand: Verb = (terminal) =>
  withAuthor(
    new Command('parallel')
      .description('change how many trials of a running campaign run at a time')
      .argument('<id>', 'campaign id')
      .argument('<n>', 'trials at a time', wholeNumber(1)),
  )
    .addHelpText(
      'after',
      "\nTrials in flight go on.\n\nExample:\n  athanor parallel redox-mediator 4 --note 'second furnace'",
    )
    .action(async (id: string, parallel: number, options: Options) => {
      const change = { ...decidedBy(options), parallel };
      await send(terminal, id, options, 'parallel', (control) => control.changeParallel(id, change));
    });

/** `athanor retry TRIAL` */
export const retryCommand: Verb = (terminal) =>
  withAuthor(
    new Command('retry').description('do a trial again that gave no value').argument('<trial>', 'trial id, as c/r3/p1'),
  )
    .option('--not-started', 'your word that its job did not run, or is lost for good')
    .option('--seen <mark>', "the trial as you saw it, by its mark in 'inbox': refused where another was first", toSeen)
    .addHelpText(
      'after',
      `
What was measured stays, and so does a design that failed as chemistry. Where nobody can tell whether the job of a trial
ran (quarantined as ambiguous, or its home is away for good), it takes your word, so that nothing runs twice unasked.

Example:
  athanor retry redox-mediator/r3/p1 --not-started --note 'the robot was off'`,
    )
    .action(async (trial: string, options: Options & { notStarted?: boolean; seen?: Seen }) => {
      const request = {
        ...decidedBy(options),
        ...(options.notStarted === true ? { notStarted: true } : {}),
        ...(options.seen === undefined ? {} : { seen: options.seen }),
      };
      await send(terminal, trial, options, 'retry', (control) => control.retry(trial, request));
    });

type Verbs = 'pause' | 'resume' | 'drain' | 'abort';

function decision(terminal: Terminal, name: Verbs, description: string, example: string): Command {
  return withAuthor(new Command(name).description(description).argument('<id>', 'campaign id'))
    .addHelpText('after', `\nExample:\n  athanor ${name} redox-mediator --note '${example}'`)
    .action(async (id: string, options: Options) => {
      if (name === 'abort' && options.yes !== true && terminal.interactive) {
        const answer = await ask(`Cancel all running trials of '${id}' and stop it? [y/N] `);
        if (!/^y(es)?$/i.test(answer)) throw new CommandError(exitCodes.notFound, 'left as it is');
      }
      await send(terminal, id, options, name, (control) => control[name](id, decidedBy(options)));
    });
}

async function send(
  terminal: Terminal,
  id: string,
  options: Options,
  name: string,
  work: (control: Control) => Promise<CampaignStatus>,
): Promise<void> {
  await withServices(terminal, async (control) => {
    const status = await confirmed(terminal, name, () => work(control));
    await print(terminal, options.json, status, () => {
      const { cost, trials } = status.budget;
      const budget = `cost ${cost === null ? 'unlimited' : formatNumber(cost)}, trials ${trials ?? 'unlimited'}`;
      return `${id}: ${name} is in force; ${status.phase}, ${status.inFlight.length} in flight, budget ${budget}`;
    });
  });
}

/** Waits for what is decided to be in force, and says so where that takes its time. */
export function confirmed<T>(terminal: Terminal, name: string, work: () => Promise<T>): Promise<T> {
  return sayingWhat(terminal.note, () => `${name}: waiting for a worker to confirm it`, work);
}

function withAuthor(command: Command): Command {
  return command
    .option('--as <name>', 'who decides (the user of this machine)')
    .option('--note <text>', 'why, kept with the decision')
    .option('--json', 'print the state of the campaign as JSON');
}

/** Who decides, and why. */
export function decidedBy({ as, note }: Options): Decided {
  return { who: whoSays(as), ...(note === undefined ? {} : { note }) };
}

/** A limit of the command line: boxed, since commander takes null for nothing given. */
interface Limit {
  readonly value: number | null;
}

function limit(read: (text: string) => number): (text: string) => Limit {
  return (text) => ({ value: text === 'none' ? null : read(text) });
}

function numberOf({ value }: Limit): number | null {
  return value;
}

/** Reads the mark of a trial as a person saw it. */
export function toSeen(mark: string): Seen {
  const seen = readSeen(mark);
  if (seen === null) throw new InvalidArgumentError("A mark such as 1.0 is wanted, as 'athanor inbox' gives it.");
  return seen;
}

function duration(text: string): number {
  const parsed = durationSchema.safeParse(text);
  if (parsed.success) return durationMs(text);
  throw new InvalidArgumentError('A time such as 90s, 12h or 1.5d is wanted.');
}
