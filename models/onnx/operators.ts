import { ShapeError } from '../domain/errors.js';
import type { Expression } from './expression.js';
import { broadcast, collapse, reshape, sizeOf, sum, transpose } from './shaping.js';

/** a + b, entry by entry, broadcast. */
export function add(a: Expression, b: Expression): Expression {
  const pull = (g: Expression) => [collapse(g, a.shape), collapse(g, b.shape)];
  return a.tape.operate('Add', [a, b], { shape: broadcast(a.shape, b.shape, 'Add'), pull });
}

/** a − b, entry by entry, broadcast. */
export function sub(a: Expression, b: Expression): Expression {
  const pull = (g: Expression) => [collapse(g, a.shape), collapse(neg(g), b.shape)];
  return a.tape.operate('Sub', [a, b], { shape: broadcast(a.shape, b.shape, 'Sub'), pull });
}

/** a·b, entry by entry, broadcast. */
export function mul(a: Expression, b: Expression): Expression {
  const pull = (g: Expression) => [collapse(mul(g, b), a.shape), collapse(mul(g, a), b.shape)];
  return a.tape.operate('Mul', [a, b], { shape: broadcast(a.shape, b.shape, 'Mul'), pull });
}

/** a/b, entry by entry, broadcast. */
export function div(a: Expression, b: Expression): Expression {
  const pull = (g: Expression, y: Expression) => [
    collapse(div(g, b), a.shape),
    collapse(neg(div(mul(g, y), b)), b.shape),
  ];
  return a.tape.operate('Div', [a, b], { shape: broadcast(a.shape, b.shape, 'Div'), pull });
}

/** x·factor. */
export function scale(x: Expression, factor: number): Expression {
  return mul(x, x.tape.scalar(factor));
}

/** −x. */
export function neg(x: Expression): Expression {
  return x.tape.operate('Neg', [x], { shape: x.shape, pull: (g) => [neg(g)] });
}

/** eˣ. */
export function exp(x: Expression): Expression {
  return x.tape.operate('Exp', [x], { shape: x.shape, pull: (g, y) => [mul(g, y)] });
}

/** Square root. */
export function sqrt(x: Expression): Expression {
  return x.tape.operate('Sqrt', [x], { shape: x.shape, pull: (g, y) => [div(scale(g, 0.5), y)] });
}

/** Hyperbolic tangent. */
export function tanh(x: Expression): Expression {
  const pull = (g: Expression, y: Expression) => [mul(g, sub(x.tape.scalar(1), mul(y, y)))];
  return x.tape.operate('Tanh', [x], { shape: x.shape, pull });
}

/** 1/(1 + e⁻ˣ). */
export function sigmoid(x: Expression): Expression {
  const pull = (g: Expression, y: Expression) => [mul(g, mul(y, sub(x.tape.scalar(1), y)))];
  return x.tape.operate('Sigmoid', [x], { shape: x.shape, pull });
}

/** x·σ(x). */
export function silu(x: Expression): Expression {
  return mul(x, sigmoid(x));
}

/** Mean over axes. */
export function mean(x: Expression, axes: readonly number[] = [...x.shape.keys()], keep = false): Expression {
  return scale(sum(x, axes, keep), 1 / sizeOf(axes.map((axis) => x.shape[axis]!)));
}

/** Softmax along the last axis. */
export function softmax(x: Expression): Expression {
  const last = x.shape.length - 1;
  const pull = (g: Expression, y: Expression) => [mul(y, sub(g, sum(mul(g, y), [last], true)))];
  return x.tape.operate('Softmax', [x], { shape: x.shape, pull }, { axis: { int: -1 } });
}

/**
 * Normalised along the last axis, then scaled and shifted, both [last].
 *
 * With x̂ = (x − mean)·r and r = 1/√(variance + ε) the gradient of x is r·(g − mean(g) − x̂·mean(g·x̂)).
 *
 * @throws {ShapeError} if gain or shift do not fit
 */
export function layerNorm(x: Expression, gain: Expression, shift: Expression, epsilon: number): Expression {
  const { tape } = x;
  const last = [x.shape.length - 1];
  const own = tape.apart(x);
  const centred = sub(own, mean(own, last, true));
  const variance = mean(mul(centred, centred), last, true);
  const r = div(tape.scalar(1), sqrt(add(variance, tape.scalar(epsilon))));
  const pull = (g: Expression, y: Expression) => {
    const along = mul(y, mean(mul(g, y), last, true));
    return [mul(r, sub(sub(g, mean(g, last, true)), along))];
  };
  const normal = tape.record(mul(centred, r).value, [x], { shape: x.shape, pull });
  const result = add(mul(normal, gain), shift);
  if (result.shape.join() === x.shape.join()) return result;
  throw new ShapeError(
    `LayerNormalization of [${x.shape.join(', ')}] cannot have a gain of [${gain.shape.join(', ')}]`,
  );
}

/** The same number, through which no gradient goes. */
export function stopped(x: Expression): Expression {
  return x.tape.given(x.tape.graph.node('Identity', [x.value]), x.shape);
}

/** Matrix product over the last two axes, the others broadcast. */
export function matmul(a: Expression, b: Expression): Expression {
  const [m, k] = a.shape.slice(-2);
  const [inner, n] = b.shape.slice(-2);
  if (a.shape.length < 2 || b.shape.length < 2 || k !== inner)
    throw new ShapeError(`MatMul: shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}] do not fit`);
  const shape = [...broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2), 'MatMul'), m!, n!];
  // Many matrices times one are one product of all rows, also backwards.
  if (b.shape.length === 2 && a.shape.length > 2)
    return reshape(matmul(reshape(a, [sizeOf(a.shape) / k!, k!]), b), shape);
  const pull = (g: Expression) => [
    collapse(matmul(g, transpose(b)), a.shape),
    collapse(matmul(transpose(a), g), b.shape),
  ];
  return a.tape.operate('MatMul', [a, b], { shape, pull });
}
