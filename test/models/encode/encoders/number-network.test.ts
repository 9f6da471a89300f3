import { expect, it } from 'vitest';
import { openNetwork } from '../../../../models/encode/encoders/stored-network.js';
import { checkModel } from '../../../../scripts/models/check-model.js';
import { describeEncoderLaws } from '../../../laws/encoder.js';
import { hasOnnxRuntime } from '../../../support/screen-models.js';
import { tinyNumbersBundle } from '../../../support/tiny-numbers.js';

const present = await hasOnnxRuntime();

if (present) {
  const fractions = (await openNetwork(tinyNumbersBundle(30, 'element-fractions'), 'compositions'))!;
  describeEncoderLaws(fractions, {
    texts: ['Fe:0.4 O:0.6', 'H:0.6666666666666666 O:0.3333333333333333', 'Fe:1'],
    unknown: ['Ag:1', 'Fe:0.4 O:0.4', 'Fe', ''],
  });
  const curves = (await openNetwork(tinyNumbersBundle(3, 'curve'), 'curves'))!;
  describeEncoderLaws(curves, { texts: ['1 2 3', '0.5 -1 2e-3', '0 0 1'], unknown: ['1 2', '1 2 x', '', '1 2 3 4'] });
}

it.runIf(present)('of rows of numbers are looked at as others are, golden values too', async () => {
  const { manifest } = tinyNumbersBundle(3, 'curve');
  const encoder = (await openNetwork(tinyNumbersBundle(3, 'curve'), 'curves'))!;
  const [first] = await encoder.encode(['1 2 3']);
  const golden = (codesFirst8: number[]) => ({
    golden: { tolerance: 1e-6, vectors: [{ curve: '1 2 3', codesFirst8 }] },
  });
  expect(await checkModel(tinyNumbersBundle(3, 'curve', golden([...first!])))).toMatchObject({ differences: [] });
  const wrong = await checkModel(tinyNumbersBundle(3, 'curve', golden([first![0]! + 1])));
  expect(wrong.differences).toEqual([expect.stringContaining("codes of '1 2 3'")]);
  expect(manifest.encoder).toBe('curve');
});

it('are refused where their inputs are no row of numbers, or of another modality', () => {
  const inputs = { x: 'float32 [2, 3]' };
  expect(() => tinyNumbersBundle(3, 'curve', { inputs })).toThrow('no row of numbers');
  expect(() => tinyNumbersBundle(3, 'curve', { modality: 'composition' })).toThrow("'curve' of a model that takes");
});
