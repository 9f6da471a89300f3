import { expect, it } from 'vitest';
import { sha256Pattern } from '../../../models/domain/artefact.js';

it.each([
  ['0123456789abcdef'.repeat(4), true],
  ['0123456789ABCDEF'.repeat(4), false],
  ['0123456789abcdef'.repeat(3), false],
  [`${'0'.repeat(64)}\n`, false],
])('a sha256 is 64 small hexadecimal digits: %j', (text, is) => {
  expect(sha256Pattern.test(text)).toBe(is);
});
