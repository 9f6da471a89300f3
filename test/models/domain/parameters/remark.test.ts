import { expect, test } from 'vitest';
import { remarked, unremarked, whyNoText } from '../../../../models/domain/parameters/remark.js';

test('a remark is read apart from the text that it is on', () => {
  const text = remarked('=B2*(1 + 2)', 'a formula (shared) without a result');
  expect(unremarked(text)).toBe('=B2*(1 + 2)');
  expect(whyNoText(text)).toBe('a formula (shared) without a result');
  expect([unremarked('a (b)'), whyNoText('a (b)')]).toEqual(['a (b)', '']);
});

test('the errors of spreadsheets are no texts', () => {
  for (const error of ['#DIV/0!', '#N/A', '#REF!', '#NAME?', 'Err:502']) expect(whyNoText(error)).not.toBe('');
  for (const text of ['#1', 'N/A', 'Error: 5', '#DIV']) expect(whyNoText(text)).toBe('');
});
