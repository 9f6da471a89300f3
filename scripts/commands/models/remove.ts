import { Command } from 'commander';
import { forgetCodes } from '../../../activities/store/code.js';
import { strikeModel } from '../../../activities/store/model.js';
import { readConfig } from '../../config.js';
import { everyModel } from '../../models/every-model.js';
import { removeModel } from '../../models/home-models.js';
import { withModelStore } from '../../models/store-models.js';
import { modelInUse } from '../../models/version-acts.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';

/** `athanor models remove MODEL`: out of the home, and off the list of the store. */
export const modelsRemoveCommand: Verb = (terminal) =>
  new Command('remove')
    .description('take a model out of the home and off the list of the store')
    .argument('<model>', 'ID or ID@VERSION')
    .option('--home-only', 'leave it in the store')
    .option('--json', 'print what was removed as JSON')
    .addHelpText(
      'after',
      `
Its files stay in the store under their hashes, as what was decided with them can be computed again; it is no longer on the list.

Example:
  athanor models remove chemberta@2`,
    )
    .action(async (name: string, options: { homeOnly?: boolean; json?: boolean }) => {
      const config = readConfig(terminal.environment);
      const removed = await withModelStore(config, terminal.note, async (store) => {
        const all = await everyModel(config.home, store);
        const model = await modelInUse(config.home, all, name, config.home);
        const made = all.filter(({ manifest }) => manifest?.lineage?.parent === model.name);
        if (made.length > 0)
          terminal.note(
            `athanor: ${made.map((one) => one.name).join(', ')} ${made.length === 1 ? 'was' : 'were'} fine-tuned from it, and cannot be fine-tuned further without it`,
          );
        const [, id = '', version = ''] = /^([^@]+)@(.+)$/.exec(model.name) ?? [];
        const ofStore = store !== null && options.homeOnly !== true && (await strikeModel(store.query, id, version));
        if (ofStore && model.identity !== null) await forgetCodes(store.query, model.identity);
        if (model.folder !== null) await removeModel(config.home, model.name);
        return { name: model.name, home: model.folder !== null, store: ofStore };
      });
      const from = [removed.home ? ['the home'] : [], removed.store ? ['the list of the store'] : []].flat();
      await print(
        terminal,
        options.json,
        removed,
        () => `${removed.name} is taken out of ${from.join(' and ') || 'nothing'}`,
      );
    });
