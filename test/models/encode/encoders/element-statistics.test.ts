import { expect, it } from 'vitest';
import { elementStatistics } from '../../../../models/encode/elements.js';
import { elementEncoder } from '../../../../models/encode/encoders/element-statistics.js';
import { describeEncoderLaws } from '../../../laws/encoder.js';

describeEncoderLaws(elementEncoder, {
  texts: ['Fe:0.4 O:0.6', 'Cm:1', 'C:0.2 H:0.8'],
  unknown: ['Xx:1', 'Fe:0.4', 'iron', ''],
});

it('gives the statistics that formulas are told by', async () => {
  const [code] = await elementEncoder.encode(['Fe:0.4 O:0.6']);
  expect(code).toEqual(elementStatistics({ Fe: 0.4, O: 0.6 }));
});
