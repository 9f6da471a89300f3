import { z } from 'zod';
import type { Design } from '../design.js';
import type { Fault } from '../fault.js';
import { cardinality } from './cardinality.js';
import { type Compiled, type ConstraintType, keptWithin, type LinearRow, type Scope } from './contract.js';
import { dependency } from './dependency.js';
import { exclude } from './exclude.js';
import { formula } from './formula.js';
import { linear } from './linear.js';

/** Every type of constraint; a new one is one line here. */
const types = { linear, exclude, dependency, cardinality, formula };

/** A constraint as the campaign file gives it. */
export const constraintSchema = z.discriminatedUnion(
  'type',
  Object.values(types).map((type) => type.schema) as unknown as [
    z.ZodObject<{ type: z.ZodLiteral<Constraint['type']> }>,
  ],
) as unknown as z.ZodType<Constraint>;

/** A constraint of any type. */
export type Constraint = {
  [K in keyof typeof types]: (typeof types)[K] extends ConstraintType<infer C> ? C : never;
}[keyof typeof types];

/** The behaviour of a constraint's type. */
function constraintOf<C extends Constraint>(constraint: C): ConstraintType<C> {
  return types[constraint.type] as unknown as ConstraintType<C>;
}

/** What is wrong with a constraint that its schema cannot see; paths relative to it. */
export function constraintFaults(constraint: Constraint, scope: Scope): readonly Fault[] {
  return constraintOf(constraint).faults(constraint, scope);
}

/** A space, as far as its constraints go. */
interface Constrained extends Scope {
  readonly constraints?: readonly Constraint[];
}

const known = new WeakMap<Constrained, Constraints>();

/** The constraints of a space, made ready to be asked of many designs. */
export class Constraints {
  private constructor(readonly each: readonly Compiled[]) {}

  /** Those of a space; made ready once. */
  static of(space: Constrained): Constraints {
    const before = known.get(space);
    if (before !== undefined) return before;
    const { constraints = [] } = space;
    const made = new Constraints(constraints.map((one) => constraintOf(one).compile(one, space)));
    known.set(space, made);
    return made;
  }

  /** Whether there is none, so that every design keeps them. */
  get isEmpty(): boolean {
    return this.each.length === 0;
  }

  /** Those that a design breaks, in words. */
  broken(design: Design): readonly string[] {
    return this.each.filter((one) => !(one.excess(design) <= keptWithin)).map(({ words }) => words);
  }

  /** Those that a design breaks, as faults of it as a whole. */
  faults(design: Design): readonly Fault[] {
    const remedy = 'a design that keeps it; one that was measured already goes among the results';
    return this.broken(design).map((words) => ({ path: '', message: `against the constraint '${words}'`, remedy }));
  }

  /** By how much a design breaks the one that it breaks most; at most `keptWithin` where it keeps all. */
  excess(design: Design): number {
    return this.each.reduce((most, one) => Math.max(most, one.excess(design)), 0);
  }

  /** What all of them ask of the numeric values, given all else of a design; null where one is not linear in them. */
  rows(design: Design): readonly LinearRow[] | null {
    const all: LinearRow[] = [];
    for (const one of this.each) {
      const rows = one.rows(design);
      if (rows === null) return null;
      all.push(...rows);
    }
    return all;
  }

  /** The design with what does not matter in it at its stated value, so that two that differ in nothing else are one. */
  settled(design: Design): Design {
    let settled = design;
    // What one of them states may decide whether another matters.
    for (let i = 0; i <= this.each.length; i++) {
      const next = this.each.reduce((given, one) => one.settled?.(given) ?? given, settled);
      if (next === settled) break;
      settled = next;
    }
    return settled;
  }
}
