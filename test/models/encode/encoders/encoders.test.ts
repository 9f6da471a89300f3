import { expect, it } from 'vitest';
import { encoders } from '../../../../models/encode/encoders/encoders.js';
import { describeEncoderLaws, type EncoderCases } from '../../../laws/encoder.js';

/** By what an encoder takes. */
const cases: Readonly<Record<string, EncoderCases>> = {
  molecules: {
    texts: ['CCO', 'c1ccncc1Cl', 'CC(N)C(=O)O', 'FC=CF', 'CC1CCC(O)CC1', 'O=[N+]([O-])c1ccccc1'],
    unknown: ['nonsense', 'C1CC', 'C(C)(C)(C)(C)C'],
  },
};

for (const encoder of encoders) describeEncoderLaws(encoder, cases[encoder.takes]!);

it('encoders have names of their own', () => {
  expect(new Set(encoders.map(({ name }) => name)).size).toBe(encoders.length);
});
