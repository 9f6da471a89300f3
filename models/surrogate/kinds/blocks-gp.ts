import type { Encoding } from '../../encode/encoded-designs.js';
import { SumKernel } from '../../kernel/combined.js';
import type { DesignKernel } from '../../kernel/contract.js';
import { RadialBlock } from '../../kernel/radial-block.js';
import { logWarp } from '../outputs/log-warp.js';
import type { GpKind } from './gp.js';
import { withContexts } from './with-contexts.js';

/** Spread of the prior of the logit of a block's share; centre and spread of that of the log variance, large as lengthscales of codes are long. */
const [shareSd, variance, varianceSd] = [1, 2, 0.5];

/**
 * A sum of Matérn 5/2 kernels, one for each way in which designs are seen: all columns as they are, molecules by fingerprints (1 −
 * Tanimoto as squared distance); descriptors, and the codes of each encoder, each with one lengthscale a column that it encodes. These
 * see the columns that they do not encode, too, with lengthscales of their own, so that a loss may be a sum of what they tell. Shares of the blocks are learned from even ones.
 *
 * k = Σ_b w_b·k_b, Σ_b w_b = 1; without codes the first block alone
 */
export function blocksGp(encoding: Encoding): GpKind {
  const encoders = [...new Set(encoding.codes.map(({ encoder }) => encoder))];
  const coded = encoders.map((name) => {
    const codes = encoding.codes.flatMap(({ encoder }, at) => (encoder === name ? [at] : []));
    const others = (kind: 'categories' | 'vectors', count: number) =>
      [...Array(count).keys()].filter((at) => !codes.some((code) => encoding.codes[code]!.replaces[kind].includes(at)));
    return new RadialBlock(encoding, 'matern52', {
      categories: others('categories', encoding.categories),
      substances: [],
      vectors: others('vectors', encoding.vectors.length),
      codes,
    });
  });
  const kernel = coded.reduce<DesignKernel>(
    // The share of block b of the first b + 1, 1/(b + 1), has this logit.
    (sum, block, b) => new SumKernel(sum, block, { mean: -Math.log(b + 1), sd: shareSd }),
    new RadialBlock(encoding, 'matern52'),
  );
  return {
    kernel: withContexts(encoding, 'matern52', kernel),
    transform: logWarp,
    noisePrior: [-4, 2],
    scalePrior: [variance, varianceSd],
    constantVariance: null,
  };
}
