import { Command, Option } from 'commander';
import { exportCsv, exportJson } from '../export.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { exitCodes } from './exit-codes.js';
import type { Verb } from './program.js';
import { recordOf } from './record-source.js';

/** `athanor export ID`: all that is known of a campaign, to stdout or a file. */
export const exportCommand: Verb = (terminal, end) =>
  new Command('export')
    .description('write all trials of a campaign as CSV, or everything known of it as JSON')
    .argument('<campaign>', 'campaign id, or a record exported as JSON')
    .addOption(new Option('-f, --format <format>', 'what to write').choices(['csv', 'json']).default('csv'))
    .option('-o, --output <file>', 'write to a file instead of stdout')
    .option('--raw', 'CSV for programs: texts that begin a formula as they stand, without an apostrophe before them')
    .option('--json', 'short for --format json')
    .addHelpText(
      'after',
      '\nExamples:\n  athanor export redox-mediator > trials.csv\n  athanor export redox-mediator --format json -o record.json',
    )
    .action(
      async (campaign: string, options: { format: 'csv' | 'json'; output?: string; json?: boolean; raw?: boolean }) => {
        const { output } = options;
        if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind: 'file' }]);
        const record = await recordOf(terminal, campaign);
        const isJson = options.json === true || options.format === 'json';
        const text = isJson ? exportJson(record) : exportCsv(record, { raw: options.raw === true });
        if (output === undefined) return terminal.write(text);
        const kept = await keepResult(output, text, terminal.note);
        if (kept.asWanted) terminal.note(`written to ${output}`);
        else end(exitCodes.badInput);
      },
    );
