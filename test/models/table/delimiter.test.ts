import { describe, expect, it } from 'vitest';
import { delimiterOf } from '../../../models/table/delimiter.js';

const signOf = (text: string, known: string[] = []) => {
  const found = delimiterOf(text, new Set(known));
  return 'delimiter' in found ? found.delimiter : found.message;
};

describe('delimiterOf', () => {
  it.each([
    ['commas', 'a,b\n1,2\n', ','],
    ['semicolons, with commas in cells', 'a;b\n1,5;2,2,2-x\n', ';'],
    ['semicolons, with a comma in the header', 'a;T, C\nx;5\ny;6\n', ';'],
    ['tabs', 'a\tb\n1,2\t3;4\n', '\t'],
    ['bars', 'a|b\n1|2\n', '|'],
    ['commas within quotes in the header', '"a;b;c",d\n1,2\n', ','],
    ['one column', 'solvent\n1,1,1-trichloroethane\nDMF\n', ';'],
    ['a row that is too short', 'a,b,c\n1;2,3\n4,5,6\n', ','],
  ])('tells %s', (_, text, sign) => {
    expect(signOf(text)).toBe(sign);
  });

  it('takes the sign that a first line names, and begins below it', () => {
    expect(delimiterOf('sep=;\na,b;c,d\n')).toEqual({ delimiter: ';', start: 6 });
    expect(delimiterOf('"sep=|"\na|b\n')).toMatchObject({ delimiter: '|' });
  });

  it('is told by known names where the signs do equally well, and refuses to guess without', () => {
    const text = 'T, C;yield\n60,5;41\n';
    expect(signOf(text, ['yield'])).toBe(';');
    expect(signOf(text)).toBe('cells may be separated by a comma or by a semicolon');
  });
});
