import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Message } from '../../../models/onnx/protobuf.js';
import { readFields, textsOf } from '../../support/protobuf-reader.js';

const hex = (message: Message) => Buffer.from(message.finish()).toString('hex');

describe('Message', () => {
  it('writes the examples of the format description', () => {
    expect(hex(new Message().integer(1, 150))).toBe('089601');
    expect(hex(new Message().string(2, 'testing'))).toBe('120774657374696e67');
    expect(hex(new Message().message(3, new Message().integer(1, 150)))).toBe('1a03089601');
    expect(hex(new Message().integers(6, [3, 270, 86942]))).toBe('3206038e029ea705');
  });

  it('writes negative numbers as ten bytes, and numbers of four bytes little-endian', () => {
    expect(hex(new Message().integer(1, -2))).toBe('08feffffffffffffffff01');
    expect(hex(new Message().float(2, 1))).toBe('150000803f');
  });

  it('leaves an empty list out, and refuses what is not whole', () => {
    expect(new Message().integers(1, []).finish()).toHaveLength(0);
    expect(() => new Message().integer(1, 0.5)).toThrow(RangeError);
  });

  it('gives back what was written, in its order', () => {
    const field = fc.record({
      number: fc.integer({ min: 1, max: 5000 }),
      value: fc.bigInt({ min: 0n, max: 2n ** 63n }),
    });
    fc.assert(
      fc.property(fc.array(field), fc.string({ unit: 'grapheme' }), fc.uint8Array(), (fields, text, bytes) => {
        const message = new Message();
        for (const { number, value } of fields) message.integer(number, value);
        const read = readFields(message.string(6000, text).bytes(6001, bytes).finish());
        expect(read.slice(0, -2)).toEqual(fields);
        expect(textsOf(message.finish(), 6000)).toEqual([text]);
        expect(read.at(-1)).toEqual({ number: 6001, value: bytes });
      }),
      { seed: 4 },
    );
  });
});
