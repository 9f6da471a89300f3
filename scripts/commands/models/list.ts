import { Command } from 'commander';
import { readConfig } from '../../config.js';
import { everyModel, type KeptModel } from '../../models/every-model.js';
import { withModelStore } from '../../models/store-models.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';

/** `athanor models list`: the models of the home and its store. */
export const modelsListCommand: Verb = (terminal) =>
  new Command('list')
    .description('the models that are kept here: what they take, and where they are')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  athanor models list')
    .action(async (options: { json?: boolean }) => {
      const config = readConfig(terminal.environment);
      const all = await withModelStore(config, terminal.note, (store) => everyModel(config.home, store));
      const data = all.map(({ manifest, ...model }) => ({
        ...model,
        modality: manifest?.modality ?? null,
        recommendedOutput: manifest?.recommendedOutput ?? null,
        licence: manifest?.licence ?? null,
      }));
      await print(terminal, options.json, data, () => lines(all).join('\n'));
    });

function lines(all: readonly KeptModel[]): readonly string[] {
  if (all.length === 0) return ['no models are kept here; athanor models add'];
  const widest = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, manifest, folder, store, trouble }) => {
    const where = [folder === null ? [] : ['home'], store === 'same' ? ['store'] : []].flat().join(' and ');
    const other = store === 'other' ? '; the store has another of that name' : '';
    const told =
      manifest === null
        ? `cannot be read: ${trouble?.split('\n')[0]}`
        : `${manifest.modality}, ${manifest.licence}${manifest.lineage === undefined ? '' : `, fine-tuned: ${manifest.lineage.verdict}`}`;
    return `${name.padEnd(widest)}  ${where}${other}  ${told}`;
  });
}
