import { Command, Option } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { exportCsv, exportJson, exportTable } from '../record/export.js';
import { exitCodes } from './exit-codes.js';
import { recordsOf } from './record-source.js';
import type { Verb } from './verb.js';

/** `athanor export ID`: all that is known of a campaign, to stdout or a file. */
export const exportCommand: Verb = (terminal, end) =>
  new Command('export')
    .description(
      'write all trials of a campaign, or of a folder of records, as one CSV, or everything known of one as JSON',
    )
    .argument('<campaigns...>', 'campaign ids, records exported as JSON, or folders of records')
    .addOption(new Option('-f, --format <format>', 'what to write').choices(['csv', 'json']).default('csv'))
    .option('-o, --output <file>', 'write to a file instead of stdout')
    .option('--raw', 'CSV for programs: texts that begin a formula as they stand, without an apostrophe before them')
    .option('--json', 'short for --format json')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor export redox-mediator > trials.csv\n  athanor export redox-mediator --format json -o record.json\n  athanor export runs -o all-trials.csv',
    )
    .action(
      async (
        campaigns: readonly string[],
        options: { format: 'csv' | 'json'; output?: string; json?: boolean; raw?: boolean },
      ) => {
        const { output } = options;
        const isJson = options.json === true || options.format === 'json';
        const kind = isJson ? 'record' : 'table';
        if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind }]);
        const records = await recordsOf(terminal, campaigns);
        if (isJson && records.length > 1) {
          const remedy = 'one campaign at a time, or leave --json out for one table of all';
          throw new InvalidInputError('arguments', [
            { path: '--format', message: `${records.length} records`, remedy },
          ]);
        }
        const raw = options.raw === true;
        const text = isJson
          ? exportJson(records[0]!)
          : records.length === 1
            ? exportCsv(records[0]!, { raw })
            : exportTable(records, { raw });
        if (output === undefined) return terminal.write(text);
        const kept = await keepResult(output, text, terminal.note);
        if (kept.asWanted) terminal.note(`written to ${output}`);
        else end(exitCodes.badInput);
      },
    );
