import { expect, it } from 'vitest';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import { unitsOf } from '../../../models/domain/units.js';

it('has the units of the parameters that have one', () => {
  const plain: Parameter = { name: 'x', type: 'continuous', bounds: [0, 1] };
  expect(unitsOf([plain])).toBeNull();
  expect(unitsOf([plain, { ...plain, name: 't', unit: 's' }])).toEqual({ t: 's' });
});
