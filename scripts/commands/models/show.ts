import { Command } from 'commander';
import type { Lineage } from '../../../models/pretrained/lineage.js';
import type { Manifest } from '../../../models/pretrained/manifest.js';
import { readConfig } from '../../config.js';
import { everyModel, type KeptModel } from '../../models/every-model.js';
import { withModelStore } from '../../models/store-models.js';
import { modelInUse } from '../../models/version-acts.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';

/** `athanor models show MODEL`: what is known of one. */
export const modelsShowCommand: Verb = (terminal) =>
  new Command('show')
    .description('what is known of a model: its manifest, identity, where it is, and from what it was fine-tuned')
    .argument('<model>', 'ID or ID@VERSION')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  athanor models show minimol')
    .action(async (name: string, options: { json?: boolean }) => {
      const config = readConfig(terminal.environment);
      const all = await withModelStore(config, terminal.note, (store) => everyModel(config.home, store));
      const model = await modelInUse(config.home, all, name, config.home);
      await print(terminal, options.json, model, () => lines(model).join('\n'));
    });

function lines({ name, folder, store, identity, manifest, trouble }: KeptModel): readonly string[] {
  const where = [
    `  home      ${folder ?? `no; athanor models add ${name}`}`,
    ...(store === null ? [] : [`  store     ${{ same: 'yes', other: 'another of that name', none: 'no' }[store]}`]),
  ];
  if (manifest === null) return [name, ...where, `  trouble   ${trouble}`];
  return [name, ...where, `  identity  ${identity}`, ...manifestLines(manifest)];
}

function manifestLines(manifest: Manifest): readonly string[] {
  const { tokenizer, inputs, outputs, sha256, golden, pooling, lineage } = manifest;
  const told = (
    ['title', 'licence', 'source', 'citation', 'parameters', 'checks', 'notes', 'modality'] as const
  ).flatMap((key) => (manifest[key] === undefined ? [] : [`  ${key.padEnd(9)} ${manifest[key]}`]));
  const length =
    tokenizer.kind === 'none' ? '' : `, at most ${tokenizer.maxLength} tokens (longer: ${tokenizer.tooLong})`;
  return [
    ...told,
    `  tokens    ${tokenizer.kind}${length}`,
    ...Object.entries(inputs).map(([name, text]) => `  input     ${name}: ${text}`),
    ...Object.entries(outputs).map(([name, text]) => `  output    ${name}: ${text}`),
    `  use       ${manifest.recommendedOutput}${pooling === undefined ? '' : `, pooled by ${pooling}`}`,
    ...Object.entries(sha256).map(([name, hash]) => `  file      ${name}: ${hash}`),
    `  golden    ${golden === undefined ? 'no values' : `${golden.vectors.length} inputs, tolerance ${golden.tolerance}`}`,
    ...(lineage === undefined ? [] : lineageLines(lineage)),
  ];
}

function lineageLines({ parent, campaign, labels, molecules, seed, dataHash, who, at, verdict, reason }: Lineage) {
  const values = Object.entries(labels).map(([name, count]) => `${count} of ${name}`);
  return [
    `  from      ${parent}, on campaign ${campaign}: ${values.join(', ')}; ${molecules} molecules`,
    `            seed ${seed}, values of sha256 ${dataHash}`,
    `  begun by  ${who}, judged ${at}`,
    `  verdict   ${verdict}: ${reason}`,
  ];
}
