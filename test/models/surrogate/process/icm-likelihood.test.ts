import { describe, it } from 'vitest';
import { SumKernel } from '../../../../models/kernel/combined.js';
import { linearColumn } from '../../../../models/kernel/linear-column.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { sameDesign } from '../../../../models/kernel/same-design.js';
import { Generator } from '../../../../models/random/generator.js';
import { chainStructure } from '../../../../models/surrogate/levels/chain-structure.js';
import { evenNumbers, truncatedStructure } from '../../../../models/surrogate/levels/truncated-structure.js';
import { weightedStructure } from '../../../../models/surrogate/levels/weighted-structure.js';
import { RowNoise } from '../../../../models/surrogate/noise/row-noise.js';
import { icmLayout, termsLayout } from '../../../../models/surrogate/process/icm-hyperparameters.js';
import { icmObjective } from '../../../../models/surrogate/process/icm-likelihood.js';
import { someDesigns, someFingerprints } from '../../../support/encoded.js';
import { expectGradient } from '../../../support/gradients.js';

describe('gradient of the log posterior density', () => {
  const fingerprints = someFingerprints(9, 3);
  it.each([
    ['numeric, one level', { numeric: 3 }, 1],
    ['numeric and categories, two levels', { numeric: 2, categories: 2 }, 2],
    ['molecules, three levels', { substances: 1, fingerprints }, 3],
    ['all kinds, four levels', { numeric: 2, categories: 1, substances: 2, fingerprints, vectors: [2, 3] }, 4],
  ])('%s: agrees with central differences', (_, columns, L) => {
    const n = 14;
    const designs = someDesigns(n, columns, 5);
    const random = new Generator(11);
    const levels = Int32Array.from({ length: n }, (_, i) => i % L);
    const y = Float64Array.from({ length: n }, () => random.normal());
    const block = new RadialBlock(designs.encoding, 'matern52');
    const kernel = L === 3 ? block : new SumKernel(block, sameDesign);
    const layouts = [icmLayout({ kernel, levels: L, constantVariance: L === 1 ? null : 1 })];
    if (L > 1) {
      const chain = Array.from({ length: L }, () => block);
      layouts.push(termsLayout({ kernels: chain, structure: chainStructure(L), levels: L }));
      layouts.push(termsLayout({ kernels: [kernel, block], structure: truncatedStructure(evenNumbers(L)), levels: L }));
    }
    const noise = new RowNoise(
      Float64Array.from({ length: n }, (_, i) => (i % 5 === 0 ? 0.01 * (i + 1) : Number.NaN)),
      Float64Array.from({ length: n }, (_, i) => 0.5 + 0.1 * i),
    );
    if (L === 1) {
      const lines = [0, 2].map((column) => linearColumn(designs.encoding, column));
      layouts.push(termsLayout({ kernels: [block, ...lines], structure: weightedStructure(3), levels: 1 }));
    }
    for (const layout of layouts) {
      const objective = icmObjective(layout, { designs, levels, noise: L === 2 ? noise : null }, y);
      const theta = Float64Array.from(layout.all, ({ start }) => start + 0.3 * random.normal());
      expectGradient(objective, theta);
    }
  });
});
