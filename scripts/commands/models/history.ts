import { Command } from 'commander';
import { readConfig } from '../../config.js';
import { withModelStore } from '../../models/store-models.js';
import { type VersionHistory, versionHistory } from '../../models/version-history.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';

/** `athanor models history ID`: the versions of a model, and what was done with them. */
export const modelsHistoryCommand: Verb = (terminal) =>
  new Command('history')
    .description(
      'the versions of a model: from what each came, how it was judged, which is in use, and who or what decided so',
    )
    .argument('<id>', 'ID, without a version')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  athanor models history rxnmapper-albert')
    .action(async (id: string, options: { json?: boolean }) => {
      const config = readConfig(terminal.environment);
      const history = await withModelStore(config, terminal.note, (store) => versionHistory(config.home, store, id));
      await print(terminal, options.json, history, () => lines(history).join('\n'));
    });

function lines({ versions, acts, inUse, trouble }: VersionHistory): readonly string[] {
  return [
    ...versions.flatMap(({ name, lineage, isInHome }) => {
      const where = isInHome ? '' : '  (in the store)';
      const told =
        lineage === null ? [] : [`    ${lineage.verdict}: ${lineage.reason} (${lineage.trigger}, ${lineage.who})`];
      const from =
        lineage === null ? '' : `  from ${lineage.parent}, campaign ${lineage.campaign}, seed ${lineage.seed}`;
      return [`${name === inUse ? '*' : ' '} ${name}${where}${from}`, ...told];
    }),
    ...(trouble === null ? [] : [trouble]),
    ...(acts.length === 0 ? ['nothing was promoted or rolled back'] : ['']),
    ...acts.map(({ at, act, version, before, who, why }) => {
      const from = act === 'rejected' ? `, ${before} stays in use` : `, in place of ${before}`;
      return `${at}  ${act.replace('-', ' ')} ${act === 'rolled-back' ? 'to ' : ''}${version}${from}  ${who}: ${why}`;
    }),
  ];
}
