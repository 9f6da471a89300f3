import path from 'node:path';
import type { Campaign } from '../../models/domain/campaign.js';
import { packedRows, type SpaceCodes } from '../../models/domain/space-codes.js';
import { type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import { modelName } from '../../models/pretrained/manifest.js';
import { keysOf, usualColumns } from '../campaign-file/encoders/readable.js';
import { manifestFile, readBundle, readManifest } from '../models/home-models.js';
import { openValueModel, valuesAtOnce } from '../models/value-model.js';

/** A model out of a folder, as it lies in a campaign home. */
export async function bundleIn(folder: string): Promise<ModelBundle> {
  return readBundle(folder, await readManifest(path.join(folder, manifestFile)));
}

/** What a model gives of the molecules of all substances of a space, as a campaign that names it keeps it. */
export async function codesOf(
  bundle: ModelBundle,
  { parameters }: Campaign['space'],
  output = bundle.manifest.recommendedOutput,
): Promise<SpaceCodes> {
  const on = usualColumns({ parameters }, 'molecules');
  const smiles = keysOf({ parameters, pool: null }, 'molecules', on) as readonly string[];
  const model = await openValueModel(bundle, 'molecules', output);
  const taken: { smiles: string; code: ArrayLike<number> }[] = [];
  try {
    for (let from = 0; from < smiles.length; from += valuesAtOnce) {
      const some = smiles.slice(from, from + valuesAtOnce);
      const codes = await model.encode(some);
      codes.forEach((code, i) => {
        if (code !== null) taken.push({ smiles: some[i]!, code });
      });
    }
  } finally {
    await model.release();
  }
  return {
    encoder: modelName(bundle.manifest),
    output,
    identity: modelIdentity(bundle.manifest),
    reads: 'molecules',
    on: [...on],
    width: taken[0]!.code.length,
    keys: taken.map((one) => one.smiles),
    rows: packedRows(taken.map(({ code }) => code)),
  };
}

/** The campaign with what encoders tell of its molecules. */
export function withCodes(campaign: Campaign, codes: readonly SpaceCodes[]): Campaign {
  return { ...campaign, space: { ...campaign.space, codes } };
}
