import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import type { Learned } from '../../models/strategy/predict/property.js';
import { readConfig } from '../config.js';
import { fileErrorText } from '../file-error.js';
import { withSharedCodes } from '../models/store-codes.js';
import { checkOutputs, makeFolderFor } from '../output-place.js';
import { learnedFromResults, refuseCampaignFile } from '../predict/learned-from.js';
import { type PredictedRow, predictTable, type TablePredictions } from '../predict/predict-table.js';
import { csvTexts, jsonTexts, predictionColumns } from '../predict/row-texts.js';
import { probability } from './arguments.js';
import { CommandError, exitCodes } from './exit-codes.js';
import { computedFrom, recordOf } from './record-source.js';
import type { Terminal } from './terminal.js';
import type { Verb } from './verb.js';

interface Options {
  readonly results?: string;
  readonly interval: number;
  readonly ignore: readonly string[];
  readonly ignoreResults: readonly string[];
  readonly out?: string;
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** Faults that are told one by one; all stand with their rows. */
const mostTold = 20;

/** Milliseconds after which people are told how far the table is, and between two such lines. */
const patience = { first: 2_000, next: 10_000 } as const;

/** `athanor predict CAMPAIGN FILE`: what a campaign expects of the designs of a table. */
export const predictCommand: Verb = (terminal, end) =>
  new Command('predict')
    .description(
      'predict the outcomes of any designs by what a campaign has learned: median, interval, and how near they are to what was measured',
    )
    .argument('<campaign>', 'campaign id, or a record exported as JSON, or with --results a campaign file')
    .argument('<file>', 'table of designs, CSV or .xlsx')
    .option('--results <table>', 'what was measured, as suggest takes it: the campaign is then a campaign file')
    .option('--interval <probability>', 'that an interval is to hold the value with', probability, 0.9)
    .option('--ignore <columns...>', 'columns to pass over, beside those under ignore in the campaign file', [])
    .option('--ignore-results <columns...>', 'the same of the table of --results', [])
    .option('-o, --out <file>', 'write to a new file instead of stdout')
    .option('--raw', 'CSV for programs: texts that begin a formula as they stand, without an apostrophe before them')
    .option('--json', 'a line of JSON for each design')
    .addHelpText(
      'after',
      `
The table has a header line, and a column for each parameter or for the row id of the pool, by the rules for all tables. All
its columns come back as they stand, and after them for each fidelity and outcome that was measured:
  FIDELITY.OUTCOME.median, .low, .high   the interval holds the value without measurement noise, as those of the report
  FIDELITY.OUTCOME.applicability         1: measured there; 0: all that was measured differs altogether in some parameter
  FIDELITY.OUTCOME.measured              what was measured of this very design
A design outside the space is predicted where it can be encoded, and 'note' says so; a row that cannot be predicted has
its faults under 'fault'. The exit code is then 2, and everything else is written all the same.

Examples:
  athanor predict redox-mediator designs.csv > predicted.csv
  athanor predict record.json designs.csv --interval 0.5 --json
  athanor predict campaign.yaml designs.csv --results results.csv --out predicted.csv`,
    )
    .action(async (given: string, file: string, options: Options) => {
      const { out } = options;
      if (out !== undefined) await checkOutputs([{ option: '--out', path: out, kind: 'new file' }]);
      const config = readConfig(terminal.environment);
      const { home } = config;
      const { ignore: ignored, interval } = options;
      const learned = await learnedOf(terminal, given, home, options);
      await computedFrom(given, async () => {
        await withSharedCodes(config, terminal.note, async (share) => {
          const told = { interval, ignored, home, share, onNote: terminal.note };
          const predictions = await predictTable(learned, file, told);
          refuseTwice(file, predictions);
          tellOf(terminal, learned, predictions);
          await writeAll(terminal, end, predictions, options);
        });
      });
    });

async function learnedOf(
  terminal: Terminal,
  given: string,
  home: string,
  { results, ignoreResults: ignored }: Options,
) {
  if (results !== undefined) return learnedFromResults(given, results, { home, ignored, onNote: terminal.note });
  refuseCampaignFile(given);
  return recordOf(terminal, given);
}

/** @throws {InvalidInputError} if a column of the file is called as one of the predictions */
function refuseTwice(file: string, { columns, properties }: TablePredictions): void {
  const own = new Set(predictionColumns(properties));
  const twice = columns.filter(({ header }) => own.has(header));
  if (twice.length === 0) return;
  const remedy = 'rename it, or take it out: predictions have a column of this name';
  throw new InvalidInputError(
    file,
    twice.map(({ header }) => ({ path: header, message: 'the name is taken', remedy, line: 1 })),
  );
}

/** What is predicted from how much, and what is not. */
function tellOf({ note }: Terminal, { campaign: { spec } }: Learned, { properties }: TablePredictions): void {
  for (const { fidelity, outcome, trials, approximation } of properties) {
    const how = approximation === null ? '' : `, by an approximation: ${approximation}`;
    note(`${outcome} at ${fidelity} from ${trials} trial${trials === 1 ? '' : 's'}${how}`);
  }
  const silent = spec.fidelities.filter(({ name }) => !properties.some(({ fidelity }) => fidelity === name));
  for (const { name } of silent) note(`nothing was measured at ${name}: nothing is predicted there`);
}

async function writeAll(
  terminal: Terminal,
  end: (exitCode: number) => void,
  predictions: TablePredictions,
  { json, raw, out }: Options,
): Promise<void> {
  const texts = json === true ? jsonTexts(predictions) : csvTexts(predictions, raw === true);
  const to: Sink = out === undefined ? terminal : await newFile(out, terminal.note);
  const faulty = { rows: 0, told: 0 };
  let isInterrupted = false;
  const undo = terminal.onInterrupt(() => {
    if (isInterrupted) process.exit(exitCodes.interrupted);
    isInterrupted = true;
    terminal.note('ending with the rows at hand; once more ends at once');
  });
  let done = 0;
  let due = Date.now() + patience.first;
  try {
    await to.write(texts.header);
    for await (const rows of predictions.blocks()) {
      await to.write(texts.of(rows));
      done += rows.length;
      tellFaults(terminal, rows, faulty);
      if (isInterrupted) break;
      if (Date.now() < due) continue;
      due = Date.now() + patience.next;
      terminal.note(`${done} of ${predictions.length} designs`);
    }
  } finally {
    undo();
    await to.close?.();
  }
  if (faulty.rows > faulty.told) terminal.note(`  and ${faulty.rows - faulty.told} more rows, all under 'fault'`);
  if (faulty.rows > 0) terminal.note(`athanor: ${faulty.rows} of ${done} rows are not predicted`);
  if (out !== undefined) terminal.note(`written to ${out}`);
  if (isInterrupted && done < predictions.length) {
    terminal.note(`interrupted after ${done} of ${predictions.length} designs`);
    end(exitCodes.interrupted);
  } else if (faulty.rows > 0) end(exitCodes.badInput);
}

function tellFaults({ note }: Terminal, rows: readonly PredictedRow[], faulty: { rows: number; told: number }): void {
  for (const { faults } of rows) {
    if (faults.length === 0) continue;
    faulty.rows += 1;
    if (faulty.told >= mostTold) continue;
    faulty.told += 1;
    for (const fault of faults) note(`  ${faultText(fault)} (${fault.remedy})`);
  }
}

interface Sink {
  write(text: string): Promise<void>;
  close?(): Promise<void>;
}

/** A new file, which is written block by block: what is there when a disk is full stays. */
async function newFile(file: string, note: (line: string) => void): Promise<Sink> {
  const path = resolve(file);
  const wrong = (cause: unknown) =>
    new CommandError(exitCodes.badInput, `cannot write ${file}: ${fileErrorText(cause)}`, { cause });
  let handle: FileHandle;
  try {
    await makeFolderFor(path, note);
    handle = await open(path, 'wx');
  } catch (cause) {
    throw wrong(cause);
  }
  return {
    write: async (text) => {
      await handle.writeFile(text).catch((cause: unknown) => {
        throw wrong(cause);
      });
    },
    close: () => handle.close(),
  };
}
