import type { Manifest } from '../../../models/pretrained/manifest.js';
import type { FolderHints } from './hints.js';
import type { Wanted } from './wanted.js';

/** Tokens of SMILES as most models of them are trained on. */
const smilesPattern =
  '(\\%\\([0-9]{3}\\)|\\[[^\\]]+]|Br?|Cl?|N|O|S|P|F|I|b|c|n|o|s|p|\\||\\(|\\)|\\.|=|#|-|\\+|\\\\|\\/|:|~|@|\\?|>>?|\\*|\\$|\\%[0-9]{2}|[0-9])';

/** What a person told of how texts are read. */
export interface ToldTokens {
  readonly modality: Manifest['modality'];
  readonly pattern?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly tooLong?: 'refuse' | 'cut' | undefined;
}

/** The tokenizer of a folder: `tokenizer.json`, or a list of tokens with a pattern; none where it has neither. */
export function tokenizerFor(wanted: Wanted, hints: FolderHints, told: ToldTokens): Manifest['tokenizer'] {
  if (!hints.hasTokenizerJson && hints.vocabulary === null) return { kind: 'none' };
  const maxLength = wanted.or('--max-length', {
    ...{ told: told.maxLength, found: hints.maxLength, instead: 512 },
    why: 'it does not say how many tokens the model takes',
  });
  const pad = wanted.or('tokenizer_config.json', {
    ...{ told: undefined, found: hints.pad, instead: '[PAD]' },
    why: 'no token is told that fills up shorter texts (pad_token)',
  });
  const unknown = hints.unknown === undefined ? {} : { unknown: hints.unknown };
  const limits = { maxLength, tooLong: told.tooLong ?? 'refuse' } as const;
  if (hints.hasTokenizerJson) return { kind: 'hf-json', file: 'tokenizer.json', pad, ...unknown, ...limits };
  const pattern = wanted.or('--pattern', {
    told: told.pattern,
    found: told.modality.endsWith('smiles') ? smilesPattern : undefined,
    instead: '.',
    why: 'it does not say what a token is: a regular expression',
  });
  const special = Object.fromEntries(
    (['cls', 'sep', 'mask'] as const).flatMap((name) => (hints[name] === undefined ? [] : [[name, hints[name]]])),
  );
  return { kind: 'smiles-regex+vocab', vocab: 'vocab.txt', pattern, ...special, pad, ...unknown, ...limits };
}
