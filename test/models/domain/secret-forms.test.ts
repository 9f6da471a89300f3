import { expect, test } from 'vitest';
import { secretForms } from '../../../models/domain/secret-forms.js';

test('forms of a secret are those in which others repeat it, the longest first, and none so short that it stands by chance', () => {
  expect(secretForms(['pä/ss"word'])).toEqual([
    'p%C3%A4%2Fss%22word',
    'p\\u00e4/ss\\"word',
    'pä\\/ss\\"word',
    'pä/ss\\"word',
    'pä/ss"word',
  ]);
  expect(secretForms(['first-line\nsecond-line'])).toEqual(expect.arrayContaining(['first-line', 'second-line']));
  expect(secretForms(['short'])).toEqual([]);
});
