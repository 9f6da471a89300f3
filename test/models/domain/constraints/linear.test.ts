import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constraintFaults } from '../../../../models/domain/constraints/constraint.js';
import { linear } from '../../../../models/domain/constraints/linear.js';
import { constraintLaws, numberAt, scope } from '../../../laws/constraint.js';

const factors = fc.constantFrom(-2, -1, -0.5, 0.5, 1, 2, 10);
const terms = fc.dictionary(fc.constantFrom('T', 'p', 'n', 'q', 'blend.A', 'blend.C', 'salt.K'), factors, {
  minKeys: 1,
  maxKeys: 4,
  noNullPrototype: true,
});
const bound = fc.integer({ min: -12, max: 24 }).map((i) => i / 4);
const bounds: fc.Arbitrary<{ min?: number; max?: number; equals?: number }> = fc.oneof(
  fc.record({ min: bound }),
  fc.record({ max: bound }),
  fc.record({ equals: bound }),
  fc.tuple(bound, bound).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
);
const given = fc.tuple(terms, bounds).map(([terms, bounds]) => ({ type: 'linear' as const, terms, ...bounds }));

describe('a weighted sum within bounds', () => {
  constraintLaws(given, ({ terms, min = -Infinity, max = Infinity, equals }, design) => {
    const sum = Object.entries(terms).reduce((total, [name, factor]) => total + factor * numberAt(design, name), 0);
    return equals === undefined ? sum >= min && sum <= max : sum === equals;
  });
});

test.each([
  [{ terms: { T: 1, n: 10 }, max: 20 }, 'T + 10·n ≤ 20'],
  [{ terms: { T: -1, 'blend.A': -2.5 }, min: -3 }, '-T - 2.5·blend.A ≥ -3'],
  [{ terms: { 'blend.A': 1, 'blend.B': 1 }, equals: 0.5 }, 'blend.A + blend.B = 0.5'],
  [{ terms: { p: 1 }, min: -1, max: 1 }, '-1 ≤ p ≤ 1'],
])('%j is said as %s', (rest, words) => {
  expect(linear.compile({ type: 'linear', ...rest }, scope).words).toBe(words);
});

test('rows ask of free numbers what the others leave', () => {
  const compiled = linear.compile({ type: 'linear', terms: { T: 2, n: 3, 'blend.B': 1, 'salt.K': 4 }, max: 20 }, scope);
  const design = { T: 1, p: 0, n: 2, q: 0, ligand: 'none', blend: 'A:1', salt: 'Na:0.75 K:0.25' };
  expect(compiled.rows(design)).toEqual([{ coefficients: { T: 2, 'blend.B': 1 }, min: -Infinity, max: 13 }]);
  expect(compiled.names).toEqual(['T', 'n', 'blend', 'salt']);
});

test.each([
  [{ terms: {}, max: 1 }, 'terms: nothing is added up (give at least one name and its factor)'],
  [
    { terms: { Tt: 1 }, max: 1 },
    "terms.Tt: no number 'Tt' in the space (one of T, p, n, q, blend.A, blend.B, blend.C, salt.Na, salt.K)",
  ],
  [
    { terms: { 'blend.a': 1 }, max: 1 },
    "terms.blend.a: no number 'blend.a' in the space (did you mean blend.A or blend.B or blend.C? one of T, p, n, q, blend.A, blend.B, blend.C, salt.Na, salt.K)",
  ],
  [
    { terms: { ligand: 1 }, max: 1 },
    "terms.ligand: 'ligand' is categorical, no number (one of T, p, n, q, blend.A, blend.B, blend.C, salt.Na, salt.K)",
  ],
  [
    { terms: { blend: 1 }, max: 1 },
    "terms.blend: 'blend' is composition, no number (did you mean blend.A or blend.B or blend.C? one of T, p, n, q, blend.A, blend.B, blend.C, salt.Na, salt.K)",
  ],
  [{ terms: { T: 0 }, max: 1 }, 'terms.T: multiplied by 0 (another factor, or leave it out)'],
  [{ terms: { T: 1 } }, ": nothing is asked of the sum (give 'min', 'max' or 'equals')"],
  [{ terms: { T: 1 }, min: 2, max: 1 }, ": 'min' 2 above 'max' 1 (turn them round)"],
  [{ terms: { T: 1 }, max: 1, equals: 1 }, "equals: 'equals' beside 'min' or 'max' (give one of them)"],
])('%j is refused', (rest, fault) => {
  const faults = constraintFaults({ type: 'linear', ...rest } as never, scope);
  expect(faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`)).toEqual([fault]);
});
