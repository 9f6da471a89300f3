import { Command } from 'commander';
import { type LabHeld, unheld } from '../../durable/lab-pause.js';
import type { HoldVerb } from '../../lab/hold-jobs.js';
import { exitCodes } from '../exit-codes.js';
import { print, type Terminal } from '../terminal.js';
import type { Verb } from '../verb.js';
import { withServices } from '../with-control.js';
import { confirmed, type Options, withWord, wordOf } from './words.js';

/** `athanor lab pause INSTRUMENT --why TEXT`: its jobs are held where they are, and nothing begins on it. */
export const labPauseCommand: Verb = (terminal, end) =>
  withWord(
    new Command('pause').description(
      'hold the jobs that run on an instrument where they are, and grant it to nobody until they are resumed',
    ),
  )
    .argument('<instrument>', 'instrument of the lab, driven from this home')
    .addHelpText(
      'after',
      `
Only adapters that have a word for it can pause a job: ${'`'}http${'`'}, ${'`'}mqtt${'`'} and ${'`'}madsci${'`'} as they are set up, and the simulated ones. Time
limits of jobs go on. Nothing is brought to a safe state: that is 'athanor lab stop'. Ends with 5 if a job is not known to be held.

Example:
  athanor lab pause oven --why 'door has to be opened'`,
    )
    .action(async (name: string, options: Options) => hold('pause', name, { options, terminal, end }));

/** `athanor lab resume INSTRUMENT`: its jobs go on, and it is granted again. */
export const labResumeCommand: Verb = (terminal, end) =>
  withWord(
    new Command('resume').description('let the jobs of an instrument go on that were paused, and grant it again'),
    'goes on',
  )
    .argument('<instrument>', 'instrument of the lab, driven from this home')
    .addHelpText(
      'after',
      `
The instrument stays paused if a job is not known to go on, and the command ends with 5: say it again once its device answers.

Example:
  athanor lab resume oven`,
    )
    .action(async (name: string, options: Options) => hold('resume', name, { options, terminal, end }));

async function hold(
  verb: HoldVerb,
  name: string,
  {
    options,
    terminal,
    end,
  }: { readonly options: Options; readonly terminal: Terminal; readonly end: (code: number) => void },
): Promise<void> {
  const word = wordOf(`lab ${verb}`, options);
  await withServices(terminal, async (control, _, { home, shared }) => {
    const place = { jobs: shared ?? home, shared: shared !== null, log: terminal.note };
    const done = await confirmed(word, () => control.labs.hold(verb, options.lab ?? null, name, word, place));
    await print(terminal, options.json, done, () => [headOf(done), ...jobLines(done)].join('\n'));
    if (done.jobs.some(({ outcome }) => unheld.has(outcome))) end(exitCodes.noResult);
  });
}

function headOf({ name, paused, changed, jobs }: LabHeld): string {
  const none = jobs.length === 0 ? ', and no job runs on it' : '';
  if (paused)
    return changed
      ? `${name}: nothing begins on it until 'athanor lab resume ${name}'${none}`
      : `${name}: still paused${none}`;
  return changed ? `${name}: no longer paused${none}` : `${name}: was not paused${none}`;
}

function jobLines({ jobs }: LabHeld): readonly string[] {
  return jobs.map(({ key, outcome, message }) => {
    const what = { elsewhere: 'NOT REACHED', failed: 'NOT KNOWN' }[outcome as string] ?? outcome;
    return `  ${key}: ${what}${message === null ? '' : ` (${message})`}`;
  });
}
