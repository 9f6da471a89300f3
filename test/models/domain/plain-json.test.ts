import { describe, expect, it } from 'vitest';
import { plainJson, plainRecord } from '../../../models/domain/plain-json.js';

const e = '\u001b';

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
    expect(plainRecord({ before: 1, bad, after: 2 })).toEqual({
      before: 1,
      bad: { value: '… (cannot be read: Error: no)' },
      after: 2,
    });
  });

  it('keeps what stands under a key that records may not have', () => {
    const given: unknown = JSON.parse('{"a": {"__proto__": {"b": 1}}}');
    expect(JSON.stringify(plainJson(given))).toBe('{"a":{"(__proto__)":{"b":1}}}');
  });

  it('cleans keys and texts, and keeps what stands under keys that fall together', () => {
    expect(plainJson({ [`k${e}[31m`]: 'a\u0000' })).toEqual({ k: 'a\uFFFD' });
    const given = { [`k${e}[31m`]: 1, k: 2, 'k (2)': 3, [`k${e}[0m`]: 4 };
    const plain = plainRecord(given);
    expect(Object.values(plain)).toEqual([1, 2, 3, 4]);
    expect(new Set(Object.keys(plain)).size).toBe(4);
  });

  it('keeps what JSON cannot hold in a form that it can', () => {
    class Closed {
      readonly #inner = 1;
      get inner() {
        return this.#inner;
      }
    }
    const odd = {
      big: 12345678901234567890n,
      at: new Date(0),
      never: new Date(Number.NaN),
      none: undefined,
      bad: Number.NaN,
      named: new Map([['a', new Map<unknown, unknown>([[1, 'one']])]]),
      set: new Set([1, 2n]),
      numbers: new Float32Array([0.5, Number.POSITIVE_INFINITY]),
      bytes: new ArrayBuffer(8),
      how: () => 1,
      sign: Symbol('s'),
      [Symbol('key')]: 5,
      pattern: /a+/g,
      place: new URL('http://lab/x'),
      closed: new Closed(),
    };
    expect(plainRecord(odd)).toEqual({
      big: '12345678901234567890',
      at: '1970-01-01T00:00:00.000Z',
      never: 'Invalid Date',
      none: 'undefined',
      bad: 'NaN',
      named: { a: [[1, 'one']] },
      set: [1, '2'],
      numbers: [0.5, 'Infinity'],
      bytes: '… (8 bytes)',
      how: '[function how]',
      sign: 'Symbol(s)',
      'Symbol(key)': 5,
      pattern: '/a+/g',
      place: 'http://lab/x',
      closed: '… (Closed, cannot be read)',
    });
    expect(plainJson(['abc', 'def'], { depth: 2, entries: 9, characters: 3 })).toEqual(['abc', '…']);
  });
});
