import { ContractError } from '../domain/errors.js';
import { type Attribute, type GraphParts, graphMessage, modelBytes } from './model-bytes.js';
import type { Dimension, ElementType, TensorData } from './tensor.js';

/** A tensor within a graph: what an input, a constant or a node gives. */
export interface Value {
  readonly name: string;
}

/** Names that begin so are given by the builder; inputs and outputs may not have them. */
const reserved = '_';

/**
 * Builds an ONNX graph (opset 17), node by node in the order of computation.
 *
 * ```ts
 * const graph = new GraphBuilder('double');
 * const x = graph.input('x', 'float32', ['n']);
 * graph.output('y', graph.node('Add', [x, x]), 'float32', ['n']);
 * const session = await openSession(graph.model());
 * ```
 *
 * Shapes may have names as dimensions, so that one session serves all sizes. A graph within a graph, as `Loop` and `If`
 * have them, is begun with `inner` and may read the values of the graphs around it. Nodes that no output comes from are left out.
 */
export class GraphBuilder {
  private readonly parts: {
    -readonly [K in keyof GraphParts]: GraphParts[K] extends readonly (infer T)[] ? T[] : GraphParts[K];
  };
  private readonly known = new Set<Value>();
  private readonly outer: GraphBuilder | null;
  private readonly counter: { next: number };
  /** Names of inputs and outputs; those of the graphs within count too, as ONNX wants them to differ. */
  private readonly taken: Set<string>;
  /** Names of own values that graphs within this one read. */
  private readonly readWithin = new Set<string>();

  constructor(name: string, outer: GraphBuilder | null = null) {
    this.parts = { name, nodes: [], constants: [], inputs: [], outputs: [] };
    this.outer = outer;
    this.counter = outer?.counter ?? { next: 0 };
    this.taken = outer?.taken ?? new Set();
  }

  /** A graph for an attribute of one of this graph's nodes. */
  inner(name: string): GraphBuilder {
    return new GraphBuilder(name, this);
  }

  /** A tensor that is given at every run. @throws {ContractError} if the name is taken or reserved */
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value {
    this.parts.inputs.push({ name: this.claimed(name), type, shape });
    return this.knownAs(name);
  }

  /** A tensor that is part of the model. */
  constant(tensor: TensorData): Value {
    const name = this.newName();
    this.parts.constants.push({ name, tensor });
    return this.knownAs(name);
  }

  /** A node with one output. @see nodes */
  node(type: string, inputs: readonly (Value | null)[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    return this.nodes(type, inputs, 1, attributes)[0]!;
  }

  /**
   * A node with several outputs.
   *
   * @param type - operator of the standard set, e.g. `MatMul`
   * @param inputs - null for an optional input that is left out
   * @throws {ContractError} if an input is no value of this graph or of one around it
   */
  nodes(
    type: string,
    inputs: readonly (Value | null)[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value[] {
    for (const value of inputs) if (value !== null) this.check(value, type);
    const names = Array.from({ length: outputs }, () => this.newName());
    this.parts.nodes.push({ type, inputs: inputs.map((value) => value?.name ?? ''), outputs: names, attributes });
    return names.map((name) => this.knownAs(name));
  }

  /** Gives a value out under a name. @throws {ContractError} if the name is taken or reserved, or the value unknown */
  output(name: string, value: Value, type: ElementType, shape: readonly Dimension[]): void {
    this.check(value, `output '${name}'`);
    this.parts.outputs.push({ name: this.claimed(name), type, shape });
    this.parts.nodes.push({ type: 'Identity', inputs: [value.name], outputs: [name], attributes: {} });
  }

  /** The graph as an attribute of a node. */
  attribute(): Attribute {
    return { graph: graphMessage(this.living()) };
  }

  /** The graph as a model of its own, in the format of `.onnx` files. */
  model(): Uint8Array {
    return modelBytes(this.living());
  }

  /** What outputs come from: derivatives that nobody asked for are written too, and would be computed at every run. */
  private living(): GraphParts {
    const read = new Set([...this.readWithin, ...this.parts.outputs.map(({ name }) => name)]);
    const nodes = this.parts.nodes.toReversed().filter(({ inputs, outputs }) => {
      if (!outputs.some((name) => read.has(name))) return false;
      for (const name of inputs) read.add(name);
      return true;
    });
    const constants = this.parts.constants.filter(({ name }) => read.has(name));
    return { ...this.parts, nodes: nodes.reverse(), constants };
  }

  private newName(): string {
    return `${reserved}${this.counter.next++}`;
  }

  private knownAs(name: string): Value {
    const value = { name };
    this.known.add(value);
    return value;
  }

  private claimed(name: string): string {
    if (name === '' || name.startsWith(reserved))
      throw new ContractError(`'${name}' cannot name an input or output: empty, or begins with '${reserved}'`);
    if (this.taken.has(name)) throw new ContractError(`the graph has an input or output '${name}' already`);
    this.taken.add(name);
    return name;
  }

  private check(value: Value, user: string): void {
    for (let graph: GraphBuilder | null = this; graph !== null; graph = graph.outer) {
      if (!graph.known.has(value)) continue;
      if (graph !== this) graph.readWithin.add(value.name);
      return;
    }
    throw new ContractError(`${user} of graph '${this.parts.name}' is given a value of another graph`);
  }
}
