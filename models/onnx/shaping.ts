import { ShapeError } from '../domain/errors.js';
import type { Expression } from './expression.js';

/** Number of entries of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The shape of two tensors side by side, entry by entry. @throws {ShapeError} if they do not fit */
export function broadcast(a: readonly number[], b: readonly number[], what: string): number[] {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number) => shape[axis - (rank - shape.length)] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [one, other] = [at(a, axis), at(b, axis)];
    if (one !== other && one !== 1 && other !== 1)
      throw new ShapeError(`${what}: shapes [${a.join(', ')}] and [${b.join(', ')}] do not fit`);
    return one === 1 ? other : one;
  });
}

/** The same entries in another shape. @throws {ShapeError} if it has another number of entries */
export function reshape(x: Expression, shape: readonly number[]): Expression {
  if (sizeOf(shape) !== sizeOf(x.shape))
    throw new ShapeError(`[${x.shape.join(', ')}] cannot be reshaped to [${shape.join(', ')}]`);
  if (shape.join() === x.shape.join()) return x;
  const settings = [x.tape.integers(shape)];
  return x.tape.operate('Reshape', [x], { shape, settings, pull: (g) => [reshape(g, x.shape)] });
}

/** Axes in another order; without one the last two change places. */
export function transpose(x: Expression, order?: readonly number[]): Expression {
  const axes = order ?? [...x.shape.keys()].map((axis, i, all) => (i < all.length - 2 ? axis : all.length * 2 - 3 - i));
  if ([...axes].sort((a, b) => a - b).join() !== [...x.shape.keys()].join())
    throw new ShapeError(`[${axes.join(', ')}] is no order of the axes of [${x.shape.join(', ')}]`);
  const back = axes.map((_, axis) => axes.indexOf(axis));
  const shape = axes.map((axis) => x.shape[axis]!);
  return x.tape.operate('Transpose', [x], { shape, pull: (g) => [transpose(g, back)] }, { perm: { ints: axes } });
}

/** Repeated along axes of length 1, and along further ones before them. */
export function expand(x: Expression, shape: readonly number[]): Expression {
  if (broadcast(x.shape, shape, 'Expand').join() !== shape.join())
    throw new ShapeError(`[${x.shape.join(', ')}] cannot be expanded to [${shape.join(', ')}]`);
  const settings = [x.tape.integers(shape)];
  return x.tape.operate('Expand', [x], { shape, settings, pull: (g) => [collapse(g, x.shape)] });
}

/** Sums over axes. @param keep - whether they stay, of length 1 */
export function sum(x: Expression, axes: readonly number[] = [...x.shape.keys()], keep = false): Expression {
  if (axes.length === 0) return x;
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const shape = keep ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  const pull = (g: Expression) => [expand(reshape(g, kept), x.shape)];
  const settings = [x.tape.integers(axes)];
  return x.tape.operate('ReduceSum', [x], { shape, settings, pull }, { keepdims: { int: keep ? 1 : 0 } });
}

/** Sums over what was repeated when a tensor of that shape was broadcast. */
export function collapse(x: Expression, shape: readonly number[]): Expression {
  const before = x.shape.length - shape.length;
  const axes = [...x.shape.keys()].filter(
    (axis) => axis < before || (shape[axis - before] === 1 && x.shape[axis] !== 1),
  );
  return reshape(sum(x, axes), shape);
}
