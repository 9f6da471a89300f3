import { Command, Option } from 'commander';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import { type CampaignRecord, type TrialState, trialStates } from '../../models/domain/record.js';
import { recordLimit } from '../bounded-file.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { exportCsv, exportJson, exportTable, type TableOptions } from '../record/export.js';
import { type ExportFormat, exportFormats, isWanted } from '../record/formats.js';
import { folderFiles, writeFolder } from '../record/record-folder.js';
import { exportSteps } from '../record/told-steps.js';
import { exitCodes } from './exit-codes.js';
import { exportFile } from './export-file.js';
import { isOnDisk, recordOf, recordsOf } from './record-source.js';
import type { Terminal } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

/** `athanor export ID`: all that is known of a campaign, to stdout or a file. */
export const exportCommand: Verb = (terminal, end) =>
  new Command('export')
    .description(
      'write all trials of a campaign, or of a folder of records, as one CSV, or everything known of one as JSON',
    )
    .argument('<campaigns...>', 'campaign ids, records exported as JSON, or folders of records')

    .addOption(
      new Option('-f, --format <format>', 'what to write')
        .choices(['json', ...Object.keys(exportFormats)])
        .default('csv'),
    )
    .option('-o, --output <file>', 'write to a file instead of stdout')
    .option(
      '--folder <folder>',
      'write everything of one campaign into a folder: record, table of trials, and raw outputs as files',
    )
    .option(
      '--steps',
      'CSV of the steps of all trials: on which instrument each ran, when, with what parameters and values',
    )
    .option('--raw', 'CSV for programs: texts that begin a formula as they stand, without an apostrophe before them')
    .option('--units', 'CSV with a second row that has the units of the columns')
    .addOption(new Option('--state <state>', 'only trials that stand so').choices(trialStates))
    .option('--fidelity <level>', 'only trials of this level')
    .option('--json', 'short for --format json')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor export redox-mediator > trials.csv\n  athanor export redox-mediator --format json -o record.json\n  athanor export redox-mediator --folder redox\n  athanor export redox-mediator --steps -o steps.csv\n  athanor export redox-mediator --format parquet --state ended -o trials.parquet\n  athanor export runs -o all-trials.csv',
    )
    .action(
      async (
        campaigns: readonly string[],
        options: {
          format: ExportFormat | 'json';
          output?: string;
          json?: boolean;
          raw?: boolean;
          folder?: string;
          steps?: boolean;
          units?: boolean;
          state?: TrialState;
          fidelity?: string;
        },
      ) => {
        const { output, folder, state, fidelity, units = false } = options;
        refuseSelection(options);
        if (folder !== undefined) {
          if (output !== undefined || campaigns.length > 1 || options.steps === true) {
            const other = options.steps === true ? '--steps' : '--output';
            const message = campaigns.length > 1 ? `${campaigns.length} campaigns` : `given with ${other}`;
            const remedy = 'one campaign, and a folder for it';
            throw new InvalidInputError('arguments', [{ path: '--folder', message, remedy }]);
          }
          await checkOutputs([{ option: '--folder', path: folder, kind: Object.values(folderFiles) }]);
          const written = await exportFolder(terminal, campaigns[0]!, folder);
          return terminal.note(`written to ${folder}, with ${written} raw output${written === 1 ? '' : 's'}`);
        }
        const { format } = options;
        if (options.json !== true && format !== 'json' && format !== 'csv')
          return exportFile(terminal, campaigns, format, { output, state, fidelity });
        const isJson = options.json === true || options.format === 'json';
        const kind = isJson ? 'record' : 'table';
        if (isJson && options.steps === true) {
          const remedy = 'leave it out: the record as JSON has the steps';
          throw new InvalidInputError('arguments', [{ path: '--steps', message: 'given with JSON', remedy }]);
        }
        if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind }]);
        const records = await recordsOf(terminal, campaigns);
        if (isJson && records.length > 1) {
          const remedy = 'one campaign at a time, or leave --json out for one table of all';
          throw new InvalidInputError('arguments', [
            { path: '--format', message: `${records.length} records`, remedy },
          ]);
        }
        const raw = options.raw === true;
        const table: TableOptions = { raw, units, only: isWanted({ state, fidelity }) };
        const text =
          options.steps === true
            ? await stepsOf(records, raw)
            : isJson
              ? textOf(records[0]!)
              : records.length === 1
                ? exportCsv(records[0]!, table)
                : exportTable(records, table);
        if (output === undefined) return terminal.write(text);
        const kept = await keepResult(output, text, terminal.note);
        if (kept.asWanted) terminal.note(`written to ${output}`);
        else end(exitCodes.badInput);
      },
    );

/** @throws {InvalidInputError} if trials are chosen, or units wanted, of what has all of them or none */
function refuseSelection(options: {
  readonly format: string;
  readonly json?: boolean;
  readonly steps?: boolean;
  readonly folder?: string;
  readonly state?: string;
  readonly fidelity?: string;
  readonly units?: boolean;
  readonly raw?: boolean;
}): void {
  const whole =
    options.folder !== undefined || options.steps === true || options.json === true || options.format === 'json';
  const isTable = !whole && options.format === 'csv';
  const remedy = 'leave it out';
  const faults = [
    ...(['state', 'fidelity'] as const).flatMap((name) =>
      whole && options[name] !== undefined
        ? [{ path: `--${name}`, message: 'given with what has all trials: JSON, --steps or --folder', remedy }]
        : [],
    ),
    ...(!isTable && options.units === true
      ? [{ path: '--units', message: 'given with what is no table as CSV', remedy }]
      : []),
  ];
  if (faults.length > 0) throw new InvalidInputError('arguments', faults);
}

/** @throws {AthanorError} NOT_FOUND if no trial has steps */
async function stepsOf(records: readonly CampaignRecord[], raw: boolean): Promise<string> {
  const text = await exportSteps(records, { raw });
  if (text !== null) return text;
  const names = records.map(({ campaign }) => `'${campaign.id}'`).join(', ');
  throw new AthanorError('NOT_FOUND', `no trial of ${names} has run by steps: only levels with a recipe have them`);
}

/** @throws {InvalidInputError} if the text would be longer than one can be */
function textOf(record: CampaignRecord): string {
  const characters = Object.values(record.artefacts ?? {}).reduce((sum, text) => sum + text.length, 0);
  if (characters <= recordLimit / 2) return exportJson(record);
  const message = `${characters} characters of artefacts do not go into one text`;
  throw new InvalidInputError('export', [{ path: '--format', message, remedy: 'write it into a folder: --folder' }]);
}

/** @returns how many raw outputs were written; only the store has them */
async function exportFolder(terminal: Terminal, campaign: string, folder: string): Promise<number> {
  const record = await recordOf(terminal, campaign);
  if (await isOnDisk(campaign)) return writeFolder(folder, record, null);
  return withControl(terminal, (control) => writeFolder(folder, record, (sha) => control.raw(sha)));
}
