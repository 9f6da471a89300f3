import { expect, it } from 'vitest';
import { selectDesigns } from '../../../models/encode/encoded-designs.js';
import { encoders } from '../../../models/encode/encoders/encoders.js';
import { openMinimol } from '../../../models/encode/graph/minimol.js';
import { Ensemble } from '../../../models/surrogate/ensemble.js';
import { blocksOf } from '../../../scripts/bench/encoder-blocks.js';
import { foretold } from '../../../scripts/bench/foretold.js';
import { tinyMinimol } from '../../support/tiny-minimol.js';

const smiles = Array.from({ length: 24 }, (_, i) => `${'C'.repeat(1 + (i % 12))}${i < 12 ? 'O' : 'N'}`);
/** Length of the chain, and a step for what it ends in. */
const losses = smiles.map((one, i) => one.length + (i < 12 ? 0 : 3));

it('kernels on blocks and their sums foretell molecules that were not seen', async () => {
  const network = (await openMinimol(tinyMinimol(4)))!;
  const { designs, variants } = await blocksOf(smiles, [network]);
  expect(variants.map(({ name }) => name)).toEqual([
    'fingerprints',
    'descriptors',
    'minimol',
    'fingerprints + descriptors',
    'fingerprints + descriptors + minimol',
  ]);
  expect(designs.encoding.codes.map(({ encoder }) => encoder)).toEqual(['descriptors', 'minimol']);
  expect(encoders.map(({ name }) => name)).not.toContain('minimol');
  const known = smiles.map((_, i) => i).filter((i) => i % 3 !== 1);
  const rest = smiles.map((_, i) => i).filter((i) => i % 3 === 1);
  const training = {
    designs: selectDesigns(designs, known),
    levels: new Int32Array(known.length),
    losses: Float64Array.from(known, (i) => losses[i]!),
    levelCount: 1,
    finite: true,
  };
  for (const { name, surrogate } of variants) {
    const options = { seed: 1, previous: [], optimise: true };
    const fitted = await Ensemble.fit([{ type: surrogate, logOdds: () => 0 }], training, options);
    const own = rest.map((i) => losses[i]!);
    const { r2, logScore, coverage } = foretold(fitted, selectDesigns(designs, rest), own);
    expect(r2, name).toBeGreaterThan(name === 'fingerprints' ? 0.2 : 0.7);
    expect(logScore, name).toBeGreaterThan(-1.5);
    expect(coverage, name).toBeGreaterThan(0.7);
    // What is foretold of what is not so has a low score, and few of it in its intervals.
    const wrong = foretold(fitted, selectDesigns(designs, rest), [...own].reverse());
    expect(wrong.logScore, name).toBeLessThan(logScore);
    expect(wrong.coverage, name).toBeLessThan(coverage);
  }
});
