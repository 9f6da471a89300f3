import { expect, test } from 'vitest';
import {
  AdapterError,
  AthanorError,
  InvalidInputError,
  NumericalError,
  ShapeError,
} from '../../models/domain/errors.js';
import { computedFrom } from '../../scripts/commands/record-source.js';

test('numbers of a record that nothing can be computed with are bad input, and no fault of ours', async () => {
  expect(await computedFrom('r.json', async () => 7)).toBe(7);
  for (const error of [
    new NumericalError('the 7 × 7 covariance matrix'),
    new ShapeError('3 of 4'),
    new AthanorError('SURROGATE', 'none'),
  ])
    await expect(computedFrom('r.json', () => Promise.reject(error))).rejects.toThrow(InvalidInputError);
  await expect(computedFrom('r.json', () => Promise.reject(new AdapterError('x')))).rejects.toThrow(AdapterError);
});
