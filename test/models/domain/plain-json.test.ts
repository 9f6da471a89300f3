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
    expect(plainRecord(bad)).toEqual({ said: '… (cannot be read: Error: no)' });
  });

  it('keeps what stands under a key that records may not have', () => {
    const given: unknown = JSON.parse('{"a": {"__proto__": {"b": 1}}}');
    expect(JSON.stringify(plainJson(given))).toBe('{"a":{"(__proto__)":{"b":1}}}');
  });

  it('cleans keys and texts', () => {
    expect(plainJson({ [`k${e}[31m`]: 'a\u0000' })).toEqual({ k: 'a\uFFFD' });
  });
});
