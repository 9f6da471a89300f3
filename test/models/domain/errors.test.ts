import { expect, test } from 'vitest';
import * as errors from '../../../models/domain/errors.js';

test('every error has a stable code, the name of its class, and its cause', () => {
  const cause = new Error('why');
  const codes = Object.entries(errors)
    .filter(([name]) => !['AthanorError', 'InvalidInputError'].includes(name))
    .map(([name, kind]) => {
      const error = new (kind as typeof errors.ShapeError)('what', { cause });
      expect(error).toBeInstanceOf(errors.AthanorError);
      expect(error).toMatchObject({ name, message: 'what', cause });
      return error.code;
    });
  expect(codes).toEqual(expect.arrayContaining(['SHAPE', 'NUMERICAL', 'INFEASIBLE', 'CONTRACT', 'ADAPTER']));
  expect(new Set(codes).size).toBe(codes.length);
});

test('refused input carries every fault and says how many', () => {
  const fault = { path: 'a', message: 'wrong', remedy: 'right' };
  expect(new errors.InvalidInputError('file.yaml', [fault]).message).toBe('file.yaml: 1 fault\n  a: wrong (right)');
  const error = new errors.InvalidInputError('file.yaml', [fault, { ...fault, line: 2 }]);
  expect(error.message).toBe('file.yaml: 2 faults\n  a: wrong (right)\n  line 2, a: wrong (right)');
  expect(error.faults).toHaveLength(2);
  expect(error.code).toBe('INVALID_INPUT');
});
