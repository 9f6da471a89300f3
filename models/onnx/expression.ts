import { ShapeError } from '../domain/errors.js';
import type { GraphBuilder, Value } from './graph-builder.js';
import { float32, float64, int64 } from './tensor.js';

/** A tensor of numbers in a graph, of a shape that is fixed. */
export interface Expression {
  readonly tape: Tape;
  readonly value: Value;
  readonly shape: readonly number[];
}

/** How an expression was made: what its inputs' share in a gradient is, given that of the output; null where there is none. */
interface Step {
  readonly inputs: readonly Expression[];
  readonly output: Expression;
  readonly pull: (gradient: Expression) => readonly (Expression | null)[];
}

/**
 * Writes expressions into a graph and remembers how they were made, so that `gradients` can write their derivatives behind them.
 * All numbers of a tape have the same type.
 */
export class Tape {
  private readonly steps: Step[] = [];

  constructor(
    readonly graph: GraphBuilder,
    readonly type: 'float32' | 'float64',
  ) {}

  /** A value of the graph, or of one around it, as it stands. */
  given(value: Value, shape: readonly number[]): Expression {
    return { tape: this, value, shape };
  }

  /** A tensor that is given at every run. */
  input(name: string, shape: readonly number[]): Expression {
    return this.given(this.graph.input(name, this.type, shape), shape);
  }

  /** Numbers that are part of the model, row-major. */
  constant(numbers: ArrayLike<number>, shape: readonly number[] = [numbers.length]): Expression {
    const tensor = this.type === 'float32' ? float32(numbers, shape) : float64(numbers, shape);
    return this.given(this.graph.constant(tensor), shape);
  }

  /** A number. */
  scalar(value: number): Expression {
    return this.constant([value], []);
  }

  /** Whole numbers, as operators want shapes and axes. */
  integers(values: readonly number[]): Value {
    return this.graph.constant(int64(values));
  }

  /** The same numbers on a tape of their own, for what is recorded as one step. */
  apart({ value, shape }: Expression): Expression {
    return new Tape(this.graph, this.type).given(value, shape);
  }

  /**
   * What one operator makes of expressions.
   *
   * @param pull - share of each input in the gradient of a number, from that of the output
   */
  operate(
    type: string,
    inputs: readonly Expression[],
    { shape, pull, ...node }: Operation,
    attributes: Parameters<GraphBuilder['node']>[2] = {},
  ): Expression {
    const values = inputs.map(({ value }) => value);
    const made = this.graph.node(type, [...values, ...(node.settings ?? [])], attributes);
    return this.record(made, inputs, { shape, pull });
  }

  /** What several nodes make of expressions, with one rule for the gradient of all of them. @param made - value of the last node */
  record(made: Value, inputs: readonly Expression[], { shape, pull }: Omit<Operation, 'settings'>): Expression {
    const output = this.given(made, shape);
    this.steps.push({ inputs, output, pull: (gradient) => pull(gradient, output) });
    return output;
  }

  /**
   * Derivatives of a number by expressions: reverse accumulation over what was written so far.
   *
   * @returns one for each, of its shape; where the number does not depend on it, zeros
   * @throws {ShapeError} if it is not one number
   */
  gradients(of: Expression, by: readonly Expression[]): Expression[] {
    if (of.shape.length > 0) throw new ShapeError(`a gradient is of one number, not of shape [${of.shape.join(', ')}]`);
    const steps = [...this.steps];
    const dependent = new Set<Value>(by.map(({ value }) => value));
    for (const { inputs, output } of steps)
      if (inputs.some(({ value }) => dependent.has(value))) dependent.add(output.value);
    const found = new Map<Value, Expression>([[of.value, this.scalar(1)]]);
    for (const { inputs, output, pull } of steps.reverse()) {
      const gradient = found.get(output.value);
      if (gradient === undefined || !dependent.has(output.value)) continue;
      const shares = pull(gradient);
      inputs.forEach((input, i) => {
        const share = shares[i];
        if (share == null || !dependent.has(input.value)) return;
        const before = found.get(input.value);
        const sum = before === undefined ? share.value : this.graph.node('Add', [before.value, share.value]);
        found.set(input.value, this.given(sum, input.shape));
      });
    }
    return by.map(({ value, shape }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      return found.get(value) ?? this.constant(new Float64Array(size), shape);
    });
  }
}

/** What an operator gives. */
interface Operation {
  readonly shape: readonly number[];
  readonly pull: (gradient: Expression, output: Expression) => readonly (Expression | null)[];
  /** Further inputs of the operator, which are no expressions. */
  readonly settings?: readonly Value[];
}
