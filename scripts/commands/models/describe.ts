import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { writeWhole } from '../../../activities/write-whole.js';
import { AthanorError, InvalidInputError } from '../../../models/domain/errors.js';
import { exitCodes } from '../exit-codes.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';
import { type DescribeOptions, withDescribeOptions } from './describe-options.js';
import { refusedAsInput } from './refused.js';

/** `athanor models describe FOLDER`: a manifest for a folder that has none. */
export const modelsDescribeCommand: Verb = (terminal, end) =>
  withDescribeOptions(
    new Command('describe')
      .description('write the manifest of a folder that has none, from what it says of itself')
      .argument('<folder>', 'with the network (.onnx) and the files of its tokenizer')
      .option('--force', 'in place of a manifest that is there')
      .option('--json', 'print the manifest, or what is missing, as JSON'),
  )
    .addHelpText(
      'after',
      `
Inputs, outputs, widths, tokenizer, special tokens, lengths, pooling and licence are read from the network, tokenizer.json, vocab.txt,
tokenizer_config.json, special_tokens_map.json, config.json, 1_Pooling/config.json, README.md and LICENSE; what none of them says is
listed with the option that tells it. Golden values are those of the network as it is now.

Example:
  athanor models describe ./chemberta --name chemberta@2 --modality smiles --pooling mean`,
    )
    .action(async (folder: string, options: DescribeOptions & { force?: boolean; json?: boolean }) => {
      const { describeFolder } = await import('../../models/describe/describe.js');
      const { manifestFile } = await import('../../models/home-models.js');
      const file = path.join(folder, manifestFile);
      const isThere = (await stat(file).catch(() => null)) !== null;
      if (isThere && options.force !== true)
        throw new AthanorError('INVALID_INPUT', `${file} is there already; --force writes another in its place`);
      try {
        const manifest = await refusedAsInput(() => describeFolder(folder, options));
        const text = JSON.stringify(manifest, null, 1);
        await writeWhole(file, `${text}\n`, 0o666);
        await print(terminal, options.json, { file, manifest, missing: [] }, () => `${file} is written\n${text}`);
      } catch (error) {
        if (!(error instanceof InvalidInputError) || options.json !== true) throw error;
        await print(terminal, true, { file: null, manifest: null, missing: error.faults }, () => '');
        terminal.note(`athanor: ${error.message}`);
        end(exitCodes.badInput);
      }
    });
