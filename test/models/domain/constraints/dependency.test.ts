import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Constraint, Constraints, constraintFaults } from '../../../../models/domain/constraints/constraint.js';
import type { ParameterValue } from '../../../../models/domain/design.js';
import { areMet, constraintLaws, scope, whens } from '../../../laws/constraint.js';

/** Each parameter with a value at which it may rest. */
const resting: fc.Arbitrary<[string, ParameterValue]> = fc.constantFrom<[string, ParameterValue]>(
  ['T', 0],
  ['T', 2],
  ['p', 0.5],
  ['n', 0],
  ['q', 2],
  ['ligand', 'none'],
  ['blend', 'A:1'],
  ['blend', 'A:0.5 C:0.5'],
  ['salt', 'K:1'],
);
const given = fc
  .tuple(resting, whens('between'))
  .map(([[parameter, otherwise], when]) => {
    const others = Object.entries(when).filter(([name]) => name.split('.')[0] !== parameter);
    return { type: 'dependency' as const, parameter, when: Object.fromEntries(others), otherwise };
  })
  .filter(({ when }) => Object.keys(when).length > 0);

describe('a parameter that does not always matter', () => {
  constraintLaws(
    given,
    ({ parameter, when, otherwise }, design) => areMet(when, design) || design[parameter] === otherwise,
  );
});

const dependencies: readonly Constraint[] = [
  { type: 'dependency', parameter: 'p', when: { n: { above: 2 } } },
  { type: 'dependency', parameter: 'n', when: { ligand: 'XPhos' }, otherwise: 1 },
];

test('what does not matter is settled, also where that decides what else matters', () => {
  const constraints = Constraints.of({ ...scope, constraints: dependencies });
  const design = { T: 1, p: 1, n: 4, q: 0, ligand: 'none', blend: 'A:1', salt: 'K:1' };
  expect(constraints.settled(design)).toEqual({ ...design, n: 1, p: -2 });
  const matters = { ...design, ligand: 'XPhos' };
  expect(constraints.settled(matters)).toBe(matters);
  expect(constraints.broken(design)).toEqual(['n 1 unless ligand XPhos']);
  expect(constraints.broken(constraints.settled(design))).toEqual([]);
  expect(constraints.each[0]!.words).toBe('p -2 unless n above 2');
});

test.each([
  [
    { parameter: 'P', when: { n: 1 } },
    "parameter: no parameter 'P' in the space (did you mean p? one of T, p, n, q, ligand, blend, salt)",
  ],
  [{ parameter: 'p', when: { p: { above: 0 } } }, "when.p: 'p' depends on itself (another parameter)"],
  [
    { parameter: 'blend', when: { 'blend.A': { above: 0 } } },
    "when.blend.A: 'blend' depends on itself (another parameter)",
  ],
  [{ parameter: 'p', when: {} }, 'when: no condition (give at least one parameter)'],
  [{ parameter: 'p', when: { n: 1 }, otherwise: 3 }, "otherwise: '3' is no value of 'p' (a number from -2 to 2)"],
  [
    { parameter: 'blend', when: { n: 1 }, otherwise: 'A:2' },
    "otherwise: 'A:2' is no value of 'blend' (amounts of A, B, C that add up to 1, such as 'A:0.5 B:0.5')",
  ],
])('%j is refused', (rest, fault) => {
  const faults = constraintFaults({ type: 'dependency', ...rest } as Constraint, scope);
  expect(faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`)).toEqual([fault]);
});
