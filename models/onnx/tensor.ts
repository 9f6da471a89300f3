import { ShapeError } from '../domain/errors.js';

/** Element types that graphs are built from, with their number in `onnx.TensorProto.DataType`. */
export const elementTypes = { float32: 1, int64: 7, bool: 9, float64: 11 } as const;
/** Name of an element type. */
export type ElementType = keyof typeof elementTypes;

/** A dimension: its size, or a name that stands for one size wherever it occurs. */
export type Dimension = number | string;

/** Numbers in row-major order with their shape; a scalar has the shape []. Large integers are bigints, as in ONNX. */
export type TensorData =
  | { readonly type: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'float64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly type: 'int64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly type: 'bool'; readonly shape: readonly number[]; readonly data: Uint8Array };

/** A tensor of 32-bit numbers. @throws {ShapeError} if the shape has another number of entries */
export function float32(data: ArrayLike<number>, shape: readonly number[]): TensorData {
  return fitting({ type: 'float32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data) });
}

/** A tensor of 64-bit numbers. @throws {ShapeError} if the shape has another number of entries */
export function float64(data: ArrayLike<number>, shape: readonly number[]): TensorData {
  return fitting({ type: 'float64', shape, data: data instanceof Float64Array ? data : Float64Array.from(data) });
}

/** A tensor of whole numbers, by default a list. @throws {ShapeError} if the shape has another number of entries */
export function int64(values: readonly number[], shape: readonly number[] = [values.length]): TensorData {
  return fitting({ type: 'int64', shape, data: BigInt64Array.from(values, BigInt) });
}

/** A truth value, as conditions of `Loop` and `If` are. */
export function bool(value: boolean): TensorData {
  return { type: 'bool', shape: [], data: Uint8Array.of(value ? 1 : 0) };
}

function fitting(tensor: TensorData): TensorData {
  const size = tensor.shape.reduce((product, length) => product * length, 1);
  if (size === tensor.data.length) return tensor;
  throw new ShapeError(`${tensor.data.length} entries given for the shape [${tensor.shape.join(', ')}]`);
}
