import { AthanorError } from '../../models/domain/errors.js';
import { codesKey, type SpaceCodes } from '../../models/domain/space-codes.js';
import type { KnownCodes } from '../../models/encode/code-tables.js';
import { textOfKey } from '../../models/encode/encoders/reading-texts.js';
import type { AskedCodes } from '../../models/encode/strangers.js';
import { modelIdentity } from '../../models/pretrained/bundle.js';
import { elementsCoder, networkCoder, openCoder, type Coder as ValueCoder } from '../campaign-file/encoders/encoded.js';
import { CodeCache, type CodeShare } from '../models/code-cache.js';
import { homeModels, wholeBundle } from '../models/home-models.js';
import { type ValueModel, valuesAtOnce } from '../models/value-model.js';

/** New values whose codes are kept in the home, of one table; those of more are made each time. */
const mostKept = 20_000;

/** An encoder of a campaign that can be run here. */
interface Coder {
  readonly codes: SpaceCodes;
  readonly coder: ValueCoder;
  readonly cache: CodeCache;
  model: ValueModel | null;
  kept: number;
  /** How many values it could not take. */
  refused: number;
}

/**
 * What the encoders of a campaign give of values that its space has not, by the very models that encoded the space; one that the
 * home has not tells nothing of them, and a note says so. Of new designs no curves were measured.
 */
export class StrangerCodes {
  private constructor(
    private readonly coders: readonly Coder[],
    private readonly onNote: (line: string) => void,
  ) {}

  /**
   * @param codes - of the space, by which the models are found
   * @param share - where codes are kept for other homes, too
   */
  static async open(
    codes: readonly SpaceCodes[],
    home: string,
    onNote: (line: string) => void,
    share: CodeShare | null = null,
  ): Promise<StrangerCodes> {
    const coders: Coder[] = [];
    const models = codes.length === 0 ? [] : await homeModels(home).catch(() => []);
    for (const one of codes) {
      const found = models.find(({ manifest }) => manifest !== null && modelIdentity(manifest) === one.identity);
      const mask = `new ${one.reads} are predicted without what it tells of them`;
      const isOwn = one.identity === elementsCoder.identity;
      const cache = await CodeCache.open(home, one, isOwn ? null : share);
      const kept = { codes: one, cache, model: null, kept: 0, refused: 0 };
      if (isOwn) {
        coders.push({ ...kept, coder: elementsCoder });
        continue;
      }
      if (one.reads === 'curves') {
        onNote(`no curves of new designs are known: they are predicted without what ${one.encoder} tells of them`);
        continue;
      }
      if (found === undefined) {
        onNote(`the model ${one.encoder} that encoded the campaign is not in the home ${home}: ${mask}`);
        continue;
      }
      try {
        coders.push({ ...kept, coder: networkCoder(await wholeBundle(found), one.output) });
      } catch (error) {
        if (!(error instanceof AthanorError)) throw error;
        onNote(`the model ${one.encoder} cannot be used (${error.message}): ${mask}`);
      }
    }
    return new StrangerCodes(coders, onNote);
  }

  /** The codes of what is asked for, by encoder. */
  async of(asked: readonly AskedCodes[]): Promise<readonly KnownCodes[]> {
    const all: KnownCodes[] = [];
    for (const { encoder, keys } of asked) {
      const coder = this.coders.find(({ codes }) => codesKey(codes) === encoder);
      if (coder === undefined) continue;
      const rows = await rowsOf(coder, keys);
      coder.refused += keys.filter((one) => rows.get(one) === null).length;
      all.push({ encoder, of: (one) => rows.get(one) ?? undefined });
    }
    return all;
  }

  /** Ends the models, and says how many molecules they could not take. */
  async close(): Promise<void> {
    for (const { model, codes, refused } of this.coders) {
      await model?.release();
      if (refused > 0)
        this.onNote(`${codes.encoder} cannot take ${refused} new ${codes.reads}, of which it tells nothing`);
    }
  }
}

async function rowsOf(coder: Coder, keys: readonly string[]): Promise<Map<string, ArrayLike<number> | null>> {
  const { cache, codes } = coder;
  const rows = new Map<string, ArrayLike<number> | null>();
  const asked: { readonly key: string; readonly text: string }[] = [];
  for (const key of keys) asked.push({ key, text: await textOfKey(codes, key) });
  const texts = [...new Set(asked.map(({ text }) => text))];
  const isKept = coder.kept < mostKept;
  if (isKept) await cache.recall(texts);
  const missing = asked.filter(({ text }) => cache.get(text) === undefined);
  for (const { key, text } of asked) rows.set(key, cache.get(text) ?? null);
  for (let from = 0; from < missing.length; from += valuesAtOnce) {
    const some = missing.slice(from, from + valuesAtOnce);
    coder.model ??= await openCoder(coder.coder, codes.reads);
    const given = some.map(({ text }) => text);
    const made = await coder.model.encode(given);
    for (const [i, { key }] of some.entries()) rows.set(key, made[i] ?? null);
    if (coder.kept < mostKept) await cache.add(given, made);
    coder.kept += some.length;
  }
  if (isKept) await cache.offer(missing.map(({ text }) => text));
  return rows;
}
