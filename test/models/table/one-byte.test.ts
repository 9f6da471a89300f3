import { describe, expect, it } from 'vitest';
import { asWindows1252, toldByNames } from '../../../models/table/one-byte.js';

const latin1 = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

describe('asWindows1252', () => {
  it('has its quotation marks and the euro, and control characters where it has nothing', () => {
    expect(asWindows1252(Uint8Array.of(0x80, 0x93, 0x94, 0xe4, 0x81))).toBe('€“”ä\u0081');
  });
});

describe('toldByNames', () => {
  it('finds names as cells of a table or texts of a JSON list, whatever their case, and nowhere within others', () => {
    const found = { encoding: 'Windows-1252', name: 'äther' };
    for (const text of ['a\näther\n', 'a;"äther"\n', '["äther"]', '[{"äther": 1}]', 'x\t äther |\n'])
      expect(toldByNames(latin1(text), ['ÄTHER'])).toEqual({ ...found, text });
    for (const text of ['a\näthern\n', 'a\nein äther\n']) expect(toldByNames(latin1(text), ['äther'])).toBeNull();
  });

  it('takes the encoding with the most of them, and none where two would make other texts', () => {
    // 0xE8 is č in Windows-1250 and 1257 and è in 1252; 0xF9 is ů, ų and ù.
    const bytes = latin1('èaj\nvùl\n');
    expect(toldByNames(latin1('èaj'), ['čaj'])).toMatchObject({ encoding: 'Windows-1250', text: 'čaj' });
    expect(toldByNames(latin1('èaj'), ['čaj', 'èaj'])).toBeNull();
    expect(toldByNames(bytes, ['čaj'])).toBeNull();
    expect(toldByNames(bytes, ['čaj', 'èaj', 'vůl'])).toMatchObject({ encoding: 'Windows-1250' });
    expect(toldByNames(bytes, ['caj', 'vul'])).toBeNull();
  });

  it('takes none that lacks one of the signs', () => {
    expect(toldByNames(Uint8Array.of(0xc4, 0x0a, 0x81), ['Ä'])).toBeNull();
  });
});
