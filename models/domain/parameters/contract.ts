import type { z } from 'zod';
import type { ParameterValue } from '../design.js';
import type { Fault } from '../fault.js';
import type { Fractions } from '../formula.js';

/** A value as the kernels read it; the kind decides which kernel it meets. */
export type Feature =
  /** Coordinate in [0, 1]. */
  | { readonly kind: 'numeric'; readonly value: number }
  /** Index of an unordered level. */
  | { readonly kind: 'category'; readonly index: number }
  /** A molecule. */
  | { readonly kind: 'substance'; readonly smiles: string }
  /** Fractions of components or elements that add up to 1. */
  | { readonly kind: 'mixture'; readonly fractions: Fractions };

/** Cells of one pool column, with what the campaign file says of it. */
export interface PoolColumn {
  readonly name: string;
  readonly unit?: string | undefined;
  /** What the amounts of a composition add up to; 1 where absent. */
  readonly total?: number | undefined;
  readonly cells: readonly string[];
  /** Line of a row in its file, from 1, where there is one. */
  readonly lineOf?: ((row: number) => number) | undefined;
  /** SMILES of the names in the cells, where they are names of molecules. */
  readonly smiles?: Readonly<Record<string, string>> | undefined;
}

/** Values that come with new rows of a pool. */
export interface Growth<P> {
  /** Null if a value that the parameter does not have may be appended to its own, else what is allowed. */
  refuses(parameter: P, value: ParameterValue): string | null;
  /** The parameter with such values after its own. */
  with(parameter: P, values: readonly string[]): P;
  /** Text that two spellings of one value share; absent where each value has one, or only RDKit can tell. */
  meant?(value: string): string;
}

/**
 * One type of parameter. A new type is one file with such an object and one line in `parameter.ts`.
 */
export interface ParameterType<P extends { readonly type: string; readonly name: string }> {
  readonly type: P['type'];
  readonly schema: z.ZodType<P>;
  /** Faults that the schema cannot see; paths relative to the parameter. */
  faults(parameter: P): readonly Fault[];
  /** All values in order, or null where there are infinitely many, or more than can be listed. */
  values(parameter: P): readonly ParameterValue[] | null;
  /** The value at the quantile u in [0, 1). */
  fromUnit(parameter: P, u: number): ParameterValue;
  /** Null if the value is allowed, else what is allowed. */
  refuses(parameter: P, value: ParameterValue): string | null;
  /** Whether a value that is not allowed, but was measured, can be encoded beside those that are. */
  encodes(parameter: P, value: ParameterValue): boolean;
  /** The parameter with such values among its own; absent where features need no list. */
  widened?(parameter: P, values: readonly string[]): P;
  /** How the values of a pool's parameter grow with its rows; absent where they are what they are. */
  readonly growth?: Growth<P>;
  feature(parameter: P, value: ParameterValue): Feature;
  /**
   * The inverse of `feature`: the first allowed value with this feature. Undefined where there is none, or where the
   * feature is of another kind.
   */
  fromFeature(parameter: P, feature: Feature): ParameterValue | undefined;
  /**
   * The value with the digits that matter and so many more, still an allowed one; absent where values are told as they are.
   */
  shortened?(parameter: P, value: ParameterValue, more: number): ParameterValue;
  /** The value that a text, such as the cell of a table, stands for; the text itself where it stands for none. */
  fromText(parameter: P, text: string): ParameterValue;
  /**
   * Whether a text, such as the cell of a table, may stand for a value: numbers to the digits that are written, if these are
   * `least` or more (see `agreesWith`).
   */
  agrees(parameter: P, text: string, value: ParameterValue, least: number): boolean;
  /** A parameter and its values from a column of a pool, or what is wrong with the cells. */
  fromColumn(column: PoolColumn): { parameter: P; values: readonly ParameterValue[] } | readonly Fault[];
}
