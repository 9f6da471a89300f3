import { ContractError } from '../../../models/domain/errors.js';
import { sha256Of } from '../../../models/domain/sha256.js';
import { packedRows, type SpaceCodes } from '../../../models/domain/space-codes.js';
import { encoderKey } from '../../../models/encode/encoders/contract.js';
import { elementEncoder } from '../../../models/encode/encoders/element-statistics.js';
import { type KeyColumns, textOfKey } from '../../../models/encode/encoders/reading-texts.js';
import { type ModelBundle, modelIdentity } from '../../../models/pretrained/bundle.js';
import { modelName } from '../../../models/pretrained/manifest.js';
import { CodeCache, type CodeShare } from '../../models/code-cache.js';
import { oneByOne, openValueModel, type ValueModel, valuesAtOnce } from '../../models/value-model.js';

/** Milliseconds after which people are told how far the encoding is, and between two such lines. */
const patience = { first: 1_000, next: 5_000 } as const;

/** What makes numbers of values: a stored network with one of its outputs, or a program of our own. */
export interface Coder extends Pick<SpaceCodes, 'encoder' | 'output' | 'identity'> {
  /** Null of a program. */
  readonly bundle: ModelBundle | null;
}

/** That of a stored network. */
export function networkCoder(bundle: ModelBundle, output: string): Coder {
  const { manifest } = bundle;
  return { encoder: modelName(manifest), output, identity: modelIdentity(manifest), bundle };
}

/** That of `elements`. */
export const elementsCoder: Coder = {
  encoder: `${elementEncoder.name}@${elementEncoder.version}`,
  output: 'statistics',
  identity: sha256Of(encoderKey(elementEncoder)),
  bundle: null,
};

/** Opens what a coder computes with. @throws as `openValueModel` */
export async function openCoder({ bundle, output }: Coder, reads: SpaceCodes['reads']): Promise<ValueModel> {
  if (bundle !== null) return openValueModel(bundle, reads, output);
  return { encode: oneByOne((some) => elementEncoder.encode(some)), release: async () => {} };
}

/** What is encoded: values by their keys. */
export interface Encoding extends KeyColumns {
  readonly keys: readonly string[];
  /** What the encoder is given for each, where its key does not tell. */
  readonly texts?: readonly string[];
}

/** Where numbers are kept, and who is told. */
export interface EncodingPlace {
  readonly home: string;
  /** What other homes made of the same model; none where absent or null. */
  readonly share?: CodeShare | null | undefined;
  readonly onNote?: ((line: string) => void) | undefined;
}

/**
 * Codes of values, from the cache as far as they were made before; values that the coder cannot take are left out, and a note says how
 * many.
 *
 * @throws {AthanorError} CONTRACT if it can take none
 */
export async function encoded(coder: Coder, given: Encoding, place: EncodingPlace): Promise<SpaceCodes> {
  const { reads, on, product, keys } = given;
  const { encoder, output, identity } = coder;
  const { home, onNote, share = null } = place;
  const texts: string[] = [];
  for (const [i, key] of keys.entries()) texts.push(given.texts?.[i] ?? (await textOfKey(given, key)));
  // A program of our own is quicker than the store.
  const cache = await CodeCache.open(home, coder, coder.bundle === null ? null : share);
  const all = [...new Set(texts)];
  await cache.recall(all);
  const missing = all.filter((one) => cache.get(one) === undefined);
  if (missing.length > 0) await fill(cache, missing, { coder, reads, onNote });
  await cache.offer(all);
  const taken = keys.map((_, i) => i).filter((i) => cache.get(texts[i]!) !== null);
  if (taken.length === 0) throw new ContractError(`${encoder} can take none of the ${keys.length} ${reads}`);
  if (taken.length < keys.length)
    onNote?.(
      `${encoder} cannot take ${keys.length - taken.length} of ${keys.length} ${reads}, of which it tells nothing`,
    );
  const rows = taken.map((i) => cache.get(texts[i]!)!);
  return {
    ...{ encoder, output, identity, reads, on: [...on], ...(product === undefined ? {} : { product }) },
    ...{ width: rows[0]!.length, keys: taken.map((i) => keys[i]!), rows: packedRows(rows) },
  };
}

async function fill(
  cache: CodeCache,
  missing: readonly string[],
  {
    coder,
    reads,
    onNote,
  }: Pick<EncodingPlace, 'onNote'> & { readonly coder: Coder; readonly reads: SpaceCodes['reads'] },
): Promise<void> {
  const model = await openCoder(coder, reads);
  try {
    let due = Date.now() + patience.first;
    for (let from = 0; from < missing.length; from += valuesAtOnce) {
      const some = missing.slice(from, from + valuesAtOnce);
      await cache.add(some, await model.encode(some));
      if (Date.now() < due) continue;
      due = Date.now() + patience.next;
      onNote?.(`${coder.encoder}: ${from + some.length} of ${missing.length} ${reads}`);
    }
  } finally {
    await model.release();
  }
}
