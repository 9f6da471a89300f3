import { InfeasibleError } from '../domain/errors.js';
import type { Expression, Tape } from '../onnx/expression.js';
import { div, mul } from '../onnx/operators.js';
import { replay } from '../onnx/replay.js';
import { slice } from '../onnx/selecting.js';
import { reshape, sum } from '../onnx/shaping.js';
import type { Pooling } from '../pretrained/manifest.js';
import type { Boundary } from './boundary.js';
import type { Tail } from './tail.js';
import type { LearnedReading } from './tail-weights.js';

/** What a tail computes of a batch. */
export interface TailInput {
  readonly opset: number;
  readonly boundary: Boundary;
  /** Tensors of the batch, by their names in the model, and 1 where a token stands, [batch × tokens]. */
  readonly given: ReadonlyMap<string, Expression>;
  readonly mask: Expression;
  readonly learned: LearnedReading;
}

/**
 * The output of a tail, written again so that it has derivatives.
 *
 * @throws {InfeasibleError} if an operator has no derivative
 */
export function tailOutput(
  tape: Tape,
  tail: Tail,
  { opset, boundary, given, learned }: Omit<TailInput, 'mask'>,
): Expression {
  const made = new Map(given);
  const known = (name: string) => boundary.known.get(name) ?? unknown(name);
  const stored = (name: string) => {
    const { shape, values } = known(name);
    const written = tape.constant(values, shape);
    made.set(name, written);
    return written;
  };
  for (const node of tail.nodes) {
    const outputs = replay(node, {
      opset,
      known,
      expression: (name, reader, place) => learned.input(reader, place, made.get(name) ?? stored(name)),
      product: (reader, x, weights) => learned.product(reader, x, weights),
    });
    outputs.forEach((output, i) => {
      if (node.outputs[i] !== undefined) made.set(node.outputs[i], output);
    });
  }
  return made.get(tail.output)!;
}

/**
 * One row of numbers for each molecule, [batch × width].
 *
 * @throws {InfeasibleError} if the output has neither two axes nor three
 */
export function pooled(output: Expression, mask: Expression, pooling: Pooling): Expression {
  const [batch, tokens, width] = output.shape;
  if (output.shape.length === 2) return output;
  if (output.shape.length !== 3)
    throw new InfeasibleError(
      `the output is [${output.shape.join(', ')}], where [molecules, width] or [molecules, tokens, width] can be learned from`,
    );
  if (pooling === 'cls') return reshape(slice(output, 1, 0, 1), [batch!, width!]);
  const counted = mul(output, reshape(mask, [batch!, tokens!, 1]));
  return div(sum(counted, [1]), sum(mask, [1], true));
}

function unknown(name: string): never {
  throw new InfeasibleError(`the entries of '${name}' are not known before it is run`);
}
