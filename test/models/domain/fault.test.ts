import { expect, test } from 'vitest';
import { formatFaults, formatPath } from '../../../models/domain/fault.js';

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 0, 'b', 12], 'a[0].b[12]'],
  [[0], '[0]'],
])('the path %j reads %s', (segments, path) => {
  expect(formatPath(segments)).toBe(path);
});

test('a fault reads as one line, with what is known of its place', () => {
  const fault = { path: 'a.b', message: '3 given', remedy: 'at least 4' };
  expect(formatFaults([fault])).toBe('  a.b: 3 given (at least 4)');
  expect(
    formatFaults([
      { ...fault, line: 7 },
      { ...fault, path: '' },
    ]),
  ).toBe('  line 7, a.b: 3 given (at least 4)\n  3 given (at least 4)');
});
