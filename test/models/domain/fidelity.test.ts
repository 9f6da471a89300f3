import { expect, it } from 'vitest';
import { fidelitySchema, isOfLab } from '../../../models/domain/fidelity.js';

it('is of a person, of an adapter, or of instruments of the lab', () => {
  const level = { name: 'exact', cost: 1 };
  expect(fidelitySchema.parse(level)).toEqual({ ...level, adapter: 'person', settings: {} });
  expect(isOfLab(fidelitySchema.parse(level))).toBe(false);
  expect(isOfLab(fidelitySchema.parse({ ...level, instrument: 'oven' }))).toBe(true);
  expect(isOfLab(fidelitySchema.parse({ ...level, recipe: [{ step: 'bake', on: 'oven' }] }))).toBe(true);
});
