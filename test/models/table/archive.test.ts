import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { filesIn, sumOf } from '../../../models/table/archive.js';

const bounds = { bytes: 1_000_000, files: 10 };
const all = () => true;
const whole = zipSync({ 'a.xml': strToU8('<a>'.repeat(1000)), b: [strToU8('stored'), { level: 0 }] });

/** The archive with a field of the entry of its first file (in the list at its end) set. */
function with32(field: number, value: number): Uint8Array {
  const copy = whole.slice();
  const view = new DataView(copy.buffer);
  let at = 0;
  while (view.getUint32(at, true) !== 0x02014b50) at += 1;
  view.setUint32(at + field, value, true);
  return copy;
}

describe('filesIn', () => {
  test('gives the files that are wanted', () => {
    expect(filesIn(whole, (name) => name === 'b', bounds)).toEqual({ b: strToU8('stored') });
    expect(filesIn(whole, all, bounds)['a.xml']).toHaveLength(3000);
    const commented = new Uint8Array([...whole, 1, 2, 3]);
    expect(Object.keys(filesIn(commented, all, bounds))).toEqual(['a.xml', 'b']);
  });

  test.each([
    ['unpacks to more than it says', with32(24, 2999), 'damaged'],
    ['unpacks to less than it says', with32(24, 3001), 'damaged'],
    ['says that it is huge', with32(24, 4e9), 'more than 1000000 bytes'],
    ['has another sum', with32(16, 5), 'damaged'],
    ['begins elsewhere', with32(42, 7), 'damaged'],
    ['begins beyond the end', with32(42, 4e9), 'damaged'],
    ['is packed in an unknown way', with32(10, 99), 'damaged'],
    ['is encrypted', with32(8, 1), 'encrypted'],
    ['has no end', whole.slice(0, -22), 'its end is missing'],
    ['is nothing', new Uint8Array(), 'its end is missing'],
  ])('a file that %s is refused', (_, bytes, words) => {
    expect(() => filesIn(bytes, all, bounds)).toThrow(words);
  });

  test('more files than there may be are refused', () => {
    expect(() => filesIn(whole, all, { ...bounds, files: 1 })).toThrow('2 files in it; at most 1');
  });
});

test('sums are those of archives (check value of CRC-32: 123456789)', () => {
  expect(sumOf(strToU8('123456789'))).toBe(0xcbf43926);
});
