import { InfeasibleError } from '../domain/errors.js';
import { erf, gelu, pow, relu } from './activations.js';
import type { Expression } from './expression.js';
import { NodeReader, type Reading } from './node-reader.js';
import {
  add,
  div,
  exp,
  layerNorm,
  matmul,
  mean,
  mul,
  neg,
  scale,
  sigmoid,
  softmax,
  sqrt,
  sub,
  tanh,
} from './operators.js';
import { concat, slice, where } from './selecting.js';
import { broadcast, expand, reshape, sizeOf, sum, transpose } from './shaping.js';
import type { StoredNode } from './stored-model.js';

/** Whether nodes of that kind can be written again. */
export function isReplayed({ type, domain }: StoredNode): boolean {
  return ['', 'ai.onnx'].includes(domain) && Object.hasOwn(rules, type);
}

/**
 * Writes a stored node again as expressions, which have derivatives.
 *
 * @returns its outputs, as many as are used of those operators
 * @throws {InfeasibleError} if the operator, or what it is asked, has no derivative here
 * @throws {ShapeError} if what it reads does not fit
 */
export function replay(node: StoredNode, reading: Reading): readonly Expression[] {
  if (!isReplayed(node))
    throw new InfeasibleError(
      `operator ${node.domain === '' ? '' : `${node.domain}.`}${node.type}, which gives '${node.outputs[0]}', has no derivative here; those that have: ${Object.keys(rules).join(', ')}`,
    );
  const made = rules[node.type]!(new NodeReader(node, reading));
  const outputs = Array.isArray(made) ? (made as readonly Expression[]) : [made as Expression];
  const further = node.outputs.slice(outputs.length).find((name) => name !== '');
  if (further !== undefined) throw new InfeasibleError(`output '${further}' of ${node.type} has no derivative here`);
  return outputs;
}

type Rule = (at: NodeReader) => Expression | readonly Expression[];

const ofOne =
  (rule: (x: Expression) => Expression): Rule =>
  (at) =>
    rule(at.x);
const ofTwo =
  (rule: (a: Expression, b: Expression) => Expression): Rule =>
  (at) =>
    rule(at.x, at.input(1));

const reduced =
  (rule: (x: Expression, axes: readonly number[], keep: boolean) => Expression): Rule =>
  (at) => {
    const axes = at.list('axes', 1) ?? [];
    if (axes.length === 0 && at.whole('noop_with_empty_axes', 0) === 1) return at.x;
    const counted = axes.length === 0 ? [...at.x.shape.keys()] : axes.map((axis) => at.axis(axis));
    return rule(at.x, counted, at.whole('keepdims', 1) === 1);
  };

const rules: Readonly<Record<string, Rule>> = {
  Add: ofTwo(add),
  Sub: ofTwo(sub),
  Mul: ofTwo(mul),
  Div: ofTwo(div),
  Neg: ofOne(neg),
  Exp: ofOne(exp),
  Sqrt: ofOne(sqrt),
  Tanh: ofOne(tanh),
  Sigmoid: ofOne(sigmoid),
  Relu: ofOne(relu),
  Erf: ofOne(erf),
  Identity: ofOne((x) => x),
  Dropout: ofOne((x) => x),
  Gelu: (at) => gelu(at.x, at.text('approximate') === 'tanh' ? 'tanh' : 'exact'),
  Pow: (at) => pow(at.x, at.single(1)),
  MatMul: (at) => product(at, at.input(1)),
  Gemm: (at) => {
    if (at.whole('transA', 0) === 1) at.refuse('turns its rows into columns');
    const weights = at.whole('transB', 0) === 1 ? transpose(at.input(1)) : at.input(1);
    const y = scaled(product(at, weights), at.number('alpha', 1));
    return at.has(2) ? add(y, scaled(at.input(2), at.number('beta', 1))) : y;
  },
  Softmax: (at) => {
    const usual = at.reading.opset < 13 ? 1 : -1;
    if (at.axis(at.whole('axis', usual)) !== at.x.shape.length - 1) at.refuse('is not along the last axis');
    return softmax(at.x);
  },
  LayerNormalization: (at) => {
    if (at.axis(at.whole('axis', -1)) !== at.x.shape.length - 1) at.refuse('is not along the last axis alone');
    const shift = at.has(2) ? at.input(2) : at.x.tape.scalar(0);
    return layerNorm(at.x, at.input(1), shift, at.number('epsilon', 1e-5));
  },
  ReduceMean: reduced(mean),
  ReduceSum: reduced(sum),
  Reshape: (at) => {
    const wanted = at
      .known(1)
      .map((length, i) => (length === 0 && at.whole('allowzero', 0) === 0 ? at.x.shape[i]! : length));
    const rest = sizeOf(at.x.shape) / sizeOf(wanted.filter((length) => length !== -1));
    return reshape(
      at.x,
      wanted.map((length) => (length === -1 ? rest : length)),
    );
  },
  Flatten: (at) => {
    const axis = at.whole('axis', 1);
    const before = sizeOf(at.x.shape.slice(0, axis));
    return reshape(at.x, [before, sizeOf(at.x.shape) / before]);
  },
  Transpose: (at) => transpose(at.x, at.list('perm', 1) ?? [...at.x.shape.keys()].reverse()),
  Unsqueeze: (at) => {
    const given = at.list('axes', 1) ?? [];
    const axes = given.map((axis) => at.axis(axis, at.x.shape.length + given.length));
    const rest = [...at.x.shape];
    const shape = Array.from({ length: rest.length + axes.length }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!));
    return reshape(at.x, shape);
  },
  Squeeze: (at) => {
    const given = at.list('axes', 1)?.map((axis) => at.axis(axis));
    return reshape(
      at.x,
      at.x.shape.filter((length, i) => !(given?.includes(i) ?? length === 1)),
    );
  },
  Expand: (at) => expand(at.x, broadcast(at.x.shape, at.known(1), 'Expand')),
  Concat: (at) =>
    concat(
      at.node.inputs.map((_, i) => at.input(i)),
      at.axis(at.whole('axis', 0)),
    ),
  Split: (at) => {
    const axis = at.axis(at.whole('axis', 0));
    const count = at.node.outputs.length;
    const even = Math.ceil(at.x.shape[axis]! / count);
    const lengths =
      at.list('split', 1) ?? Array.from({ length: count }, (_, k) => Math.min(even, at.x.shape[axis]! - k * even));
    const ends = lengths.map((_, k) => lengths.slice(0, k + 1).reduce((a, b) => a + b));
    return ends.map((to, k) => slice(at.x, axis, ends[k - 1] ?? 0, to));
  },
  Slice: (at) => {
    if (at.reading.opset < 10) at.refuse('is of a version before 10');
    const [starts, ends] = [at.known(1), at.known(2)];
    const axes = at.has(3) ? at.known(3) : [...starts.keys()];
    if (at.has(4) && at.known(4).some((step) => step !== 1)) at.refuse('takes other steps than 1');
    return axes.reduce((x, given, i) => {
      const axis = at.axis(given);
      const length = x.shape[axis]!;
      const within = (end: number) => Math.min(length, Math.max(0, end < 0 ? end + length : end));
      return slice(x, axis, within(starts[i]!), within(ends[i]!));
    }, at.x);
  },
  Gather: (at) => {
    const axis = at.axis(at.whole('axis', 0));
    const place = at.single(1);
    const from = place < 0 ? place + at.x.shape[axis]! : place;
    return reshape(
      slice(at.x, axis, from, from + 1),
      at.x.shape.filter((_, i) => i !== axis),
    );
  },
  Where: (at) => where(at.input(0), at.input(1), at.input(2)),
  Cast: (at) => (at.whole('to', 1) === 1 ? at.x : at.refuse('makes other numbers than 32-bit ones')),
};

function product(at: NodeReader, weights: Expression): Expression {
  return at.reading.product?.(at.node, at.x, weights) ?? matmul(at.x, weights);
}

function scaled(x: Expression, factor: number): Expression {
  return factor === 1 ? x : scale(x, factor);
}
