import { Command } from 'commander';
import { readConfig } from '../../config.js';
import { everyModel } from '../../models/every-model.js';
import { withModelStore } from '../../models/store-models.js';
import { verifyModel } from '../../models/verify-model.js';
import { modelInUse } from '../../models/version-acts.js';
import { exitCodes } from '../exit-codes.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';

/** `athanor models verify [MODEL]`: whether models are what their manifests say. */
export const modelsVerifyCommand: Verb = (terminal, end) =>
  new Command('verify')
    .description('compute hashes and golden values of models again, in the home and in the store')
    .argument('[model]', 'ID or ID@VERSION; all where absent')
    .option('--json', 'print what was found as JSON')
    .addHelpText(
      'after',
      '\nEnds with 5 if a model is not what its manifest says.\n\nExample:\n  athanor models verify minimol',
    )
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const config = readConfig(terminal.environment);
      const found = await withModelStore(config, terminal.note, async (store) => {
        const all = await everyModel(config.home, store);
        const wanted = name === undefined ? all : [await modelInUse(config.home, all, name, config.home)];
        const verified = [];
        for (const model of wanted) verified.push(await verifyModel(model, store));
        return verified;
      });
      await print(terminal, options.json, found, () =>
        found.length === 0
          ? 'no models are kept here'
          : found
              .flatMap(({ name, ok, looked, differences }) => [
                `${ok ? 'ok       ' : 'DIFFERENT'}  ${name}  ${looked}`.trimEnd(),
                ...differences.map((line) => `           ${line}`),
              ])
              .join('\n'),
      );
      if (found.some(({ ok }) => !ok)) end(exitCodes.noResult);
    });
