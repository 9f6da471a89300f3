import { type Command, InvalidArgumentError, Option } from 'commander';
import { modalities, poolings } from '../../../models/pretrained/manifest.js';
import { type InputRole, inputRoles } from '../../../models/pretrained/ports.js';
import type { Told } from '../../models/describe/describe.js';
import { wholeNumber } from '../arguments.js';

/** Adds the options by which a person tells what a folder does not. */
export function withDescribeOptions(command: Command): Command {
  return command
    .option('--name <id@version>', 'what the model is called, and which version it is', nameOf)
    .option('--title <text>', 'in words')
    .option('--licence <text>', 'under which it may be used')
    .addOption(new Option('--modality <what>', 'what the model takes').choices(modalities))
    .option('--model <file>', 'the network, where there are several .onnx')
    .option(
      '--input-role <name=role...>',
      `what an input of an unusual name is for: ${inputRoles.join(', ')}`,
      roleOfInput,
    )
    .option('--output <name>', 'output that is recommended')
    .addOption(new Option('--pooling <how>', 'how the tokens of an output become one row').choices(poolings))
    .option(
      '--pattern <regexp>',
      'of one token, for a vocab.txt without tokenizer.json; that of SMILES where it takes them',
    )
    .option('--max-length <n>', 'tokens that the model takes at most', wholeNumber(1, 1_000_000))
    .addOption(new Option('--too-long <what>', 'done with longer texts').choices(['refuse', 'cut']))
    .option('--example <text...>', 'inputs of which golden values are taken');
}

/** As commander gives them. */
export type DescribeOptions = Told;

function nameOf(text: string): string {
  if (/^[^@\s]+@[^@\s]+$/.test(text)) return text;
  throw new InvalidArgumentError('ID@VERSION is wanted, such as chemberta@2.');
}

function roleOfInput(
  text: string,
  before: Readonly<Record<string, InputRole>> = {},
): Readonly<Record<string, InputRole>> {
  const [, name, told] = /^(.+)=(\w+)$/s.exec(text) ?? [];
  const role = inputRoles.find((each) => each === told);
  if (name !== undefined && role !== undefined) return { ...before, [name]: role };
  throw new InvalidArgumentError(`NAME=ROLE is wanted, of the roles ${inputRoles.join(', ')}.`);
}
