import { Command } from 'commander';
import type { Conformance, LawOutcome } from '../../../lab-adapters/conformance.js';
import { CommandError, exitCodes } from '../exit-codes.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';

interface Options {
  readonly requests?: string;
  readonly mayMove?: boolean;
  readonly transcript?: string;
  readonly json?: boolean;
}

/** `athanor lab conform NAME`: the laws of adapters, tried on an instrument. */
export const labConformCommand: Verb = (terminal, end) =>
  new Command('conform')
    .description('try the laws that every adapter keeps on an instrument of a lab file')
    .argument('<instrument>', 'name of the instrument in the lab file')
    .argument('[file]', 'lab file (YAML or JSON)', 'lab.yaml')
    .option('--requests <file>', 'what may be asked of it: objectives, and designs under succeeds, another, fails …')
    .option('--may-move', 'begin, hold and end jobs on it; without this it is only looked at')
    .option('--transcript <file>', 'where every call is written down; a new file in the home where not given')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Without --may-move nothing is begun, held, ended or moved, and without --requests no request is shown to the adapter. With it,
see to it that nobody uses the instrument meanwhile. Adapter modules of the lab file are run. Ends with 5 if a law is broken, and
with 4 if the device did not answer. Sections of the contract: lab-adapters/README.md.

A file of requests:
  objectives: [yield]
  units: {temperature: °C}                   # of the designs below; needed where settings say '{temperature as K}'
  succeeds: {design: {temperature: 40}}      # ends well
  another: {design: {temperature: 45}}
  runsLong: {design: {temperature: 90}}      # for cancel, pause and safe stop; also: fails, refused
  begunByHand: job-4711                      # a job of 'succeeds' that a person has begun on the device, to be adopted
  limit: 10min                               # no job takes longer

Examples:
  athanor lab conform furnace
  athanor lab conform furnace lab.yaml --requests requests.yaml --may-move`,
    )
    .action(async (name: string, file: string, options: Options) => {
      if (options.mayMove && options.requests === undefined)
        throw new CommandError(exitCodes.badInput, 'nothing can be begun without requests; name a file by --requests');
      const { conformByName } = await import('../../lab/conform-by-name.js');
      const { requests, mayMove = false, transcript, json = false } = options;
      const result = await conformByName(
        { instrument: name, file, requests, mayMove, transcript },
        {
          environment: terminal.environment,
          note: terminal.note,
          onLaw: ({ law, section, outcome, why }) => {
            if (!json) terminal.note(`${outcome.padEnd(9)}  ${law} [${section}]${why === null ? '' : `: ${why}`}`);
          },
        },
      );
      const count = (outcome: LawOutcome['outcome']) => result.laws.filter((law) => law.outcome === outcome).length;
      await print(terminal, options.json, result, () => conformanceText(name, result));
      if (count('broken') > 0 || result.left.length > 0) end(exitCodes.noResult);
      else if (count('unreached') > 0) end(exitCodes.unavailable);
    });

function conformanceText(name: string, { levels, left, transcript }: Conformance & { transcript: string }): string {
  const width = Math.max(...levels.map(({ level }) => level.length));
  const rows = levels.map(({ level, outcome, held, laws }) => {
    const told =
      outcome === 'absent' ? 'no: the adapter has no verb for it' : `${outcome}: ${held} of ${laws} laws held`;
    return `  ${level.padEnd(width)}  ${told}`;
  });
  const running = left.map(
    ({ key, job }) => `  MAY RUN STILL  ${job ?? 'a job of unknown name'} (key ${key}): see to the device`,
  );
  return [`${name}:`, ...rows, ...running, `  transcript: ${transcript}`].join('\n');
}
