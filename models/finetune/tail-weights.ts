import { InfeasibleError } from '../domain/errors.js';
import type { Expression } from '../onnx/expression.js';
import type { Known } from '../onnx/node-reader.js';
import { add, matmul, scale } from '../onnx/operators.js';
import { sizeOf } from '../onnx/shaping.js';
import type { StoredNode } from '../onnx/stored-model.js';
import type { Generator } from '../random/generator.js';
import type { Boundary } from './boundary.js';
import type { Tail } from './tail.js';

/** What of a layer is learned: additions of low rank to its matrices, or all its weights. */
export type Method =
  | { readonly kind: 'lora'; readonly rank: number; readonly alpha: number }
  | { readonly kind: 'full' };

/** A weight at one place where it is read: shared ones become as many, and each learns by itself. */
export interface Learned {
  /** Name of its parameters. */
  readonly name: string;
  readonly node: StoredNode;
  /** Which input of the node it is. */
  readonly place: number;
  readonly weight: Known;
  /** Whether the matrix is stored as [outputs × inputs]. */
  readonly turned: boolean;
}

/** Operators whose second input is a matrix that rows are multiplied by. */
const products = ['MatMul', 'Gemm'];

/**
 * The weights of a tail that are learned.
 *
 * @throws {InfeasibleError} if there are none
 */
export function learnedWeights(tail: Tail, { known }: Boundary, method: Method): readonly Learned[] {
  const found = tail.nodes.flatMap((node, at) =>
    node.inputs.flatMap((input, place): Learned[] => {
      const weight = known.get(input);
      if (!tail.constants.has(input) || !weight?.isFloat) return [];
      const isMatrix = products.includes(node.type) && place === 1 && weight.shape.length === 2;
      const isVector = weight.shape.length === 1 && weight.shape[0]! > 1;
      if (!isMatrix && (method.kind === 'lora' || !isVector)) return [];
      const turned = node.type === 'Gemm' && node.attributes.get('transB')?.integer(3) === 1;
      return [{ name: `w${at}.${place}`, node, place, weight, turned: turned && isMatrix }];
    }),
  );
  if (found.length === 0)
    throw new InfeasibleError(`the layers behind '${tail.cut}' have no weights that can be learned`);
  return found;
}

/** Shapes of the parameters of learned weights, by name. */
export function weightParameters(learned: readonly Learned[], method: Method): Record<string, readonly number[]> {
  return Object.fromEntries(
    learned.flatMap(({ name, weight, turned }): [string, readonly number[]][] => {
      if (method.kind === 'full') return [[name, weight.shape]];
      const [inputs, outputs] = turned ? weight.shape.toReversed() : weight.shape;
      return [
        [`${name}.a`, [inputs!, method.rank]],
        [`${name}.b`, [method.rank, outputs!]],
      ];
    }),
  );
}

/** Parameters before the first step, with which the tail is as it was stored: of low rank one factor is random, the other 0. */
export function weightsAtFirst(
  learned: readonly Learned[],
  method: Method,
  random: Generator,
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(weightParameters(learned, method)).map(([name, shape]) => {
      const values = new Float32Array(sizeOf(shape));
      if (!name.endsWith('.a')) return [name, values];
      const stream = random.split(name);
      return [name, values.map(() => stream.normal() / Math.sqrt(shape[0]!))];
    }),
  );
}

/** Writes learned weights in place of stored ones. */
export class LearnedReading {
  constructor(
    private readonly learned: readonly Learned[],
    private readonly method: Method,
    private readonly parameters: Readonly<Record<string, Expression>>,
  ) {}

  /** What is read at a place of a node. @param stored - the weight as it was */
  input(node: StoredNode, place: number, stored: Expression): Expression {
    const own =
      this.method.kind === 'full' ? this.learned.find((each) => each.node === node && each.place === place) : undefined;
    return own === undefined ? stored : add(stored, this.parameters[own.name]!);
  }

  /** x·(W + alpha/rank·A·B), the small products first. */
  product(node: StoredNode, x: Expression, weights: Expression): Expression {
    const plain = matmul(x, weights);
    const own = this.learned.find((each) => each.node === node && each.place === 1);
    if (own === undefined || this.method.kind === 'full') return plain;
    const low = matmul(matmul(x, this.parameters[`${own.name}.a`]!), this.parameters[`${own.name}.b`]!);
    return add(plain, scale(low, this.method.alpha / this.method.rank));
  }
}

/** A learned weight as it is stored, once learned. @param parameters - by name, row-major */
export function mergedWeight(
  { name, weight: { shape, values }, turned }: Learned,
  method: Method,
  parameters: Readonly<Record<string, ArrayLike<number>>>,
): Float32Array {
  if (method.kind === 'full') return Float32Array.from(values, (value, i) => value + parameters[name]![i]!);
  const { rank, alpha } = method;
  const [a, b] = [parameters[`${name}.a`]!, parameters[`${name}.b`]!];
  const [rows, columns] = shape as [number, number];
  const outputs = turned ? rows : columns;
  return Float32Array.from(values, (value, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const [input, output] = turned ? [column, row] : [row, column];
    let sum = 0;
    for (let r = 0; r < rank; r++) sum += a[input * rank + r]! * b[r * outputs + output]!;
    return value + (alpha / rank) * sum;
  });
}
