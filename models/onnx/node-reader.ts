import { InfeasibleError, ShapeError } from '../domain/errors.js';
import type { Expression } from './expression.js';
import type { StoredNode } from './stored-model.js';

/** A tensor whose entries are known before anything is computed. */
export interface Known {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** What stored nodes read while they are written again. */
export interface Reading {
  readonly opset: number;
  /** A tensor of numbers by its name, as a node reads it at a place. */
  readonly expression: (name: string, node: StoredNode, place: number) => Expression;
  /** Entries of a tensor that is the same for all molecules, as shapes and axes are. */
  readonly known: (name: string) => Known;
  /** Product of rows with weights [inputs × outputs], which may be learned; a plain one where absent. */
  readonly product?: (node: StoredNode, x: Expression, weights: Expression) => Expression;
}

/** Inputs and attributes of a node. */
export class NodeReader {
  constructor(
    readonly node: StoredNode,
    readonly reading: Reading,
  ) {}

  get x(): Expression {
    return this.input(0);
  }

  has(place: number): boolean {
    return (this.node.inputs[place] ?? '') !== '';
  }

  input(place: number): Expression {
    return this.reading.expression(this.name(place), this.node, place);
  }

  known(place: number): readonly number[] {
    return Array.from(this.reading.known(this.name(place)).values);
  }

  /** One entry, where there is no more than that. */
  single(place: number): number {
    const { shape, values } = this.reading.known(this.name(place));
    return values.length === 1 && shape.length === 0 ? values[0]! : this.refuse(`takes [${shape.join(', ')}] entries`);
  }

  whole(name: string, usual: number): number {
    return this.node.attributes.get(name)?.integer(3) ?? usual;
  }

  number(name: string, usual: number): number {
    const bytes = this.node.attributes.get(name)?.run(2);
    return bytes === undefined ? usual : new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  }

  text(name: string): string {
    return this.node.attributes.get(name)?.text(4) ?? '';
  }

  /** Whole numbers of an attribute, or of an input, as later versions have them. */
  list(name: string, place: number): readonly number[] | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute !== undefined) return attribute.integers(8).map(Number);
    return this.has(place) ? this.known(place) : undefined;
  }

  /** An axis counted from the first. */
  axis(given: number, rank = this.x.shape.length): number {
    const axis = given < 0 ? given + rank : given;
    if (axis < 0 || axis >= rank)
      throw new ShapeError(`${this.node.type} '${this.node.outputs[0]}' has no axis ${given}`);
    return axis;
  }

  refuse(what: string): never {
    throw new InfeasibleError(`${this.node.type} '${this.node.outputs[0]}' ${what}, which has no derivative here`);
  }

  private name(place: number): string {
    if (this.has(place)) return this.node.inputs[place]!;
    throw new ShapeError(`${this.node.type} '${this.node.outputs[0]}' lacks its input ${place}`);
  }
}
