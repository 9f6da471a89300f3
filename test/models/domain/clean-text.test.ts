import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../../models/domain/clean-text.js';

const e = '\u001b';

describe('a text of somebody else', () => {
  it.each([
    ['colours', `${e}[31mred${e}[0m`, 'red'],
    ['a cleared screen', `${e}[2J${e}[Hgone`, 'gone'],
    ['a title and a clipboard', `${e}]0;title\u0007a${e}]52;c;aGk=${e}\\b`, 'ab'],
    ['eight-bit sequences', '\u009b31mred\u009d0;x\u009cend', 'redend'],
    ['a sequence that never ends', `a${e}]8;;http://x`, 'a'],
    ['a lone escape', `a${e}`, 'a\uFFFD'],
    ['marks of direction', 'a\u202eb\u2066c', 'a\uFFFDb\uFFFDc'],
    ['zero and bell', 'a\u0000b\u0007', 'a\uFFFDb\uFFFD'],
    ['half a surrogate pair', 'a\ud800b', 'a\uFFFDb'],
    ['carriage returns that write over a line', 'bad\rgood\r\nnext', 'bad\ngood\nnext'],
  ])('loses %s', (_, given, kept) => expect(cleanText(given)).toBe(kept));

  it('keeps all scripts, tabs and line feeds, and the pairs of emoji', () => {
    const text = 'Lösungsmittel\tТемпература (°C)\n温度 ≥ 80 🧪 مذيب';
    expect(cleanText(text)).toBe(text);
  });

  it('says what was cut, within the limit', () => {
    expect(cleanText('a'.repeat(101), 100)).toBe(`${'a'.repeat(74)} … (101 characters in all)`);
    expect(cleanText('a'.repeat(100), 100)).toBe('a'.repeat(100));
    expect(cleanText('abcdef', 2)).toBe('ab');
  });

  it('is well-formed and clean whatever it was, and cleaning again changes nothing', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanText(text);
        expect(cleanText(clean)).toBe(clean);
        expect(Buffer.from(clean, 'utf8').toString('utf8')).toBe(clean);
        expect(clean).not.toContain('\u0000');
      }),
      { seed: 11, numRuns: 500 },
    ));
});
