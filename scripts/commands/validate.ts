import { Command } from 'commander';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { CampaignSpec } from '../../models/domain/campaign.js';
import { Constraints } from '../../models/domain/constraints/constraint.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Source } from '../../models/domain/source.js';
import { primaryObjective } from '../../models/domain/standing.js';
import { sourceInWords } from '../../models/strategy/explain/source-words.js';
import { alikeIn } from '../campaign-file/alike.js';
import { startWords } from '../campaign-file/start.js';
import { loadCampaign } from '../campaign-file.js';
import { readConfig } from '../config.js';
import { cleanLine } from '../failure-line.js';
import { withoutPlainSecrets } from '../plain-secrets.js';
import { formatNumber, wantedText } from '../wording.js';
import { exitCodes } from './exit-codes.js';
import { secretNotes } from './secret-notes.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';

function rowsOf({ name, values, leftOut, beyond = 0 }: Source) {
  return { name, rows: values.length, leftOut, beyond };
}

/** What a file names that was not run: by nothing but a check, or by trials alone. */
interface Unrun {
  readonly unchecked: readonly string[];
  readonly ofTrials: readonly string[];
}

function unrun(spec: CampaignSpec): Unrun {
  const registry = createRegistry();
  const { adapters, fidelities } = withoutPlainSecrets(spec);
  const named = (keys: 'programs' | 'trialPrograms') =>
    fidelities.flatMap(({ adapter, settings }) =>
      (registry.has(adapter) ? (registry.get(adapter)[keys] ?? []) : []).flatMap((key) => programText(settings[key])),
    );
  const once = (texts: readonly unknown[]) => [...new Set(texts)].map((text) => cleanLine(String(text)));
  return { unchecked: once([...adapters, ...named('programs')]), ofTrials: once(named('trialPrograms')) };
}

/** A program as people call it. */
function programText(setting: unknown): readonly string[] {
  if (setting === undefined || setting === null) return [];
  return [Array.isArray(setting) ? setting.map(String).join(' ') : String(setting)];
}

/** What was not run, in words, a line each. */
function unrunNotes({ unchecked, ofTrials }: Unrun): readonly string[] {
  const notes: string[] = [];
  if (unchecked.length > 0)
    notes.push(`not run, and so unchecked: ${unchecked.join(', ')}; give --trust if you trust who wrote the file`);
  if (ofTrials.length > 0) notes.push(`not run by this, but by every trial: ${ofTrials.join(', ')}`);
  return notes;
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
          home: readConfig(terminal.environment).home,
        });
        const { spec, space } = campaign;
        for (const line of options.trust === true ? [] : unrunNotes(unrun(spec))) terminal.note(`athanor: ${line}`);
        for (const line of secretNotes(spec, createRegistry(), terminal.environment)) terminal.note(line);
        const constraints = Constraints.of(space).each.map(({ words }) => words);
        const size = space.pool === null ? null : space.pool.designs.length;
        const start = startWords(spec, space);
        const summary = {
          valid: true,
          id: campaign.id,
          parameters: space.parameters.map(({ name, type }) => ({ name, type })),
          poolSize: size,
          ...(constraints.length === 0 ? {} : { constraints }),
          objective: primaryObjective(spec),
          ...(spec.objectives.length === 1 ? {} : { objectives: spec.objectives }),
          ...(spec.outcomes === undefined ? {} : { outcomes: spec.outcomes }),
          fidelities: spec.fidelities.map(({ name, adapter, cost }) => ({ name, adapter, cost })),
          budget: spec.budget,
          ...(start === null ? {} : { start }),
          ...(space.sources === undefined ? {} : { transfer: space.sources.map(rowsOf) }),
          faults: [],
        };
        for (const note of await alikeIn(space)) terminal.note(`athanor: ${note}`);
        await print(terminal, options.json, summary, () => {
          const fidelities = summary.fidelities.map(({ name, cost }) => `${name} (cost ${formatNumber(cost)})`);
          return [
            `${file}: valid campaign '${campaign.id}'`,
            `  space       ${space.parameters.map(({ name }) => name).join(', ')}${size === null ? '' : `; a pool of ${size} designs`}`,
            ...constraints.map((words) => `  constraint  ${words}`),
            `  ${spec.objectives.length === 1 ? 'objective ' : 'objectives'}  ${wantedText(spec)}${spec.combine === undefined ? '' : `, combined by ${spec.combine}`}`,
            ...(spec.outcomes === undefined
              ? []
              : [`  outcomes    ${spec.outcomes.map(({ name }) => name).join(', ')}`]),
            `  fidelities  ${fidelities.join(', ')}`,
            ...(start === null ? [] : [`  start       ${start}`]),
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
