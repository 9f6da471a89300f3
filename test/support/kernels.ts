import { SumKernel } from '../../models/kernel/combined.js';
import type { DesignKernel } from '../../models/kernel/contract.js';
import { RadialBlock } from '../../models/kernel/radial-block.js';
import { sameDesign } from '../../models/kernel/same-design.js';
import { WarpedKernel } from '../../models/kernel/warped.js';
import { blocksGp } from '../../models/surrogate/kinds/blocks-gp.js';
import { someCodes, someDescriptors, someDesigns, someFingerprints } from './encoded.js';

const fingerprints = someFingerprints(9, 3);
const descriptors = [someDescriptors(9, 4, 3), someDescriptors(9, 2, 5)];

const codes = [someCodes(9), someCodes(9, { substance: 1, width: 4, seed: 2 }), someCodes(9, { encoder: 'other' })];

/** Columns of every kind. */
export const everyColumn = {
  numeric: 3,
  categories: 1,
  substances: 2,
  fingerprints,
  descriptors,
  codes,
  vectors: [2, 3],
};

/** One of every kind of kernel, over `everyColumn`. */
export function everyKernel(): readonly (readonly [string, DesignKernel])[] {
  const { encoding } = someDesigns(1, everyColumn, 1);
  const block = (columns: ConstructorParameters<typeof RadialBlock>[2] = {}) =>
    new RadialBlock(encoding, 'matern52', columns);
  const none = { numeric: [], categories: [], substances: [], vectors: [] };
  return [
    ['Matérn 3/2', new RadialBlock(encoding, 'matern32')],
    ['Matérn 5/2', block()],
    ['RBF', new RadialBlock(encoding, 'rbf')],
    ['descriptors', block({ molecules: 'descriptors' })],
    ['codes', block({ ...none, codes: [0, 1] })],
    ['blocks', blocksGp(encoding).kernel],
    ['identity of molecules', block({ molecules: 'identity' })],
    ['some columns', block({ ...none, numeric: [2, 0], vectors: [1] })],
    ['sum', new SumKernel(block({ ...none, numeric: [0, 1, 2] }), block())],
    ['own share', new SumKernel(block(), sameDesign, { mean: -2.2, sd: 0.5 })],
    ['warped', new WarpedKernel(block(), encoding)],
    ['warped sum', new WarpedKernel(new SumKernel(new RadialBlock(encoding, 'matern32'), sameDesign), encoding)],
    ['sum of sums', new SumKernel(new SumKernel(block(), sameDesign), new SumKernel(block(), block()))],
  ];
}
