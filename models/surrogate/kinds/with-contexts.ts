import type { Encoding } from '../../encode/encoded-designs.js';
import { SumKernel } from '../../kernel/combined.js';
import type { DesignKernel } from '../../kernel/contract.js';
import { RadialBlock } from '../../kernel/radial-block.js';
import type { RadialKernelName } from '../../linalg/radial/radial-kernels.js';

/**
 * A kernel of all columns, and a part of the surroundings alone beside it, with a share that is learned: what a batch or the humidity adds
 * to a loss wherever it was measured. As a product alone a batch that is off would tell nothing of others.
 *
 * k = (1 − w)·k_all + w·k_contexts; the kernel itself where the encoding has no contexts
 */
export function withContexts(encoding: Encoding, radial: RadialKernelName, kernel: DesignKernel): DesignKernel {
  const { contexts, numeric, categories } = encoding;
  if (contexts === undefined) return kernel;
  const last = (all: number, count: number) => Array.from({ length: count }, (_, i) => all - count + i);
  const around = new RadialBlock(encoding, radial, {
    numeric: last(numeric, contexts.numeric),
    categories: last(categories, contexts.categories),
    substances: [],
    vectors: [],
  });
  return new SumKernel(kernel, around);
}
