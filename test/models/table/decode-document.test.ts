import { describe, expect, it } from 'vitest';
import { decodeDocument } from '../../../models/table/decode-document.js';

const text = 'name: öfen\nlevels: [Äther, Öl, 水]\n';
const utf8 = (given: string) => new TextEncoder().encode(given);
const bytewise = (given: string) => Uint8Array.from(given, (sign) => sign.codePointAt(0)!);
const utf16 = (given: string, big = false) =>
  Uint8Array.from(
    [...given].flatMap((sign) => {
      const code = sign.charCodeAt(0);
      return big ? [code >> 8, code & 255] : [code & 255, code >> 8];
    }),
  );

describe('decodeDocument', () => {
  it.each([
    ['UTF-8', utf8(text)],
    ['UTF-8 with its mark', utf8(`\uFEFF${text}`)],
    ['UTF-16 with its mark', utf16(`\uFEFF${text}`)],
    ['UTF-16 with its mark, the other way round', utf16(`\uFEFF${text}`, true)],
    ['UTF-16 without its mark', utf16('name: öfen\n')],
  ])('reads %s', (name, bytes) => {
    expect(decodeDocument(bytes)).toBe(name.endsWith('without its mark') ? 'name: öfen\n' : text);
  });

  it.each([
    ['a spreadsheet', [0x50, 0x4b, 3, 4, 20, 0, 6, 0], /spreadsheet \(\.xlsx.*, not a text$/],
    ['an old one', [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0], /\.xls/],
    ['a PDF', [0x25, 0x50, 0x44, 0x46, 0x2d, 0x31], /PDF/],
  ] as const)('says that %s is none', (_, bytes, message) => {
    expect(decodeDocument(Uint8Array.from(bytes))).toMatchObject({ message: expect.stringMatching(message) });
  });

  it('changes no sign', () => {
    const odd = 'a\u00A0b\r\nc\u200Bo\u0308\0\uFFFD\n';
    expect(decodeDocument(utf8(odd))).toBe(odd);
  });

  it('refuses Windows-1252, with the line as it would be and how to save it', () => {
    expect(decodeDocument(bytewise('name: a\nlevels: [Äther, Öl]\n'))).toEqual({
      path: '',
      line: 2,
      message: 'not UTF-8 (as Windows-1252 it would be: levels: [Äther, Öl])',
      remedy: 'save it as UTF-8; if it is in Windows-1252, as is likely: iconv -f WINDOWS-1252 -t UTF-8',
    });
    // Even where tables would take it: a name in a campaign is kept for good.
    expect(decodeDocument(bytewise('a: Größe'))).toMatchObject({ line: 1 });
  });

  it.each([
    ['a byte that Windows-1252 lacks', [...utf8('a\nb\n'), 0x81, 0x0a], 3, 'not UTF-8'],
    ['a letter cut in two', [...utf8('a\nb'), 0xc3], 2, 'not UTF-8 (as Windows-1252 it would be: bÃ)'],
    [
      'quotes and a sign of money as Windows has them',
      [0x93, 0x35, 0x20, 0x80, 0x94],
      1,
      '(as Windows-1252 it would be: “5 €”)',
    ],
    ['half of a pair, which no text has', [...utf8('a\n'), 0xed, 0xa0, 0x80], 2, 'not UTF-8 (as Windows-1252'],
    ['UTF-32', [0xff, 0xfe, 0, 0, 0x61, 0, 0, 0], undefined, 'encoded as UTF-32'],
    ['half a sign of UTF-16', [0xff, 0xfe, 0x61], undefined, 'not whole as UTF-16'],
  ])('refuses %s', (_, bytes, line, message) => {
    const found = decodeDocument(Uint8Array.from(bytes));
    expect(found).toMatchObject({
      message: expect.stringContaining(message),
      remedy: expect.stringMatching(/^save it as UTF-8/),
    });
    expect((found as { line?: number }).line).toBe(line);
  });
});
