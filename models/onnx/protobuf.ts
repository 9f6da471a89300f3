const text = new TextEncoder();

/** Bits of a field's first byte that say how its value is written. */
const wire = { varint: 0, bytes: 2, fixed32: 5 } as const;

/**
 * One message in protobuf's binary form, built up field by field. Fields are written in the order of the calls, which
 * every reader accepts.
 *
 * @see https://protobuf.dev/programming-guides/encoding
 */
export class Message {
  private readonly parts: Uint8Array[] = [];

  /** A whole number: int32, int64 (negative ones as ten bytes) or enum. @throws {RangeError} if it is not whole */
  integer(field: number, value: number | bigint): this {
    return this.tag(field, wire.varint).append(varint(BigInt(value)));
  }

  /** Whole numbers one after the other, as `repeated int64` with `packed` has them; nothing for none. */
  integers(field: number, values: readonly number[]): this {
    return values.length === 0 ? this : this.bytes(field, joined(values.map((value) => varint(BigInt(value)))));
  }

  /** A 32-bit floating-point number. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.tag(field, wire.fixed32).append(bytes);
  }

  /** A text, as UTF-8. */
  string(field: number, value: string): this {
    return this.bytes(field, text.encode(value));
  }

  /** Bytes as they are; not copied before `finish`. */
  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, wire.bytes)
      .append(varint(BigInt(value.length)))
      .append(value);
  }

  /** A message within this one, as it is at the time of the call. */
  message(field: number, value: Message): this {
    return this.bytes(field, value.finish());
  }

  /** A field as it was written before, with its number. */
  raw(field: Uint8Array): this {
    return this.append(field);
  }

  /** The message so far. */
  finish(): Uint8Array {
    return joined(this.parts);
  }

  private tag(field: number, type: number): this {
    return this.append(varint(BigInt(field * 8 + type)));
  }

  private append(part: Uint8Array): this {
    this.parts.push(part);
    return this;
  }
}

/** Seven bits a byte, the lowest first; the high bit says that more follow. */
function varint(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
