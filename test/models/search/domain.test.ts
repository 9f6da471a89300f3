import { describe, expect, it } from 'vitest';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import { parameterSchema } from '../../../models/domain/parameters/parameter.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';
import { spaceDomain } from '../../../models/search/domain.js';
import { describeSearchDomain } from '../../laws/search-domain.js';

const space = (...parameters: unknown[]) => ({
  parameters: parameters.map((one): Parameter => parameterSchema.parse(one)),
  pool: null,
});
const box = space(
  { name: 'x', type: 'continuous', bounds: [-3, 5] },
  { name: 'k', type: 'continuous', bounds: [1e-3, 10] },
);
const mixed = space(
  { name: 'x', type: 'continuous', bounds: [0, 1] },
  { name: 'n', type: 'integer', bounds: [1, 7] },
  { name: 'level', type: 'discrete', values: [0.25, 1, 4] },
  { name: 'base', type: 'categorical', levels: ['NaOH', 'KOH', 'none'] },
  { name: 'solvent', type: 'substance', smiles: { water: 'O', ethanol: 'CCO' } },
);
const levels = space(
  { name: 'level', type: 'discrete', values: [1, 2, 3] },
  { name: 'base', type: 'categorical', levels: ['a', 'b'] },
);

describeSearchDomain('of a box', spaceDomain(await SpaceEncoder.of(box)));
describeSearchDomain('of parameters of all kinds', spaceDomain(await SpaceEncoder.of(mixed)));
describeSearchDomain('without a free column', spaceDomain(await SpaceEncoder.of(levels)));

describe('a product domain', () => {
  it('does not allow what is refused at a level, and knows no crowd where there is none', async () => {
    const domain = spaceDomain(await SpaceEncoder.of(levels), {
      refused: ({ base }, level) => base === 'a' && level === 1,
    });
    expect([0, 1].map((level) => domain.allow({ level: 1, base: 'a' }, level))).toEqual([true, false]);
    expect(domain.crowded).toBeNull();
    expect(domain.free).toEqual([]);
  });
});
