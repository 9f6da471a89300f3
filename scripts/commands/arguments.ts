import { InvalidArgumentError } from 'commander';
import { numberIn } from '../../models/domain/parameters/numbers.js';

/** Reads a whole number from `least` to `most` from the command line. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const wanted = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`A whole number ${wanted} is wanted.`);
    return value;
  };
}

/** Reads a number greater than zero from the command line. */
export function positiveNumber(text: string): number {
  const value = numberIn(text.trim());
  if (typeof value === 'string' || value <= 0) throw new InvalidArgumentError('A number greater than 0 is wanted.');
  return value;
}

/** Reads a number between 0 and 1 from the command line, neither of them. */
export function probability(text: string): number {
  const value = numberIn(text.trim());
  if (typeof value === 'string' || value <= 0 || value >= 1)
    throw new InvalidArgumentError('A number between 0 and 1 is wanted, such as 0.9.');
  return value;
}

/** Reads numbers parted by commas from the command line. */
export function numbers(text: string): readonly number[] {
  return text.split(',').map((part) => {
    const value = numberIn(part.trim());
    if (typeof value === 'string') throw new InvalidArgumentError('Numbers are wanted, parted by commas.');
    return value;
  });
}

/** Reads a number with or without a unit from the command line, as `2` or `2 L`. */
export function amountWithUnit(text: string): { readonly value: number; readonly unit?: string } {
  const [, digits = '', unit = ''] = /^([-+\u2212]?[\d.,]+(?:[eE][-+]?\d+)?)\s*(.*)$/.exec(text.trim()) ?? [];
  const value = numberIn(digits);
  if (typeof value === 'string')
    throw new InvalidArgumentError("A number is wanted, with or without its unit: 2, or '2 L'.");
  return unit === '' ? { value } : { value, unit };
}
