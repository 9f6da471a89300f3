import { Command } from 'commander';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { CampaignSpec } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Source } from '../../models/domain/source.js';
import { sourceInWords } from '../../models/strategy/source-words.js';
import { loadCampaign } from '../campaign-file.js';
import { objectiveOf } from '../outcome.js';
import { formatNumber } from '../wording.js';
import { exitCodes } from './exit-codes.js';
import type { Verb } from './program.js';
import { secretNotes } from './secret-notes.js';
import { print } from './terminal.js';

function rowsOf({ name, values, leftOut, beyond = 0 }: Source) {
  return { name, rows: values.length, leftOut, beyond };
}

/** What the file names that was not run, and so not checked. */
function unrun({ adapters, fidelities }: CampaignSpec): string[] {
  const registry = createRegistry();
  const programs = fidelities.flatMap(({ adapter, settings }) =>
    (registry.has(adapter) ? (registry.get(adapter).programs ?? []) : []).flatMap((key) => settings[key] ?? []),
  );
  return [...new Set([...adapters, ...programs])].map(String);
}

/** `athanor validate FILE`: every fault of a campaign file, and nothing else done. */
export const validateCommand: Verb = (terminal, end) =>
  new Command('validate')
    .description('check a campaign file or data-set folder; every fault is listed, nothing is run or made')
    .argument('<file>', 'campaign file (YAML or JSON), or a folder in the data-set format')
    .option('--trust', 'run the adapter modules and look at the programs that the file names, to check them too')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  athanor validate campaign.yaml')
    .action(async (file: string, options: { json?: boolean; trust?: boolean }) => {
      try {
        const campaign = await loadCampaign(file, {
          adapters: options.trust === true ? 'checked' : 'read',
          onNote: terminal.note,
        });
        const { spec, space } = campaign;
        const skipped = options.trust === true ? [] : unrun(spec);
        if (skipped.length > 0)
          terminal.note(
            `athanor: not run, and so unchecked: ${skipped.join(', ')}; give --trust if you trust who wrote the file`,
          );
        for (const line of secretNotes(spec, createRegistry(), terminal.environment)) terminal.note(line);
        const size = space.pool === null ? null : space.pool.designs.length;
        const summary = {
          valid: true,
          id: campaign.id,
          parameters: space.parameters.map(({ name, type }) => ({ name, type })),
          poolSize: size,
          objective: objectiveOf(spec),
          fidelities: spec.fidelities.map(({ name, adapter, cost }) => ({ name, adapter, cost })),
          budget: spec.budget,
          ...(space.sources === undefined ? {} : { transfer: space.sources.map(rowsOf) }),
          faults: [],
        };
        await print(terminal, options.json, summary, () => {
          const fidelities = summary.fidelities.map(({ name, cost }) => `${name} (cost ${formatNumber(cost)})`);
          return [
            `${file}: valid campaign '${campaign.id}'`,
            `  space       ${space.parameters.map(({ name }) => name).join(', ')}${size === null ? '' : `; a pool of ${size} designs`}`,
            `  objective   ${summary.objective.direction} ${summary.objective.name}`,
            `  fidelities  ${fidelities.join(', ')}`,
            ...(space.sources ?? []).map((source) => `  transfer    ${sourceInWords(source, null)}`),
          ].join('\n');
        });
      } catch (error) {
        if (!(error instanceof InvalidInputError) || options.json !== true) throw error;
        await print(terminal, true, { valid: false, faults: error.faults }, () => '');
        terminal.note(`athanor: ${error.message}`);
        end(exitCodes.badInput);
      }
    });
