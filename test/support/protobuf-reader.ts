/** A field of a protobuf message as it stands in the bytes: its number, and a varint, 4 bytes or a run of bytes. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of a message in the order of the bytes; throws where they end early. */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw new Error('the message ends within a number');
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const run = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new Error('the message ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const type = tag & 7;
    if (type !== 0 && type !== 2 && type !== 5) throw new Error(`wire type ${type} is not read here`);
    const value = type === 0 ? varint() : run(type === 5 ? 4 : Number(varint()));
    fields.push({ number: tag >> 3, value });
  }
  return fields;
}

/** Values of all fields with the number. */
export function valuesOf(bytes: Uint8Array, number: number): (bigint | Uint8Array)[] {
  return readFields(bytes).flatMap((field) => (field.number === number ? [field.value] : []));
}

/** Runs of bytes in all fields with the number: texts and messages. */
export function runsOf(bytes: Uint8Array, number: number): Uint8Array[] {
  return valuesOf(bytes, number).map((value) => {
    if (typeof value === 'bigint') throw new Error(`field ${number} is a number`);
    return value;
  });
}

/** Texts in all fields with the number. */
export function textsOf(bytes: Uint8Array, number: number): string[] {
  return runsOf(bytes, number).map((value) => new TextDecoder().decode(value));
}
