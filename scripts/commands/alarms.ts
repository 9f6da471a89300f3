import { Command, InvalidArgumentError } from 'commander';
import { alarmKinds } from '../../models/domain/alarm-kinds.js';
import { durationMs, durationSchema } from '../../models/domain/duration.js';
import { type AlarmView, alarmView, priorityWords } from '../alarms/alarm-view.js';
import { cleanLine } from '../failure-line.js';
import { wholeNumber } from './arguments.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';
import { whoSays } from './who.js';
import { withControl } from './with-control.js';

interface ActOptions {
  readonly note?: string;
  readonly why?: string;
  readonly for?: string;
  readonly as?: string;
}

/** `athanor alarms`: what a person has to do something about. */
export const alarmsCommand: Verb = (terminal) =>
  new Command('alarms')
    .description('what a person has to do something about, most urgent first; acknowledge it, or put it aside')
    .option('--past', 'all there ever were, the last first')
    .option('--json', 'print them as JSON')
    .addCommand(ackCommand(terminal))
    .addCommand(shelveCommand(terminal))
    .addCommand(unshelveCommand(terminal))
    .addCommand(kindsCommand(terminal))
    .addHelpText(
      'after',
      "\nExamples:\n  athanor alarms\n  athanor alarms ack 12 --note 'on my way'\n  athanor alarms shelve 12 --for 8h --why 'spare part comes at six'",
    )
    .action(({ past, json }: { past?: boolean; json?: boolean }) =>
      withControl(
        terminal,
        async ({ alarms }) => {
          const found = past === true ? await alarms.past({ before: null, limit: 500 }) : await alarms.list();
          await show(terminal, json, found.map(alarmView));
        },
        () => show(terminal, json, []),
      ),
    );

function show(terminal: Terminal, json: boolean | undefined, alarms: readonly AlarmView[]): Promise<void> {
  return print(terminal, json, alarms, () => (alarms.length === 0 ? 'no alarm' : alarms.flatMap(lines).join('\n')));
}

function lines(alarm: AlarmView): string[] {
  const { id, priority, state, text, consequence, action, time, raisedAt, acknowledged, shelved, commands } = alarm;
  const has =
    acknowledged === null
      ? []
      : [
          `    ${acknowledged.who} has it since ${moment(acknowledged.at)}${acknowledged.note === null ? '' : `: ${cleanLine(acknowledged.note)}`}`,
        ];
  const aside =
    shelved === null
      ? []
      : [`    put aside by ${shelved.who} until ${moment(shelved.until)}: ${cleanLine(shelved.why)}`];
  return [
    `${id}  ${priorityWords[priority].padEnd(7)}  ${state.padEnd(12)}  ${moment(raisedAt)}  ${cleanLine(text)}`,
    ...has,
    ...aside,
    ...(state === 'closed'
      ? []
      : [`    do: ${action} (${time}); else: ${consequence}`, ...commands.map((command) => `      ${command}`)]),
  ];
}

function moment(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 16);
}

function ackCommand(terminal: Terminal): Command {
  return acting(new Command('ack').description('say that you have it: it is told no more, and stays until it is over'))
    .option('--note <text>', 'what you do about it, seen by all')
    .action((id: number, { note, as }: ActOptions, command: Command) =>
      withControl(terminal, async ({ alarms }) => {
        await show(terminal, isJson(command), [
          alarmView(await alarms.acknowledge(id, { who: whoSays(as), note: note ?? null })),
        ]);
      }),
    );
}

function shelveCommand(terminal: Terminal): Command {
  return acting(new Command('shelve').description('put it aside for a while; then it comes back'))
    .requiredOption('--for <time>', 'twelve hours at most', shelfTime)
    .requiredOption('--why <text>', 'the reason, seen by all')
    .action((id: number, options: ActOptions, command: Command) =>
      withControl(terminal, async ({ alarms }) => {
        const said = { who: whoSays(options.as), why: options.why!, until: Date.now() + durationMs(options.for!) };
        await show(terminal, isJson(command), [alarmView(await alarms.shelve(id, said))]);
      }),
    );
}

function unshelveCommand(terminal: Terminal): Command {
  return acting(new Command('unshelve').description('have it come back now')).action(
    (id: number, { as }: ActOptions, command: Command) =>
      withControl(terminal, async ({ alarms }) => {
        await show(terminal, isJson(command), [alarmView(await alarms.unshelve(id, whoSays(as)))]);
      }),
  );
}

function kindsCommand(terminal: Terminal): Command {
  return new Command('kinds')
    .description('all kinds of alarms: cause, what comes of it, what to do')
    .option('--json', 'print them as JSON')
    .action((_: object, command: Command) =>
      print(terminal, isJson(command), alarmKinds, () =>
        Object.entries(alarmKinds)
          .map(([kind, { priority, cause, consequence, action, time }]) =>
            [
              `${kind} (${priorityWords[priority]})`,
              `  cause: ${cause}`,
              `  else: ${consequence}`,
              `  do: ${action} (${time})`,
            ].join('\n'),
          )
          .join('\n'),
      ),
    );
}

/** The option before the word and the one after it are the same. */
function isJson(command: Command): boolean | undefined {
  return command.optsWithGlobals<{ json?: boolean }>().json;
}

function acting(command: Command): Command {
  return command
    .argument('<id>', "number of the alarm, of 'athanor alarms'", wholeNumber(1))
    .option('--as <name>', 'who says so (the user of this machine)')
    .option('--json', 'print it as JSON');
}

function shelfTime(text: string): string {
  if (!durationSchema.safeParse(text).success) throw new InvalidArgumentError("such as '8h'");
  return text;
}
