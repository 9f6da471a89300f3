import { describe, expect, it } from 'vitest';
import { numberIn } from '../../../models/domain/parameters/numbers.js';
import { unremarked } from '../../../models/domain/parameters/remark.js';
import { builtInFormat, shownOtherwise } from '../../../models/table/number-format.js';

const shown = (value: number, code: string) => {
  const text = shownOtherwise(value, code);
  if (text !== null) expect(typeof numberIn(text)).toBe('string');
  return text === null ? null : unremarked(text);
};

describe('a number in a format', () => {
  it.each([
    [0.985, '0.0%', '98.5%'],
    [-0.05, '0%;[Red]-0%', '-5%'],
    [0.5, '0.00%" w/w"', '50.00% w/w'],
    [12_345, '0.0,', '12.3'],
    [12_345, '#,##0.0,"k"', '12.3k'],
    [4_500_000, '[>=1000000]0.0,,"M";0', '4.5M'],
    [12, '0"000"', '12000'],
    [2.5, '0.0"\u00D710\u00B3"', '2.5\u00D710\u00B3'],
    [-5, '0.0;0.0', '5.0'],
    [-1, '0.0;"<LOD"', '<LOD'],
    [0, '0.0;-0.0;"n.d."', 'n.d.'],
    [0.5, 'h:mm', '12:00:00'],
    [1.5, '[h]:mm:ss', '36:00:00'],
    [0.0001, 'mm:ss.0', '0:00:09'],
    [3, ';;;', ''],
  ])('%d as %s is told as it is shown, and is no number', (value, code, text) => {
    expect(shown(value, code)).toBe(text);
  });

  it.each([
    [1234.5, '#,##0.00'],
    [1234.5, '"$"#,##0.00'],
    [1234.5, '[$\u20AC-407] #,##0.00'],
    [-3, '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)'],
    [0, '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)'],
    [-3, '0.00;[Red]0.00'],
    [0.5, '# ?/?'],
    [0.5, '0.00E+00'],
    [12.5, '0.0" mg"'],
    [12.5, '0.0" m2"'],
    [98.5, '0.0"%"'],
    [98.5, '0.0\\%'],
    [12.5, '0.0 "h"'],
    [12.5, 'General'],
    [12.5, 'General" mL"'],
    [-12.5, '0.0'],
    [0, '0;-0;'],
    [0, '0.0,'],
    [45_000, 'yyyy-mm-dd'],
    [45_000, 'mmm yy'],
    [45_000, 'dd.mm.yyyy hh:mm'],
    [7, '@'],
  ])('%d as %s is the number that it shows', (value, code) => {
    expect(shown(value, code)).toBeNull();
  });

  it('may be one that workbooks do not spell out', () => {
    expect([9, 10].map((id) => shown(0.5, builtInFormat(id)!))).toEqual(['50%', '50.00%']);
    expect(shown(0.5, builtInFormat(20)!)).toBe('12:00:00');
    expect([0, 1, 2, 4, 11, 12, 14, 44, 49].map(builtInFormat)).toEqual(Array(9).fill(null));
  });
});
