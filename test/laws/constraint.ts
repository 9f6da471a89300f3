import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAmounts, textOf } from '../../models/domain/amounts.js';
import type { When } from '../../models/domain/constraints/condition.js';
import { type Constraint, Constraints, constraintFaults } from '../../models/domain/constraints/constraint.js';
import { keptWithin, type LinearRow, type Scope } from '../../models/domain/constraints/contract.js';
import type { Design } from '../../models/domain/design.js';

/** Of every type that constraints may speak of. */
export const scope: Scope = {
  properties: { weight: { XPhos: 4, SPhos: 2.5, none: 0 }, polarity: { A: 1, B: 4, C: 2.5, Na: 8, K: 2 } },
  parameters: [
    { name: 'T', type: 'continuous', bounds: [0, 4] },
    { name: 'p', type: 'continuous', bounds: [-2, 2] },
    { name: 'n', type: 'integer', bounds: [0, 4] },
    { name: 'q', type: 'discrete', values: [0, 0.5, 2] },
    { name: 'ligand', type: 'categorical', levels: ['XPhos', 'SPhos', 'none'] },
    { name: 'blend', type: 'composition', components: ['A', 'B', 'C'], total: 1 },
    { name: 'salt', type: 'composition', components: ['Na', 'K'], total: 1, step: 0.25 },
  ],
};

/** Numbers of the continuous parameters and amounts, and all else of a design, in quarters, so that borders are met. */
const quarters = (low: number, high: number) => fc.integer({ min: low * 4, max: high * 4 }).map((i) => i / 4);
const blends = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }))
  .map(([a, b]) => [Math.min(a, b), Math.abs(a - b), 4 - Math.max(a, b)])
  .map((counts) => blendOf(counts.map((count) => count / 4)));
/** Designs of the scope. */
export const designs: fc.Arbitrary<Design> = fc.record({
  T: quarters(0, 4),
  p: quarters(-2, 2),
  n: fc.integer({ min: 0, max: 4 }),
  q: fc.constantFrom(0, 0.5, 2),
  ligand: fc.constantFrom('XPhos', 'SPhos', 'none'),
  blend: blends,
  salt: fc.constantFrom('Na:1', 'Na:0.75 K:0.25', 'Na:0.5 K:0.5', 'Na:0.25 K:0.75', 'K:1'),
});

function blendOf(amounts: readonly number[]): string {
  const names = ['A', 'B', 'C'];
  return textOf(names, new Map(names.map((name, i) => [name, amounts[i]!])));
}

/** The number that a term means in a design, read anew. */
export function numberAt(design: Design, name: string): number {
  const [parameter, component] = name.split('.');
  if (component === undefined) return design[name] as number;
  return (readAmounts(String(design[parameter!])) as ReadonlyMap<string, number>).get(component) ?? 0;
}

/** The design with the numeric values of another, and all else its own. */
function withNumbersOf(design: Design, other: Design): Design {
  return { ...design, T: other.T!, p: other.p!, blend: other.blend! };
}

function areKept(rows: readonly LinearRow[], design: Design): boolean {
  return rows.every(({ coefficients, min, max }) => {
    const sum = Object.entries(coefficients).reduce(
      (total, [name, factor]) => total + factor * numberAt(design, name),
      0,
    );
    return sum >= min - 1e-9 && sum <= max + 1e-9;
  });
}

const rangesOf = (at: fc.Arbitrary<number>) =>
  fc.oneof(
    fc.record({ above: at }),
    fc.record({ below: at }),
    fc.tuple(at, fc.integer({ min: 1, max: 8 })).map(([above, width]) => ({ above, below: above + width / 4 })),
  );
const someOf = <T>(...values: T[]) => fc.oneof(fc.constantFrom(...values), fc.subarray(values, { minLength: 1 }));
/** Conditions on parameters of the scope. @param borders - of ranges: values of designs, or `between` them */
export function whens(borders: 'at' | 'between'): fc.Arbitrary<When> {
  const at = fc.integer({ min: -4, max: 12 }).map((i) => (borders === 'at' ? i / 4 : i / 4 + 0.125));
  const ranges = rangesOf(at);
  return fc
    .record(
      {
        T: ranges,
        p: ranges,
        n: fc.oneof(ranges, someOf(0, 1, 2, 3, 4)),
        q: fc.oneof(ranges, someOf(0, 0.5, 2)),
        ligand: someOf('XPhos', 'SPhos', 'none'),
        'blend.B': ranges,
        'salt.K': ranges,
        salt: someOf('Na:1', 'Na:0.5 K:0.5', 'K:1'),
      },
      { requiredKeys: [], noNullPrototype: true },
    )
    .filter((when) => Object.keys(when).length > 0);
}

/** Whether all conditions hold, computed anew. */
export function areMet(when: When, design: Design): boolean {
  return Object.entries(when).every(([name, wanted]) => {
    if (typeof wanted !== 'object') return design[name] === wanted;
    if (Array.isArray(wanted)) return wanted.includes(design[name]!);
    const value = numberAt(design, name);
    return value > (wanted.above ?? -Infinity) && value < (wanted.below ?? Infinity);
  });
}

/**
 * The laws of a type of constraint.
 *
 * @param given - constraints of the scope
 * @param isKept - what they mean, computed anew
 */
export function constraintLaws<C extends Constraint>(
  given: fc.Arbitrary<C>,
  isKept: (constraint: C, design: Design) => boolean,
): void {
  const compiled = (constraint: C) => {
    expect(constraintFaults(constraint, scope)).toEqual([]);
    return Constraints.of({ ...scope, constraints: [constraint] });
  };
  const ask = (check: (constraint: C, design: Design, other: Design) => void) =>
    fc.assert(fc.property(given, designs, designs, check), { seed: 20_261_130, numRuns: 1_000 });

  test('what is broken is what the words mean', () => {
    ask((constraint, design) => {
      const constraints = compiled(constraint);
      const kept = isKept(constraint, design);
      expect(constraints.broken(design)).toEqual(kept ? [] : [constraints.each[0]!.words]);
      expect(constraints.excess(design) <= keptWithin).toBe(kept);
      if (kept) expect(constraints.excess(design)).toBe(0);
    });
  });

  test('rows are kept by designs that keep it, and where they are kept, so is it, unless all else breaks it', () => {
    ask((constraint, design, other) => {
      const constraints = compiled(constraint);
      const rows = constraints.rows(design);
      if (rows === null) return;
      if (isKept(constraint, design)) expect(areKept(rows, design)).toBe(true);
      const moved = withNumbersOf(design, other);
      if (rows.length > 0 && areKept(rows, moved)) expect(constraints.excess(moved)).toBeLessThanOrEqual(keptWithin);
      // Where nothing is asked of the numbers, they cannot keep what all else breaks, nor break what it keeps.
      if (rows.length === 0) expect(isKept(constraint, moved)).toBe(isKept(constraint, design));
    });
  });

  test('it speaks of the parameters that it names, and of no other', () => {
    ask((constraint, design, other) => {
      const constraints = compiled(constraint);
      const { names } = constraints.each[0]!;
      const moved = { ...other, ...Object.fromEntries(names.map((name) => [name, design[name]!])) };
      expect(constraints.excess(moved)).toBe(constraints.excess(design));
    });
  });
}
