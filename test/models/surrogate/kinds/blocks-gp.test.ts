import { describe, expect, it } from 'vitest';
import { type CodeTable, type Encoding, selectDesigns } from '../../../../models/encode/encoded-designs.js';
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
function explained(kind: (encoding: Encoding) => GpKind, designs = all): number {
  const training = {
    designs: selectDesigns(designs, known),
    levels: new Int32Array(known.length),
    losses: Float64Array.from(known, (i) => losses[i]!),
    levelCount: 1,
    finite: true,
  };
  const fitted = fitGp(training, { seed: 1, previous: null, optimise: true }, kind(designs.encoding));
  const { mean } = fitted.posterior(selectDesigns(designs, rest));
  const average = rest.reduce((sum, i) => sum + losses[i]!, 0) / rest.length;
  const errors = rest.map((i, row) => (fitted.scale.toLoss(mean[0]![row]!) - losses[i]!) ** 2);
  const total = rest.reduce((sum, i) => sum + (losses[i]! - average) ** 2, 0);
  return 1 - errors.reduce((sum, error) => sum + error, 0) / total;
}

describe('blocks', () => {
  it('learn a loss that codes tell and fingerprints do not', () => {
    expect(explained(blocksGp)).toBeGreaterThan(0.8);
    expect(explained(standardGp)).toBeLessThan(0.3);
  });

  it('of several encoders a design, one of which tells nothing of some: these are foretold by the others', () => {
    const half = all.encoding.fingerprints.map((_, m) => (m % 2 === 0 ? 1 : 0));
    const masked = { ...codes[0]!, encoder: 'partly', masked: Uint8Array.from(half) };
    const other = someCodes(count, { encoder: 'noise', width: 4, seed: 9 });
    const both = (tables: readonly CodeTable[]) => ({ ...all, encoding: { ...all.encoding, codes: [...tables] } });
    const whole = explained(blocksGp, both([codes[0]!, masked, other]));
    expect(whole).toBeGreaterThan(0.7);
    const partly = explained(blocksGp, both([masked, other]));
    expect(partly).toBeGreaterThan(-0.2);
    expect(partly).toBeLessThan(whole);
    // What is masked is as unlike everything, whatever stands in its row.
    const junk = masked.values.map((value, at) => (half[Math.floor(at / masked.width)] === 1 ? 99 : value));
    expect(explained(blocksGp, both([{ ...masked, values: junk }, other]))).toBe(partly);
  });
});
