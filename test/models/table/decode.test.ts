import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../models/table/decode.js';

const latin1 = (text: string) => Uint8Array.from(text, (sign) => sign.codePointAt(0)!);
const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, big = false) =>
  Uint8Array.from(
    [...text].flatMap((sign) => {
      const code = sign.charCodeAt(0);
      return big ? [code >> 8, code & 255] : [code & 255, code >> 8];
    }),
  );

describe('decodeText', () => {
  it.each([
    ['UTF-8', utf8('a,ö\n'), 'UTF-8'],
    ['UTF-8 with its mark', utf8('\uFEFFa,ö\n'), 'UTF-8'],
    ['UTF-16 with its mark', utf16('\uFEFFa,ö\n'), 'UTF-16'],
    ['UTF-16, the other way round', utf16('\uFEFFa,ö\n', true), 'UTF-16'],
    ['UTF-16 without its mark', utf16('a,ö\n'), 'UTF-16'],
    ['UTF-16 without its mark, the other way round', utf16('a,ö\n', true), 'UTF-16'],
  ])('reads %s', (_, bytes, encoding) => {
    expect(decodeText(bytes)).toEqual({ text: 'a,ö\n', encoding, note: null });
  });

  it('takes Windows-1252 where no other encoding would have these signs there, and says so', () => {
    const text = 'nr,Lösemittel (µL),T (°C)\n1,Größe süß Café,2\n';
    expect(decodeText(latin1(text))).toMatchObject({ text, encoding: 'Windows-1252', note: /line 1: nr,Lösemittel/ });
  });

  it.each([
    ['Mac Roman', [0x4b, 0x8a, 0x73, 0x65], 'line 2'],
    ['Cyrillic', [0xe2, 0xee, 0xe4, 0xe0], 'line 2'],
    ['an accent that central European pages have otherwise', [0x4b, 0xe8, 0x73], 'line 2'],
    ['a letter that begins a word', [0xe4, 0x74, 0x68], 'line 2'],
  ])('refuses a letter that could be another: %s', (_, bytes) => {
    const found = decodeText(Uint8Array.from([...utf8('a\n'), ...bytes]));
    expect(found).toMatchObject({ line: 2, message: expect.stringContaining('not UTF-8') });
  });

  it.each([
    ['Windows-1252', 'nr,Äquivalente\n1,2\n', [0xc4], ['Äquivalente']],
    ['Windows-1252', 'T,Menge\n1,Äther\n2,crème\n', [0xc4, 0xe8], ['Äther', 'crème']],
    ['Windows-1250', 'rozpouštědlo\nvoda\n', [0x9a, 0xec], ['rozpouštědlo']],
    [
      'Windows-1251',
      '"Растворитель";y\n',
      [0xd0, 0xe0, 0xf1, 0xf2, 0xe2, 0xee, 0xf0, 0xe8, 0xf2, 0xe5, 0xeb, 0xfc],
      ['растворитель'],
    ],
    ['Mac Roman', 'nr,Äquivalente\n1,2\n', [0x80], ['Äquivalente', 'unit']],
  ])('reads %s where names that are expected tell it, and says so', (encoding, text, signs, names) => {
    const left = [...signs];
    const bytes = Uint8Array.from(text, (sign) => (sign.charCodeAt(0) < 128 ? sign.charCodeAt(0) : left.shift()!));
    expect(decodeText(bytes)).toMatchObject({ message: expect.stringContaining('not UTF-8') });
    const note = expect.stringMatching(`^not UTF-8; read as ${encoding}, in which it has the name '`);
    expect(decodeText(bytes, names)).toEqual({ text, encoding, note });
  });

  it('refuses what the expected names leave open: another letter would be another in another encoding', () => {
    // Ä is the same in western and central European pages, E8 is è in the one and č in the other.
    const bytes = latin1('nr,Äquivalente,note\n1,2,crème\n');
    expect(decodeText(bytes, ['Äquivalente'])).toMatchObject({
      line: 1,
      message: expect.stringContaining('not UTF-8'),
    });
    expect(decodeText(bytes, ['Äquivalente', 'crème'])).toMatchObject({ encoding: 'Windows-1252' });
    expect(decodeText(bytes, ['Äqui', 'note'])).toMatchObject({ line: 1 });
  });

  it('refuses bytes of 0, lost letters and control characters, each with its line', () => {
    expect(decodeText(utf8('a\nb\0c\n'))).toMatchObject({ line: 2 });
    expect(decodeText(utf8('a\nb\n\uFFFDc\n'))).toMatchObject({ line: 3, message: expect.stringContaining('U+FFFD') });
    expect(decodeText(utf8('a\n\u001b[1mb\n'))).toMatchObject({ line: 2, message: expect.stringContaining('U+001B') });
    expect(decodeText(Uint8Array.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]))).toMatchObject({
      message: 'encoded as UTF-32',
    });
  });

  it('writes in one way what looks the same', () => {
    const read = decodeText(utf8('a\u00A0b\r\nc\u200B\ro\u0308\u001A'));
    expect(read).toMatchObject({ text: 'a b\nc\nö' });
  });
});
