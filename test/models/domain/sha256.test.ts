import { expect, it } from 'vitest';
import { sha256Of } from '../../../models/domain/sha256.js';

it('is that of the bytes, of a text those in UTF-8', () => {
  // FIPS 180-4, example of one block.
  expect(sha256Of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256Of('é')).toBe(sha256Of(Uint8Array.of(0xc3, 0xa9)));
});
