import { Command, Option } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import { type TrialRecord, timesRun } from '../../models/domain/record.js';
import { undoneBy } from '../../models/domain/step-name.js';
import { type CauseClass, causeClasses } from '../../models/domain/verdicts.js';
import type { Said } from '../durable/resolve.js';
import { confirmed, decidedBy, type Options } from './decisions.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withServices } from './with-control.js';

interface ResolveOptions extends Options {
  readonly started?: string;
  readonly notStarted?: true;
  readonly failed?: CauseClass;
  readonly why: string;
}

/** `athanor resolve TRIAL` */
export const resolveCommand: Verb = (terminal) =>
  new Command('resolve')
    .description('say what became of a job of which nobody can tell, once somebody has looked')
    .argument('<trial>', 'trial id, as c/r3/p1')
    .option('--started <job>', 'it runs, or ran, and so the device calls it: the trial goes on with it')
    .option('--not-started', 'it never began: it is submitted anew, and its cost is given back')
    .addOption(new Option('--failed <class>', 'it came to nothing, and who is to blame').choices(causeClasses))
    .requiredOption('--why <text>', 'how that is known, kept with it')
    .option('--as <name>', 'who says so (the user of this machine)')
    .option('--json', 'print the trial as JSON')
    .addHelpText(
      'after',
      `
Such a trial is quarantined, 'status' names it, and it is charged what was estimated until somebody says otherwise. Each is resolved
once: who comes second is told who was first. Not every adapter can take over a job that only its device knows; where it cannot, the
trial is quarantined again: wait for the job's end and give its values by 'amend'. What is said of a job that took a step
back frees what is held for it; the trial has ended, and 'retry' begins it anew.

Examples:
  athanor resolve redox-mediator/r3/p1 --started 4711 --why 'it is on the display of the robot'
  athanor resolve redox-mediator/r3/p1 --not-started --why 'the vial is still in the rack'
  athanor resolve redox-mediator/r3/p1 --failed device --why 'the arm had dropped it'`,
    )
    .action(async (trialId: string, options: ResolveOptions) => {
      const said = saidBy(options);
      await withServices(terminal, async (control) => {
        const trial = await confirmed(terminal, 'resolve', () => control.resolve(trialId, said));
        await print(terminal, options.json, trial, () => {
          if (isOfUndo(trial)) return `${trialId}: nothing is held any more for what took a step back; its end stands`;
          if (said.verdict === 'failed') return `${trialId}: its job failed (${said.cause}); it counts as failed`;
          const next = trial.state === 'running' ? timesRun(trial) : timesRun(trial) + 1;
          if (said.verdict === 'started')
            return `${trialId}: its job is '${said.job}'; generation ${next} goes on with it`;
          return `${trialId}: its job never started; generation ${next} submits it anew`;
        });
      });
    });

/** Whether what nobody could tell of was to take a step back. */
function isOfUndo(trial: TrialRecord): boolean {
  const last = trial.steps?.filter(({ generation }) => generation === timesRun(trial)) ?? [];
  return last.some(({ step, how }) => how === 'unknown' && undoneBy(step) !== null);
}

/** What is said by exactly one of the options. */
function saidBy(options: ResolveOptions): Said {
  const { started, notStarted, failed, why } = options;
  const said: Pick<Said, 'verdict' | 'job' | 'cause'>[] = [];
  if (started !== undefined) said.push({ verdict: 'started', job: started, cause: null });
  if (notStarted === true) said.push({ verdict: 'notStarted', job: null, cause: null });
  if (failed !== undefined) said.push({ verdict: 'failed', job: null, cause: failed });
  const remedy = 'give one of --started, --not-started and --failed';
  const faults = [
    ...(said.length === 1 ? [] : [{ path: '', message: `${said.length} answers given`, remedy }]),
    ...(started?.trim() === ''
      ? [{ path: 'started', message: 'empty', remedy: "give the device's name of the job" }]
      : []),
    ...(why.trim() === '' ? [{ path: 'why', message: 'empty', remedy: 'say how that is known' }] : []),
  ];
  if (faults.length > 0) throw new InvalidInputError('resolve', faults);
  return { ...said[0]!, why, who: decidedBy(options).who };
}
