import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DamagedError } from '../../../models/domain/errors.js';
import { Message } from '../../../models/onnx/protobuf.js';
import { ReadMessage, readFields } from '../../../models/onnx/protobuf-reader.js';

describe('readFields', () => {
  it('reads what is written, whatever it is, and says where each field stands', () => {
    const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.array(whole), fc.string(), fc.array(fc.maxSafeInteger()), (integers, text, packed) => {
        const message = new Message().string(300, text).integers(2, packed).float(3, 0.5);
        for (const value of integers) message.integer(1, value);
        const bytes = message.finish();
        const read = ReadMessage.of(bytes);
        expect(read.integers(1)).toEqual(integers);
        expect(read.text(300)).toBe(text);
        expect(read.integers(2).map(Number)).toEqual(packed);
        expect(read.run(3)).toEqual(new Uint8Array(Float32Array.of(0.5).buffer));
        expect(Uint8Array.from(read.fields.flatMap(({ raw }) => [...raw]))).toEqual(bytes);
      }),
      { seed: 2 },
    );
  });

  it('gives nothing where a field is absent', () => {
    const empty = ReadMessage.of(new Uint8Array());
    expect([empty.text(1), empty.integer(1), empty.run(1), empty.texts(1)]).toEqual(['', 0, undefined, []]);
  });

  it.each([
    ['within a number', [0x08, 0x80]],
    ['within field 1', [0x0a, 5, 1]],
    ['within field 2', [0x15, 1, 2]],
    ['more than ten bytes', [0x08, ...new Array<number>(11).fill(0x80)]],
    ['field 1 of type 3', [0x0b]],
    ['field 0', [0x02, 0]],
  ])('refuses bytes that are none: %s', (words, bytes) => {
    expect(() => readFields(Uint8Array.from(bytes))).toThrow(DamagedError);
    expect(() => readFields(Uint8Array.from(bytes))).toThrow(words);
  });
});
