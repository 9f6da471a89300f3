import type { z } from 'zod';
import type { Design } from '../design.js';
import type { Properties } from '../expression/check.js';
import type { Interval, Surely } from '../expression/interval.js';
import type { Fault } from '../fault.js';
import type { Parameter } from '../parameters/parameter.js';

/** What a constraint may speak of. */
export interface Scope {
  readonly parameters: readonly Parameter[];
  /** Numbers of substances and categories that formulas speak of; absent where there is none. */
  readonly properties?: Properties;
}

/** By how much a constraint may be broken, relative to the scale of its terms, and still count as kept: rounding. */
export const keptWithin = 1e-9;

/**
 * What is asked of numeric values: Σ coefficient · value lies between two numbers, which are equal where it is to be one.
 * In units of the values themselves; -Infinity or Infinity where there is no bound.
 */
export interface LinearRow {
  /** By name: a continuous parameter, or an amount of a composition without a list, as `blend.A`. */
  readonly coefficients: Readonly<Record<string, number>>;
  readonly min: number;
  readonly max: number;
}

/** Which of several values may differ from 0 together. */
export interface Presence {
  /** Names of values, as in `LinearRow`, and numbers of other parameters. */
  readonly of: readonly string[];
  readonly min: number;
  readonly max: number;
  /** Smallest value that counts as present; 0 where any does. */
  readonly least: number;
}

/** A constraint made ready to be asked of many designs, also of such as are none of the space. */
export interface Compiled {
  /** As a person would say it: `temperature + 10·cycles ≤ 200`. */
  readonly words: string;
  /** Parameters that it speaks of, in their order. */
  readonly names: readonly string[];
  /** By how much a design breaks it, relative to the scale of its terms; 0 where it is kept, up to `keptWithin` rounding. */
  excess(design: Design): number;
  /**
   * What it asks of the numeric values, given all else of the design: continuous parameters, and amounts of compositions
   * without a list. Of several ways to keep it, that of the design, or the one that it is nearest to: where the rows are
   * kept, so is the constraint, unless all else breaks it already. Empty where it asks nothing of them there; null where
   * that is not linear in them.
   */
  rows(design: Design): readonly LinearRow[] | null;
  /**
   * Every way in which numbers can keep it, given all else of the design, each as rows; null where one of them is not linear,
   * or they are too many. Absent where they follow from what the file says.
   */
  ways?(design: Design): readonly (readonly LinearRow[])[] | null;
  /**
   * Whether it is kept by all, or by none, of the designs that have these numbers in place of their own: intervals by name.
   * Absent where `ways` or what the file says tell it.
   */
  surely?(design: Design, numbers: ReadonlyMap<string, Interval>): Surely;
  /** What it asks of which values are 0; absent where it asks no such thing. */
  readonly presence?: Presence;
  /** The design with what does not matter in it at its stated value; absent where all always matters. */
  settled?(design: Design): Design;
}

/** One type of constraint. A new type is one file with such an object and one line in `constraint.ts`. */
export interface ConstraintType<C extends { readonly type: string }> {
  readonly type: C['type'];
  readonly schema: z.ZodType<C>;
  /** Faults that the schema cannot see; paths relative to the constraint. */
  faults(constraint: C, scope: Scope): readonly Fault[];
  /** @param constraint - one without faults */
  compile(constraint: C, scope: Scope): Compiled;
}
