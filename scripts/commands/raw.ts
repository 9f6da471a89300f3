import { basename } from 'node:path';
import { Command } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import { among } from '../../models/domain/nearest.js';
import { outputNamed } from '../../models/domain/output-name.js';
import { timesRun } from '../../models/domain/record.js';
import { checkOutputs } from '../output-place.js';
import { type NamedOutput, outputsOf, writePieces } from '../record/record-folder.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

/** `athanor raw TRIAL [NAME]`: the raw outputs of a trial, or one of them as a file. */
export const rawCommand: Verb = (terminal) =>
  new Command('raw')
    .description('list the raw outputs of a trial, or write one of them to a file')
    .argument('<trial>', 'trial id, such as redox-mediator/r3/p1')
    .argument('[name]', 'of the raw output, as the list has it, or without the step where one step has it')
    .option('-o, --output <file>', 'where to write it; its own name in the current folder where absent')
    .option('--generation <n>', 'of the time that it was run, the last where absent', Number)
    .option('--json', 'print what was found, or written, as JSON')
    .addHelpText(
      'after',
      `
A raw output that was larger than what is kept is not among them: the details of the trial tell where it was left.

Examples:
  athanor raw redox-mediator/r3/p1
  athanor raw redox-mediator/r3/p1 measure/trace.csv -o trace.csv`,
    )
    .action(
      async (
        trialId: string,
        name: string | undefined,
        options: { output?: string; generation?: number; json?: boolean },
      ) => {
        const { output = name === undefined ? undefined : basename(name) } = options;
        if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind: 'new file' }]);
        await withControl(terminal, async (control) => {
          const trial = await control.trial(trialId);
          const generation = options.generation ?? timesRun(trial);
          const all = outputsOf({ trials: [trial] }).filter((one) => one.generation === generation);
          if (name === undefined) {
            const sizes = await Promise.all(all.map(({ sha256 }) => control.rawSize(sha256)));
            const data = all.map((one, i) => ({ ...one, bytes: sizes[i]! }));
            return print(terminal, options.json, data, () => listed(trialId, data));
          }
          const artefacts = Object.fromEntries(all.map((each) => [each.name, each.sha256]));
          const sha256 = artefacts[name] ?? outputNamed({ artefacts }, name);
          const one = all.find((each) => each.name === name) ?? all.find((each) => each.sha256 === sha256);
          if (one === undefined) {
            const remedy =
              all.length === 0
                ? 'it has none'
                : among(
                    name,
                    all.map((each) => each.name),
                  );
            throw new InvalidInputError('raw', [{ path: 'name', message: `no raw output '${name}'`, remedy }]);
          }
          const bytes = await writePieces(output!, control.raw(one.sha256));
          await print(
            terminal,
            options.json,
            { ...one, bytes, file: output },
            () => `${bytes} bytes written to ${output}`,
          );
        });
      },
    );

function listed(trialId: string, all: readonly (NamedOutput & { readonly bytes: number | null })[]): string {
  if (all.length === 0) return `${trialId} has no raw outputs`;
  const widest = Math.max(...all.map(({ name }) => name.length));
  return all
    .map(({ name, bytes, sha256, mediaType }) =>
      `${name.padEnd(widest)}  ${String(bytes ?? 'gone').padStart(12)}  ${sha256.slice(0, 12)}  ${mediaType ?? ''}`.trimEnd(),
    )
    .join('\n');
}
