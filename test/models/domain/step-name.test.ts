import { expect, it } from 'vitest';
import { undoneBy, undoOf } from '../../../models/domain/step-name.js';

it('names what takes a step back after it', () => {
  expect(undoneBy(undoOf('make'))).toBe('make');
  expect(undoneBy('make')).toBeNull();
});
