import { describe, expect, it } from 'vitest';
import type { Codes, Encoder } from '../../models/encode/encoders/contract.js';

/** Texts that an encoder takes, each unlike the others, and some that are nothing that it knows. */
export interface EncoderCases {
  readonly texts: readonly string[];
  readonly unknown: readonly string[];
}

/** What every encoder must fulfil; a new one adds its cases in `test/models/encode/encoders/encoders.test.ts`. */
export function describeEncoderLaws(encoder: Encoder, { texts, unknown }: EncoderCases): void {
  describe(`laws of encoder ${encoder.name}`, () => {
    const encode = (some: readonly string[]) => encoder.encode(some);

    it('gives the same text the same code, wherever it stands', async () => {
      const codes = await encode(texts);
      expect(codes).toHaveLength(texts.length);
      const turned = await encode([...texts, ...texts].reverse());
      expect([...turned].reverse()).toEqual([...codes, ...codes]);
      for (const [i, text] of texts.entries()) expect(await encode([text])).toEqual([codes[i]]);
    });

    it('gives finite numbers of the width that it states', async () => {
      for (const code of await encode(texts)) expectCode(code, encoder);
    });

    it('tells texts apart', async () => {
      const codes = await encode(texts);
      expect(new Set(codes.map((code) => JSON.stringify(code))).size).toBe(texts.length);
    });

    it('names a text that is nothing that it knows, among others that are', async () => {
      for (const text of unknown)
        await expect(encode([texts[0]!, text])).rejects.toMatchObject({
          name: 'AthanorError',
          message: expect.stringContaining(`'${text}'`),
        });
    });

    it('makes nothing of nothing', async () => {
      expect(await encode([])).toEqual([]);
    });
  });
}

function expectCode(code: Codes[keyof Codes], { gives, width }: Encoder): void {
  if (gives === 'numbers') {
    const numbers = code as Codes['numbers'];
    expect(numbers).toHaveLength(width);
    expect(numbers.every(Number.isFinite)).toBe(true);
    return;
  }
  const { features, counts } = code as Codes['counts'];
  expect(counts).toHaveLength(features.length);
  expect([...features]).toEqual([...new Set(features)].sort((a, b) => a - b));
  expect(features.every((feature) => feature >= 0 && feature < width)).toBe(true);
  expect(counts.every((count) => count > 0)).toBe(true);
}
