import { codeTable } from '../../models/encode/code-tables.js';
import { blankDesigns, type EncodedDesigns } from '../../models/encode/encoded-designs.js';
import type { Encoder } from '../../models/encode/encoders/contract.js';
import { descriptors } from '../../models/encode/encoders/descriptors.js';
import { fingerprints } from '../../models/encode/encoders/fingerprints.js';
import { SumKernel } from '../../models/kernel/combined.js';
import type { DesignKernel } from '../../models/kernel/contract.js';
import { codeLengthscale } from '../../models/kernel/lengthscale-prior.js';
import { RadialBlock } from '../../models/kernel/radial-block.js';
import type { SurrogateType } from '../../models/surrogate/contract.js';
import { gpType } from '../../models/surrogate/kinds/gp.js';
import { standardise } from '../../models/surrogate/outputs/standardise.js';

/** Molecules as designs of one substance column, with a table of codes for each encoder of numbers. */
export interface Blocks {
  readonly designs: EncodedDesigns;
  /** What is compared: kernels on one block, and on several as a sum. */
  readonly variants: readonly { readonly name: string; readonly surrogate: SurrogateType }[];
}

/**
 * Molecules by fingerprints, descriptors and further encoders.
 *
 * Codes are standardised over all molecules given, which tells nothing of what was measured of them.
 */
export async function blocksOf(smiles: readonly string[], others: readonly Encoder<'numbers'>[]): Promise<Blocks> {
  const members = [...smiles.keys()];
  const codes = [];
  for (const encoder of [descriptors, ...others]) {
    const rows = await encoder.encode(smiles);
    const of = new Map(smiles.map((text, i) => [text, rows[i]!]));
    const given = { encoder: encoder.name, of: (text: string) => of.get(text) };
    codes.push(codeTable(given, smiles, { column: { kind: 'substances', at: 0 }, members }));
  }
  const designs = blankDesigns(smiles.length, {
    numeric: 0,
    categories: 0,
    substances: 1,
    coded: 0,
    fingerprints: await fingerprints.encode(smiles),
    descriptors: [],
    codes,
    vectors: [],
  });
  designs.substances.set(members);
  return { designs, variants: variantsOf(others.map(({ name }) => name)) };
}

function variantsOf(others: readonly string[]) {
  const names = ['fingerprints', 'descriptors', ...others];
  const sum = (places: readonly number[]) => {
    const name = places.map((at) => names[at]).join(' + ');
    return { name, surrogate: additive(name, places) };
  };
  return [...names.keys()].map((at) => sum([at])).concat(sum([0, 1]), ...others.map((_, i) => sum([0, 1, i + 2])));
}

/** Fingerprints are at most 1 apart, and most nearly so: shorter lengthscales would foretell the mean of nearly all. */
const fingerprintLengthscale = { ...codeLengthscale, mean: 0.5, sd: 1, start: 0.5 };

/** A process whose kernel is a sum over blocks: Matérn 5/2 of one lengthscale on each. Block 0 are the fingerprints. */
export function additive(name: string, blocks: readonly number[]): SurrogateType {
  return gpType(name, `exact Gaussian process, a sum over ${name}`, (encoding) => {
    const kernels = blocks.map((block): DesignKernel => {
      const columns =
        block === 0 ? { lengthscales: () => fingerprintLengthscale } : { substances: [], codes: [block - 1] };
      return new RadialBlock(encoding, 'matern52', columns);
    });
    return {
      // The share of block b of the first b + 1, 1/(b + 1), has this logit.
      kernel: kernels.reduce((sum, next, b) => new SumKernel(sum, next, { mean: -Math.log(b), sd: 1 })),
      transform: standardise,
      noisePrior: [-4, 2],
      scalePrior: [2, 1],
      constantVariance: null,
    };
  });
}
