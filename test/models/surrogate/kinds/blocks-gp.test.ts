import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { blocksGp } from '../../../../models/surrogate/kinds/blocks-gp.js';
import { fitGp, type GpKind, standardGp } from '../../../../models/surrogate/kinds/gp.js';
import { someCodes, someDesigns, someFingerprints } from '../../../support/encoded.js';

const count = 90;
const codes = [someCodes(count, { width: 3 })];
const all = someDesigns(count, { substances: 1, fingerprints: someFingerprints(count, 4), codes }, 2);
all.substances.set(Array.from({ length: count }, (_, m) => m));
const losses = Float64Array.from({ length: count }, (_, m) => {
  const [a, b] = [...codes[0]!.values.slice(3 * m, 3 * m + 2)];
  return 3 * a! - Math.cos(2 * b!);
});
const [known, rest] = [[...Array(60).keys()], Array.from({ length: 30 }, (_, i) => 60 + i)];

/** Share of the variance of rows not seen that posterior means explain. */
function explained(kind: GpKind): number {
  const training = {
    designs: selectDesigns(all, known),
    levels: new Int32Array(known.length),
    losses: Float64Array.from(known, (i) => losses[i]!),
    levelCount: 1,
    finite: true,
  };
  const fitted = fitGp(training, { seed: 1, previous: null, optimise: true }, kind);
  const { mean } = fitted.posterior(selectDesigns(all, rest));
  const average = rest.reduce((sum, i) => sum + losses[i]!, 0) / rest.length;
  const errors = rest.map((i, row) => (fitted.scale.toLoss(mean[0]![row]!) - losses[i]!) ** 2);
  const total = rest.reduce((sum, i) => sum + (losses[i]! - average) ** 2, 0);
  return 1 - errors.reduce((sum, error) => sum + error, 0) / total;
}

describe('blocks', () => {
  it('learn a loss that codes tell and fingerprints do not', () => {
    expect(explained(blocksGp(all.encoding))).toBeGreaterThan(0.8);
    expect(explained(standardGp(all.encoding))).toBeLessThan(0.3);
  });
});
