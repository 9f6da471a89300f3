import { ShapeError } from '../domain/errors.js';
import type { Expression } from './expression.js';
import type { Value } from './graph-builder.js';
import { mul, sub } from './operators.js';
import { broadcast, collapse, expand } from './shaping.js';

/** Rows that were looked up several times get the sum of their gradients. */
const summed = { reduction: { string: 'add' } } as const;

/**
 * Rows of a table, as an embedding looks them up: x[indices], [...indices, ...x without its first axis].
 *
 * @param indices - int64, of the shape given, each within the first axis
 */
export function gather(x: Expression, indices: Value, shape: readonly number[]): Expression {
  if (x.shape.length === 0) throw new ShapeError('Gather: a number has no rows');
  const { tape } = x;
  const pull = (g: Expression) => {
    const zeros = expand(tape.scalar(0), x.shape);
    const at = tape.graph.node('Unsqueeze', [indices, tape.integers([-1])]);
    return [tape.given(tape.graph.node('ScatterND', [zeros.value, at, g.value], summed), x.shape)];
  };
  return tape.operate('Gather', [x], { shape: [...shape, ...x.shape.slice(1)], settings: [indices], pull });
}

/** Entries `from` to before `to` along an axis. @throws {ShapeError} if there are no such */
export function slice(x: Expression, axis: number, from: number, to: number): Expression {
  const length = x.shape[axis];
  if (length === undefined || from < 0 || to > length || from >= to)
    throw new ShapeError(`Slice: [${x.shape.join(', ')}] has no entries ${from} to ${to} along axis ${axis}`);
  const { tape } = x;
  const pads = [
    ...x.shape.map((_, i) => (i === axis ? from : 0)),
    ...x.shape.map((_, i) => (i === axis ? length - to : 0)),
  ];
  const pull = (g: Expression) => [tape.given(tape.graph.node('Pad', [g.value, tape.integers(pads)]), x.shape)];
  const shape = x.shape.map((own, i) => (i === axis ? to - from : own));
  const settings = [[from], [to], [axis]].map((values) => tape.integers(values));
  return tape.operate('Slice', [x], { shape, settings, pull });
}

/** One behind the other along an axis. @throws {ShapeError} if the other axes differ */
export function concat(xs: readonly Expression[], axis: number): Expression {
  const first = xs[0];
  const others = ({ shape }: Expression) => shape.map((length, i) => (i === axis ? '' : length)).join();
  if (first === undefined || !(axis in first.shape) || xs.some((x) => others(x) !== others(first)))
    throw new ShapeError(
      `Concat: shapes ${xs.map(({ shape }) => `[${shape.join(', ')}]`).join(', ')} do not fit along axis ${axis}`,
    );
  const ends = xs.map((_, k) => xs.slice(0, k + 1).reduce((sum, x) => sum + x.shape[axis]!, 0));
  const shape = first.shape.map((length, i) => (i === axis ? ends.at(-1)! : length));
  const pull = (g: Expression) => xs.map((x, k) => slice(g, axis, ends[k]! - x.shape[axis]!, ends[k]!));
  return first.tape.operate('Concat', xs, { shape, pull }, { axis: { int: axis } });
}

/**
 * a where the mask is 1, b where it is 0, broadcast: neither gets a gradient from where the other was taken, nor makes it NaN if it
 * is infinite there.
 */
export function where(mask: Expression, a: Expression, b: Expression): Expression {
  const { tape } = a;
  const shape = broadcast(broadcast(mask.shape, a.shape, 'Where'), b.shape, 'Where');
  const truth = tape.graph.node('Cast', [mask.value], { to: { int: 9 } });
  const made = tape.graph.node('Where', [truth, a.value, b.value]);
  const pull = (g: Expression) => [
    collapse(mul(g, mask), a.shape),
    collapse(mul(g, sub(tape.scalar(1), mask)), b.shape),
  ];
  return tape.record(made, [a, b], { shape, pull });
}
