import { describe, expect, it } from 'vitest';
import { positiveNumber, wholeNumber } from '../../scripts/commands/arguments.js';

describe('numbers of the command line', () => {
  it('are what people write', () => {
    expect([' 12.5 ', '1e3', '.5'].map(positiveNumber)).toEqual([12.5, 1000, 0.5]);
    expect(wholeNumber(1)('12')).toBe(12);
  });

  it.each(['0x10', '0b1', 'Infinity', '1e400', '', '-1', '0', '1,5'])('are not %j', (text) => {
    expect(() => positiveNumber(text)).toThrow('A number greater than 0 is wanted');
    expect(() => wholeNumber(1)(text)).toThrow('A whole number');
  });
});
