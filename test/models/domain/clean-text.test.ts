import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../../models/domain/clean-text.js';
import { plainJson, plainRecord } from '../../../models/domain/plain-json.js';

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

  it('says what was cut', () => expect(cleanText('abcdef', 2)).toBe('ab … (4 more characters)'));

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

describe('what somebody says, as plain JSON', () => {
  it('is cut where it is deep, long or wide, and the rest stays', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const plain = plainRecord({ first: 1, deep, wide: Array(200_000).fill(0), long: 'x'.repeat(3e6), last: 2 });
    expect(plain.first).toBe(1);
    expect(JSON.stringify(plain).length).toBeLessThan(2e6);
    expect(JSON.stringify(plain.deep)).toContain('…');
  });

  it('never throws, whatever an object does when it is looked at', () => {
    const trap = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    const bad = {
      get value(): number {
        throw new Error('no');
      },
    };
    for (const given of [trap, bad, { toString: 1, at: Symbol('x') }, () => 1, Object.create(null), 'text', [1], null])
      expect(() => JSON.stringify(plainRecord(given))).not.toThrow();
    expect(plainRecord(bad)).toEqual({ said: '… (cannot be read: Error: no)' });
  });

  it('cleans keys and texts', () => {
    expect(plainJson({ [`k${e}[31m`]: 'a\u0000' })).toEqual({ k: 'a\uFFFD' });
  });
});
