import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cardinality } from '../../../../models/domain/constraints/cardinality.js';
import { type Constraint, constraintFaults } from '../../../../models/domain/constraints/constraint.js';
import { constraintLaws, numberAt, scope } from '../../../laws/constraint.js';

const counted = fc.oneof(
  fc.constantFrom('blend', 'salt'),
  fc.subarray(['T', 'n', 'q', 'blend.A', 'blend.B', 'salt.K'], { minLength: 2 }),
);
const componentsOf: Readonly<Record<string, readonly string[]>> = {
  blend: ['blend.A', 'blend.B', 'blend.C'],
  salt: ['salt.Na', 'salt.K'],
};
const namesOf = (of: string | readonly string[]) => (typeof of === 'string' ? componentsOf[of]! : of);
const given = fc
  .tuple(counted, fc.nat(), fc.nat(), fc.constantFrom(undefined, 0.25, 0.5, 1))
  .map(([of, a, b, least]) => {
    const count = namesOf(of).length;
    const [x, y] = [a % (count + 1), b % (count + 1)];
    const counts = least === undefined ? { max: x } : { min: Math.min(x, y), max: Math.max(x, y), least };
    return { type: 'cardinality' as const, of, ...counts };
  });

describe('how many are present', () => {
  constraintLaws(given, ({ of, min = 0, max = 99, least = 0 }, design) => {
    const present = namesOf(of)
      .map((name) => numberAt(design, name))
      .filter((value) => value !== 0);
    return present.length >= min && present.length <= max && present.every((value) => value >= least);
  });
});

test.each([
  [{ of: 'blend', max: 2 }, 'at most 2 of the 3 of blend present'],
  [
    { of: 'blend', min: 1, max: 2, least: 0.1 },
    'at least 1 and at most 2 of the 3 of blend present, each with at least 0.1',
  ],
  [{ of: ['T', 'n'], min: 1, max: 1, least: 1 }, '1 of the 2 of T, n present, each with at least 1'],
  [{ of: 'blend', least: 0.05 }, 'each of blend 0 or present, each with at least 0.05'],
])('%j is said as %s', (rest, words) => {
  expect(cardinality.compile({ type: 'cardinality', ...rest }, scope).words).toBe(words);
});

test('rows keep what is largest, and give up the rest', () => {
  const compiled = cardinality.compile({ type: 'cardinality', of: 'blend', max: 2, least: 0.1 }, scope);
  const design = { T: 1, p: 1, n: 4, q: 0, ligand: 'none', blend: 'A:0.3 B:0.2 C:0.5', salt: 'K:1' };
  expect(compiled.rows(design)).toEqual([
    { coefficients: { 'blend.B': 1 }, min: 0, max: 0 },
    { coefficients: { 'blend.C': 1 }, min: 0.1, max: Infinity },
    { coefficients: { 'blend.A': 1 }, min: 0.1, max: Infinity },
  ]);
  expect(compiled.excess(design)).toBe(0.2);
  expect(compiled.presence).toEqual({ of: ['blend.A', 'blend.B', 'blend.C'], min: 0, max: 2, least: 0.1 });
});

test.each([
  [{ of: 'blend' }, ": nothing is asked (give 'max', 'min' or 'least')"],
  [
    { of: 'blond', max: 1 },
    "of: no composition 'blond' in the space (did you mean blend? one of blend, salt, or a list of numeric parameters and amounts)",
  ],
  [{ of: 'T', max: 1 }, "of: 'T' is continuous (one of blend, salt, or a list of numeric parameters and amounts)"],
  [
    { of: ['T', 'ligand'], max: 1 },
    "of[1]: 'ligand' is categorical, no number (one of T, p, n, q, blend.A, blend.B, blend.C, salt.Na, salt.K)",
  ],
  [{ of: ['T', 'T'], max: 1 }, 'of: given twice: T (list every name once)'],
  [{ of: ['T', 'p'], max: 1 }, "of: the lowest value of 'p' is -2 (numbers from 0 on)"],
  [{ of: 'blend', max: 4 }, 'max: 4 of 3 (at most 3)'],
  [{ of: 'blend', min: 2, max: 1, least: 0.1 }, ": 'min' 2 above 'max' 1 (turn them round)"],
  [
    { of: 'blend', min: 2 },
    "least: missing: with 'min', any trace would count as present (give the smallest amount that counts)",
  ],
  [{ of: ['T', 'blend.A'], max: 1, least: 2 }, "least: 2 is more than 'blend.A' can be (at most 1)"],
])('%j is refused', (rest, fault) => {
  const faults = constraintFaults({ type: 'cardinality', ...rest } as Constraint, scope);
  expect(faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`)).toEqual([fault]);
});
