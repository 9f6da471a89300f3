import { DamagedError } from '../domain/errors.js';

/** A field of a protobuf message as it stands in the bytes. */
export interface Field {
  readonly number: number;
  /** A varint, or 4, 8 or any number of bytes. */
  readonly value: bigint | Uint8Array;
  /** The whole field, its number included. */
  readonly raw: Uint8Array;
}

/** Length of the value of each type in bytes; null where it stands before it. */
const lengths: Readonly<Record<number, number | null>> = { 1: 8, 2: null, 5: 4 };

/**
 * The fields of a message, in the order of the bytes; nothing is copied.
 *
 * @throws {DamagedError} where the bytes end within a field, or are no such message
 */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) throw new DamagedError('a protobuf message ends within a number');
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new DamagedError('a protobuf message has a number of more than ten bytes');
  };
  while (at < bytes.length) {
    const from = at;
    const tag = Number(varint());
    const [number, type] = [tag >> 3, tag & 7];
    let value: bigint | Uint8Array;
    if (type === 0) value = varint();
    else {
      const fixed = lengths[type];
      if (fixed === undefined || number === 0)
        throw new DamagedError(`no protobuf message: field ${number} of type ${type}`);
      const length = fixed ?? Number(varint());
      if (at + length > bytes.length) throw new DamagedError(`a protobuf message ends within field ${number}`);
      value = bytes.subarray(at, at + length);
      at += length;
    }
    fields.push({ number, value, raw: bytes.subarray(from, at) });
  }
  return fields;
}

/** A message whose fields are looked up by number. */
export class ReadMessage {
  constructor(readonly fields: readonly Field[]) {}

  /** @throws {DamagedError} as `readFields` does */
  static of(bytes: Uint8Array): ReadMessage {
    return new ReadMessage(readFields(bytes));
  }

  /** Runs of bytes in all fields with the number. */
  runs(number: number): Uint8Array[] {
    return this.values(number).filter((value) => typeof value !== 'bigint');
  }

  /** The last run of bytes with the number, as protobuf has it. */
  run(number: number): Uint8Array | undefined {
    return this.runs(number).at(-1);
  }

  /** The last text with the number; '' where there is none. */
  text(number: number): string {
    return decoder.decode(this.run(number));
  }

  /** All texts with the number. */
  texts(number: number): string[] {
    return this.runs(number).map((bytes) => decoder.decode(bytes));
  }

  /** Whole numbers, one a field or packed; as int64 has them. */
  integers(number: number): bigint[] {
    return this.values(number).flatMap((value) => {
      if (typeof value === 'bigint') return [BigInt.asIntN(64, value)];
      // Packed numbers are read as fields whose tags are left out: each ends with the first byte below 128.
      const found: bigint[] = [];
      let [sum, shift] = [0n, 0n];
      for (const byte of value) {
        sum |= BigInt(byte & 127) << shift;
        shift += 7n;
        if (byte > 127) continue;
        found.push(BigInt.asIntN(64, sum));
        [sum, shift] = [0n, 0n];
      }
      return found;
    });
  }

  /** The last whole number; 0 where there is none. */
  integer(number: number): number {
    return Number(this.integers(number).at(-1) ?? 0n);
  }

  private values(number: number): (bigint | Uint8Array)[] {
    return this.fields.flatMap((field) => (field.number === number ? [field.value] : []));
  }
}

const decoder = new TextDecoder();
