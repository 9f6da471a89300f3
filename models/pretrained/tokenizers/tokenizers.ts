import { ContractError } from '../../domain/errors.js';
import type { ModelBundle } from '../bundle.js';
import type { Tokenizer } from './contract.js';
import { hfTokenizer } from './hf-json.js';
import { smilesTokenizer } from './smiles-vocabulary.js';

/**
 * The tokenizer of a model; null where it takes no texts.
 *
 * @throws {InvalidInputError} if its files are not what the manifest says
 */
export async function tokenizerOf({ manifest, files }: ModelBundle): Promise<Tokenizer | null> {
  const { tokenizer } = manifest;
  const file = (name: string) => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new ContractError(`model ${manifest.id} is given without its file ${name}`);
    return bytes;
  };
  switch (tokenizer.kind) {
    case 'smiles-regex+vocab':
      return smilesTokenizer(tokenizer, file(tokenizer.vocab));
    case 'hf-json':
      return hfTokenizer(tokenizer, file(tokenizer.file));
    case 'none':
      return null;
  }
}
