import { describe, expect, test } from 'vitest';
import type { When } from '../../../../models/domain/constraints/condition.js';
import { constraintFaults } from '../../../../models/domain/constraints/constraint.js';
import { exclude } from '../../../../models/domain/constraints/exclude.js';
import { areMet, constraintLaws, scope, whens } from '../../../laws/constraint.js';

describe('values that may not come together', () => {
  constraintLaws(
    whens('at').map((when) => ({ type: 'exclude' as const, when })),
    ({ when }, design) => !areMet(when, design),
  );
});

test('it is said in words, and asks for the nearest way out', () => {
  const when = { ligand: ['XPhos', 'SPhos'], T: { above: 1, below: 3 }, p: { above: 0 } };
  const compiled = exclude.compile({ type: 'exclude', when }, scope);
  expect(compiled.words).toBe('not ligand one of XPhos, SPhos with T above 1 and below 3 with p above 0');
  const design = { T: 1.5, p: 1.5, n: 0, q: 0, ligand: 'XPhos', blend: 'A:1', salt: 'K:1' };
  expect(compiled.rows(design)).toEqual([{ coefficients: { T: 1 }, min: -Infinity, max: 1 }]);
  expect(compiled.excess(design)).toBeCloseTo(0.125, 12);
  expect(compiled.rows({ ...design, T: 2.75 })).toEqual([{ coefficients: { T: 1 }, min: 3, max: Infinity }]);
  expect(compiled.rows({ ...design, p: 0.125 })).toEqual([{ coefficients: { p: 1 }, min: -Infinity, max: 0 }]);
  expect(compiled.rows({ ...design, ligand: 'none' })).toEqual([]);
});

test.each<[When, string]>([
  [{}, 'when: no condition (give at least one parameter)'],
  [
    { ligend: 'XPhos' },
    "when.ligend: no parameter 'ligend' in the space (did you mean ligand? one of T, p, n, q, ligand, blend, salt, blend.A, blend.B, blend.C, salt.Na, salt.K)",
  ],
  [
    { ligand: 'Xphos' },
    "when.ligand: 'Xphos' is no value of 'ligand' (did you mean XPhos or SPhos? one of XPhos, SPhos, none)",
  ],
  [{ ligand: { above: 1 } }, "when.ligand: 'above' or 'below' of categorical 'ligand' (give one value, or a list)"],
  [
    { T: 2 },
    "when.T: single values of 'T', which may be any number (any number of a range is 'above' and 'below' others: {above: 99, below: 101})",
  ],
  [{ T: {} }, "when.T: an empty range (give 'above', 'below' or both)"],
  [{ T: { above: 2, below: 2 } }, 'when.T: nothing lies above 2 and below 2 (turn them round)'],
  [{ n: [1, 7] }, "when.n: '7' is no value of 'n' (a whole number from 0 to 4)"],
  [{ blend: 'A:1' }, "when.blend: single compositions of 'blend', which may be any (ranges of amounts, as 'blend.A')"],
])('%j is refused', (when, fault) => {
  const faults = constraintFaults({ type: 'exclude', when }, scope);
  expect(faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`)).toEqual([fault]);
});
