import { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import type { Verb } from '../verb.js';
import { untilInterrupted } from './until-interrupted.js';

/** `athanor lab record NAME`: an exchange with an instrument, written down. */
export const labRecordCommand: Verb = (terminal) =>
  new Command('record')
    .description('stand between an adapter and its instrument, and write down what they say')
    .argument(
      '<instrument>',
      "name of the instrument in the lab file; its adapter is 'http', 'bluesky', 'madsci', 'opentrons' or 'lines'",
    )
    .argument('[file]', 'lab file (YAML or JSON)', 'lab.yaml')
    .requiredOption('--out <file>', 'where the exchange goes; must not be there')
    .option('--port <n>', 'where to listen on 127.0.0.1; any that is free where 0', wholeNumber(0, 65_535), 0)
    .addHelpText(
      'after',
      `
Give the adapter the settings that are printed, in a lab or campaign file of your own (without 'ca'), and use it; Ctrl-C ends the recording. Headers are
passed on and not kept; secrets that the settings name stand in the file as ***. The file: docs/recording.md.

Example:
  athanor lab record furnace lab.yaml --out furnace.jsonl`,
    )
    .action(async (instrument: string, file: string, { out, port }: { out: string; port: number }) => {
      const { recordInstrument } = await import('../../lab/record-instrument.js');
      const recording = await recordInstrument({ instrument, file, out, port }, terminal.environment);
      await terminal.write(`${recording.settings}\n`);
      await untilInterrupted(terminal, `recording ${instrument} to ${out}; Ctrl-C ends it`);
      await recording.close();
      terminal.note(`${recording.turns()} requests in ${out}`);
    });
