import { Command } from 'commander';
import { InvalidInputError } from '../../../models/domain/errors.js';
import type { LabSpec } from '../../../models/domain/lab.js';
import { exitCodes } from '../exit-codes.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';

/** `athanor lab check FILE`: every fault of a lab file, and nothing else done. */
export const labCheckCommand: Verb = (terminal, end) =>
  new Command('check')
    .description('check a lab file; every fault is listed, nothing is run, made or moved')
    .argument('<file>', 'lab file (YAML or JSON)')
    .option('--trust', 'run the adapter modules and look at the programs that the file names, to check them too')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  athanor lab check lab.yaml')
    .action(async (file: string, options: { json?: boolean; trust?: boolean }) => {
      const { loadLab } = await import('../../lab-file.js');
      try {
        const { spec } = await loadLab(file, {
          adapters: options.trust === true ? 'checked' : 'read',
          onNote: terminal.note,
        });
        await print(
          terminal,
          options.json,
          { valid: true, ...spec, faults: [] },
          () => `${file}: valid lab '${spec.name}'\n${labLines(spec).join('\n')}`,
        );
      } catch (error) {
        if (!(error instanceof InvalidInputError) || options.json !== true) throw error;
        await print(terminal, true, { valid: false, faults: error.faults }, () => '');
        terminal.note(`athanor: ${error.message}`);
        end(exitCodes.badInput);
      }
    });

/** What a lab has, a line each. */
function labLines({ instruments, positions, stock }: LabSpec): readonly string[] {
  return [
    ...Object.entries(instruments).map(([name, { adapter, can, slots, worker }]) => {
      const more = [
        slots === 1 ? [] : [`${slots} slots`],
        can.length === 0 ? [] : [`can ${can.join(', ')}`],
        worker === undefined ? [] : [`by the worker on ${worker}`],
      ].flat();
      return `  instrument  ${name}: ${[adapter, ...more].join('; ')}`;
    }),
    ...Object.entries(positions).map(
      ([name, { slots }]) => `  position    ${name}: ${slots === 1 ? '1 slot' : `${slots} slots`}`,
    ),
    ...Object.entries(stock).map(([name, { amount, unit }]) => `  stock       ${name}: ${amount} ${unit}`),
  ];
}
