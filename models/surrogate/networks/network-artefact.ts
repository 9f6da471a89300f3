import { NumericalError } from '../../domain/errors.js';
import { Heads, type HeadWeights, headParameters, parameterNames } from './heads.js';
import { NetworkColumns } from './network-columns.js';

/** Trained networks with what they were trained on. */
export interface TrainedNetworks {
  readonly columns: NetworkColumns;
  readonly heads: Heads;
  /** Keys of the rows, see `rowKey`, in the order of `leftOut`. */
  readonly keys: readonly number[];
  /** Whether a row was left out by a network, [heads][n]. */
  readonly leftOut: readonly (readonly boolean[])[];
}

/** First number of the bytes: what follows may be written otherwise by a later version. */
const format = 1;

/**
 * Trained networks as bytes: numbers of 64 bits (format, sizes, columns, keys, which networks left a row out as bits of a number), then
 * the weights, of 32 bits, little-endian.
 */
export function networkBytes({ columns, heads, keys, leftOut }: TrainedNetworks): Uint8Array {
  const { heads: count, inputs, hidden } = heads.shape;
  const numbers = columns.toNumbers();
  const masks = keys.map((_, i) => leftOut.reduce((mask, own, k) => mask + (own[i] ? 2 ** k : 0), 0));
  const head = Float64Array.from([
    format,
    count,
    inputs,
    hidden,
    keys.length,
    numbers.length,
    ...numbers,
    ...keys,
    ...masks,
  ]);
  const parts = [head, ...parameterNames.map((name) => heads.weights[name])];
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let to = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), to);
    to += byteLength;
  }
  return bytes;
}

/** The networks of these bytes. @throws {NumericalError} if they are none */
export function readNetworks(bytes: Uint8Array): TrainedNetworks {
  const copy = new Uint8Array(bytes).buffer;
  const numbers = (from: number, count: number) => {
    if (8 * (from + count) > copy.byteLength) throw new NumericalError('these bytes are no trained networks: cut off');
    return [...new Float64Array(copy, 8 * from, count)];
  };
  const [kind, heads, inputs, hidden, n, width] = numbers(0, Math.min(6, bytes.length >> 3));
  const shape = { heads: heads!, inputs: inputs!, hidden: hidden! };
  const sizes = Object.values(headParameters(shape)).map((dims) => dims.reduce((a, b) => a * b, 1));
  const weightsAt = 8 * (6 + width! + 2 * n!);
  if (kind !== format || copy.byteLength !== weightsAt + 4 * sizes.reduce((a, b) => a + b, 0))
    throw new NumericalError(`these bytes are no trained networks of format ${format}`);
  let from = weightsAt;
  const weights = parameterNames.map((name, p) => {
    const values = new Float32Array(copy, from, sizes[p]!);
    from += values.byteLength;
    return [name, values] as const;
  });
  const masks = numbers(6 + width! + n!, n!);
  return {
    columns: NetworkColumns.from(numbers(6, width!)),
    heads: new Heads(shape, Object.fromEntries(weights) as unknown as HeadWeights),
    keys: numbers(6 + width!, n!),
    leftOut: Array.from({ length: shape.heads }, (_, k) => masks.map((mask) => (Math.floor(mask / 2 ** k) & 1) === 1)),
  };
}

/** What tells a row: a hash of 52 bits (FNV-1a of both halves) of what the networks see of it, and its loss. */
export function rowKey(row: Float64Array, loss: number): number {
  const bytes = new Uint8Array(Float64Array.from([...row, loss]).buffer);
  let [low, high] = [0x811c9dc5, 0x9e3779b9];
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x01000193) ^ (high >>> 15);
  }
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
