import { DamagedError } from '../domain/errors.js';
import { ReadMessage } from './protobuf-reader.js';
import type { TensorData } from './tensor.js';

/** A tensor of a stored model; its numbers are read when they are asked for. */
export interface StoredTensor {
  readonly name: string;
  /** Number in `onnx.TensorProto.DataType`. */
  readonly type: number;
  readonly shape: readonly number[];
  /**
   * @throws {DamagedError} if they are kept in another file, are of a type that is not read here (32- and 64-bit floats, int32,
   *   int64 and bool are), or are not as many as the shape has
   */
  read(): TensorData;
}

/** Of each type: bytes of an entry, and the field that has the entries where there are no raw ones. */
const types: Readonly<Record<number, { readonly size: number; readonly field: number }>> = {
  1: { size: 4, field: 4 },
  6: { size: 4, field: 5 },
  7: { size: 8, field: 7 },
  9: { size: 1, field: 5 },
  11: { size: 8, field: 10 },
};

/** Reads `onnx.TensorProto`. */
export function storedTensor(bytes: Uint8Array): StoredTensor {
  const message = ReadMessage.of(bytes);
  const [name, type] = [message.text(8), message.integer(2)];
  const shape = message.integers(1).map(Number);
  return { name, type, shape, read: () => numbersOf(message, { name, type, shape }) };
}

function numbersOf(message: ReadMessage, { name, type, shape }: Omit<StoredTensor, 'read'>): TensorData {
  const known = types[type];
  if (known === undefined) throw new DamagedError(`tensor '${name}' is of type ${type}, which is not read`);
  if (message.integer(14) !== 0) throw new DamagedError(`tensor '${name}' is kept in another file`);
  const raw = message.run(9) ?? packed(message, known, type);
  const size = shape.reduce((product, length) => product * length, 1);
  if (raw.length !== size * known.size)
    throw new DamagedError(`tensor '${name}' of shape [${shape.join(', ')}] has ${raw.length / known.size} entries`);
  // A copy, as numbers must begin at a multiple of their size; `slice` of a Buffer would be none.
  const { buffer } = new Uint8Array(raw);
  if (type === 1) return { type: 'float32', shape, data: new Float32Array(buffer) };
  if (type === 11) return { type: 'float64', shape, data: new Float64Array(buffer) };
  if (type === 9) return { type: 'bool', shape, data: new Uint8Array(buffer) };
  if (type === 7) return { type: 'int64', shape, data: new BigInt64Array(buffer) };
  return { type: 'int64', shape, data: BigInt64Array.from(new Int32Array(buffer), BigInt) };
}

function packed(message: ReadMessage, { field }: { readonly field: number }, type: number): Uint8Array {
  if (type === 1 || type === 11) {
    const runs = message.runs(field);
    return Uint8Array.from(runs.flatMap((run) => [...run]));
  }
  const values = message.integers(field);
  if (type === 9) return Uint8Array.from(values, Number);
  return new Uint8Array(type === 7 ? BigInt64Array.from(values).buffer : Int32Array.from(values, Number).buffer);
}
