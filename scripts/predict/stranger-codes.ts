import { AthanorError } from '../../models/domain/errors.js';
import { codesKey, type SpaceCodes } from '../../models/domain/space-codes.js';
import type { KnownCodes } from '../../models/encode/code-tables.js';
import type { AskedCodes } from '../../models/encode/strangers.js';
import { checkFiles, type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import { CodeCache } from '../models/code-cache.js';
import { homeModels, readBundle } from '../models/home-models.js';
import { type MoleculeModel, moleculesAtOnce, openMoleculeModel } from '../models/molecule-model.js';

/** New molecules whose codes are kept in the home, of one table; those of more are made each time. */
const mostKept = 20_000;

/** An encoder of a campaign whose model the home has. */
interface Coder {
  readonly codes: SpaceCodes;
  readonly bundle: ModelBundle;
  readonly cache: CodeCache;
  model: MoleculeModel | null;
  kept: number;
  /** How many molecules it could not take. */
  refused: number;
}

/**
 * What the encoders of a campaign give of molecules that its space has not, by the very models that encoded the space; one that the
 * home has not tells nothing of them, and a note says so.
 */
export class StrangerCodes {
  private constructor(
    private readonly coders: readonly Coder[],
    private readonly onNote: (line: string) => void,
  ) {}

  /** @param codes - of the space, by which the models are found */
  static async open(
    codes: readonly SpaceCodes[],
    home: string,
    onNote: (line: string) => void,
  ): Promise<StrangerCodes> {
    const coders: Coder[] = [];
    const models = codes.length === 0 ? [] : await homeModels(home).catch(() => []);
    for (const one of codes) {
      const found = models.find(({ manifest }) => manifest !== null && modelIdentity(manifest) === one.identity);
      const mask = `new molecules are predicted without what it tells of them`;
      if (found === undefined) {
        onNote(`the model ${one.encoder} that encoded the campaign is not in the home ${home}: ${mask}`);
        continue;
      }
      try {
        const bundle = await readBundle(found.folder, found.manifest!);
        checkFiles(bundle);
        const cache = await CodeCache.open(home, one);
        coders.push({ codes: one, bundle, cache, model: null, kept: 0, refused: 0 });
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
      if (refused > 0) this.onNote(`${codes.encoder} cannot take ${refused} new molecules, of which it tells nothing`);
    }
  }
}

async function rowsOf(coder: Coder, smiles: readonly string[]): Promise<Map<string, ArrayLike<number> | null>> {
  const { cache, bundle, codes } = coder;
  const rows = new Map<string, ArrayLike<number> | null>();
  for (const one of smiles) {
    const known = cache.get(one);
    if (known !== undefined) rows.set(one, known);
  }
  const missing = smiles.filter((one) => !rows.has(one));
  for (let from = 0; from < missing.length; from += moleculesAtOnce) {
    const some = missing.slice(from, from + moleculesAtOnce);
    coder.model ??= await openMoleculeModel(bundle, codes.output);
    const made = await coder.model.encode(some);
    for (const [i, one] of some.entries()) rows.set(one, made[i] ?? null);
    if (coder.kept < mostKept) await cache.add(some, made);
    coder.kept += some.length;
  }
  return rows;
}
