import { Command, InvalidArgumentError, Option } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import { numberIn } from '../../models/domain/parameters/numbers.js';
import type { Judgement } from '../../models/domain/ruling.js';
import type { Seen } from '../../models/domain/seen.js';
import type { OutcomeValues } from '../../models/domain/standing.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { type CauseClass, causeClasses } from '../../models/domain/verdicts.js';
import { rulingLine } from '../ruling-line.js';
import { confirmed, decidedBy, type Options, toSeen } from './decisions.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';
import { withServices } from './with-control.js';

/** What every ruling is given with. */
interface WhyOptions extends Options {
  readonly why: string;
  readonly seen?: Seen;
}

interface RuleOptions extends WhyOptions {
  readonly release?: true;
  readonly amend?: OutcomeValues;
  readonly discard?: true;
  readonly failed?: CauseClass;
  readonly notStarted?: true;
}

type Verdict = Pick<Judgement, 'verdict' | 'values' | 'cause'>;

/** `athanor rule TRIAL` */
export const ruleCommand: Verb = (terminal) =>
  ruling('rule', 'say what counts of a trial that has ended; what was measured is kept beside it')
    .option(
      '--release [name=value...]',
      'what was answered counts as measured, with other values where given',
      toValues,
    )
    .option('--amend <name=value...>', 'these values count in place of those measured', toValues)
    .option('--discard', 'nothing of it counts')
    .addOption(new Option('--failed <class>', 'it failed, and who is to blame').choices(causeClasses))
    .option('--not-started', 'it never ran: its cost and its place in the budget are given back')
    .addHelpText(
      'after',
      `
A ruling counts from the next round on; rounds before it stay as they were decided, and 'verify' holds. A later ruling on the
same trial may say otherwise. A design of which device or operator are to blame, or that never ran, may be proposed again.
A campaign that a stop rule is about to end goes on if that rule is no longer met. One that has stopped stays so, and is told
to go on by 'resume' if the rule that ended it is no longer met, else by 'extend' or 'retry'. 'release', 'amend' and 'discard'
say the three that are said most often.

Examples:
  athanor rule redox-mediator/r3/p1 --release --why 'the sample was fine, the limit too narrow'
  athanor rule redox-mediator/r3/p1 --amend yield=41.5 --why 'weighed again'
  athanor rule redox-mediator/r3/p1 --failed operator --why 'wrong vial'`,
    )
    .action((trialId: string, options: RuleOptions) =>
      ruleOn(terminal, { trialId, verdict: verdictOf(options), options, verb: 'rule' }),
    );

/** `athanor release TRIAL`, as `rule --release` */
export const releaseCommand: Verb = (terminal) =>
  ruling('release', 'let what a trial that was set aside answered count as measured')
    .argument('[name=value...]', 'values that count in place of those answered', toValues)
    .addHelpText(
      'after',
      `
As 'rule TRIAL --release', whose help says from when on a ruling counts.

Examples:
  athanor release redox-mediator/r3/p1 --why 'the sample was fine, the limit too narrow'
  athanor release redox-mediator/r3/p1 yield=41.5 --why 'the comma was misread'`,
    )
    .action((trialId: string, values: OutcomeValues | [], options: WhyOptions) =>
      // Where none is given it is an empty list.
      ruleOn(terminal, {
        trialId,
        verdict: { verdict: 'release', values: { ...values } as OutcomeValues, cause: null },
        options,
        verb: 'release',
      }),
    );

/** `athanor amend TRIAL NAME=VALUE...`, as `rule --amend` */
export const amendCommand: Verb = (terminal) =>
  ruling('amend', 'let other values count in place of those measured, which are kept beside them')
    .argument('<name=value...>', 'the values that count', toValues)
    .addHelpText(
      'after',
      `
As 'rule TRIAL --amend', whose help says from when on a ruling counts.

Example:
  athanor amend redox-mediator/r3/p1 yield=41.5 --why 'weighed again'`,
    )
    .action((trialId: string, values: OutcomeValues, options: WhyOptions) =>
      ruleOn(terminal, { trialId, verdict: { verdict: 'amend', values, cause: null }, options, verb: 'amend' }),
    );

/** `athanor discard TRIAL`, as `rule --discard` */
export const discardCommand: Verb = (terminal) =>
  ruling('discard', 'let nothing of what a trial gave count; it is kept all the same')
    .addHelpText(
      'after',
      `
As 'rule TRIAL --discard', whose help says from when on a ruling counts.

Example:
  athanor discard redox-mediator/r3/p1 --why 'the vial leaked'`,
    )
    .action((trialId: string, options: WhyOptions) =>
      ruleOn(terminal, { trialId, verdict: { verdict: 'discard', values: {}, cause: null }, options, verb: 'discard' }),
    );

/** A verb that rules on a trial, with what every ruling is given with. */
function ruling(verb: string, description: string): Command {
  return new Command(verb)
    .description(description)
    .argument('<trial>', 'trial id, as c/r3/p1')
    .requiredOption('--why <text>', 'the reason, kept with the ruling')
    .option('--seen <mark>', "the trial as you saw it, by its mark in 'inbox': refused where another was first", toSeen)
    .option('--as <name>', 'who rules (the user of this machine)')
    .option('--json', 'print the trial as JSON');
}

interface Ruled {
  readonly trialId: string;
  readonly verdict: Verdict;
  readonly options: WhyOptions;
  readonly verb: string;
}

/** @throws {InvalidInputError} if the trial id is none, or no reason is given */
async function ruleOn(terminal: Terminal, { trialId, verdict, options, verb }: Ruled): Promise<void> {
  const { campaignId } = parseTrialId(trialId);
  const { why } = options;
  if (why.trim() === '')
    throw new InvalidInputError(verb, [{ path: 'why', message: 'empty', remedy: 'say why it is so' }]);
  const judgement: Judgement = { ...verdict, why, who: decidedBy(options).who };
  await withServices(terminal, async (control) => {
    const trial = await confirmed(terminal, verb, () => control.rule(trialId, judgement, options.seen));
    const undone = await control.isStopUndone(campaignId);
    await print(terminal, options.json, trial, () => {
      const counts = trial.observation === null ? 'never run' : trial.observation.outcome;
      const line = `${trialId}: ${rulingLine(trial.rulings!.at(-1)!)}; it counts as ${counts}`;
      if (!undone) return line;
      return `${line}\n${campaignId}: the rule that ended it is no longer met; 'athanor resume ${campaignId}' lets it go on`;
    });
  });
}

/** What is said by exactly one of the options. */
function verdictOf({ release, amend, discard, failed, notStarted }: RuleOptions): Verdict {
  const said: Verdict[] = [];
  if (release !== undefined) said.push({ verdict: 'release', values: release === true ? {} : release, cause: null });
  if (amend !== undefined) said.push({ verdict: 'amend', values: amend, cause: null });
  if (discard === true) said.push({ verdict: 'discard', values: {}, cause: null });
  if (failed !== undefined) said.push({ verdict: 'failed', values: {}, cause: failed });
  if (notStarted === true) said.push({ verdict: 'notStarted', values: {}, cause: null });
  const remedy = 'give one of --release, --amend, --discard, --failed and --not-started';
  if (said.length !== 1)
    throw new InvalidInputError('rule', [{ path: '', message: `${said.length} rulings given`, remedy }]);
  return said[0]!;
}

/** Reads `yield=41.5`; said again, the values are put together. */
function toValues(text: string, before?: OutcomeValues): OutcomeValues {
  const at = text.lastIndexOf('=');
  const value = numberIn(text.slice(at + 1).trim());
  if (at < 1 || typeof value === 'string')
    throw new InvalidArgumentError('The name of an outcome and a number are wanted, as yield=41.5.');
  return { ...before, [text.slice(0, at).trim()]: value };
}
