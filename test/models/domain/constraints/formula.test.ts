import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Constraint, Constraints, constraintFaults } from '../../../../models/domain/constraints/constraint.js';
import type { Design } from '../../../../models/domain/design.js';
import { constraintLaws, numberAt, scope } from '../../../laws/constraint.js';

/** An expression, and its meaning by another way than the one that is tested: a function of the design. */
interface Said<T> {
  readonly text: string;
  readonly of: (design: Design) => T;
}

const weight: Readonly<Record<string, number>> = scope.properties!.weight!;
const meanOf = (name: string) => (design: Design) =>
  Object.entries(scope.properties!.polarity!).reduce(
    (sum, [one, own]) => sum + own * numberAt(design, `${name}.${one}`),
    0,
  );
const numbers = fc.letrec<{ number: Said<number> }>((tie) => {
  const two = (sign: string, of: (a: number, b: number) => number) =>
    fc.tuple(tie('number'), tie('number')).map(([a, b]) => ({
      text: `(${a.text} ${sign} ${b.text})`,
      of: (design: Design) => of(a.of(design), b.of(design)),
    }));
  return {
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('T', 'p', 'n', 'q', 'blend.A', 'salt.K').map((name) => ({
        text: name,
        of: (design: Design) => numberAt(design, name),
      })),
      fc.constantFrom(0.5, 1, 2, 3).map((value) => ({ text: `${value}`, of: () => value })),
      fc.constant({ text: 'weight(ligand)', of: ({ ligand }: Design) => weight[ligand as string]! }),
      fc.constantFrom('blend', 'salt').map((name) => ({ text: `polarity(${name})`, of: meanOf(name) })),
      two('+', (a, b) => a + b),
      two('-', (a, b) => a - b),
      two('*', (a, b) => a * b),
      tie('number').map((a) => ({ text: `-${a.text}`, of: (design: Design) => -a.of(design) })),
      tie('number').map((a) => ({ text: `abs(${a.text})`, of: (design: Design) => Math.abs(a.of(design)) })),
      tie('number').map((a) => ({ text: `${a.text} / 2`, of: (design: Design) => a.of(design) / 2 })),
    ),
  };
}).number;

/** Borders lie between the values of designs, where it does not matter which side they belong to. */
const between = 0.011;
const truths = fc.letrec<{ truth: Said<boolean> }>((tie) => {
  const compared = (sign: string, of: (a: number, b: number) => boolean) =>
    fc.tuple(numbers, numbers).map(([a, b]) => ({
      text: `${a.text} ${sign} ${b.text} + ${between}`,
      of: (design: Design) => of(a.of(design), b.of(design) + between),
    }));
  const two = (sign: string, of: (a: boolean, b: boolean) => boolean) =>
    fc.tuple(tie('truth'), tie('truth')).map(([a, b]) => ({
      text: `(${a.text} ${sign} ${b.text})`,
      of: (design: Design) => of(a.of(design), b.of(design)),
    }));
  return {
    truth: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      compared('<', (a, b) => a < b),
      compared('>=', (a, b) => a >= b),
      fc.constant({ text: "ligand == 'XPhos'", of: ({ ligand }: Design) => ligand === 'XPhos' }),
      fc.constant({ text: "'none' != ligand", of: ({ ligand }: Design) => ligand !== 'none' }),
      two('&&', (a, b) => a && b),
      two('||', (a, b) => a || b),
      tie('truth').map((a) => ({ text: `!(${a.text})`, of: (design: Design) => !a.of(design) })),
      fc.tuple(tie('truth'), tie('truth'), tie('truth')).map(([a, b, c]) => ({
        text: `(${a.text} ? ${b.text} : ${c.text})`,
        of: (design: Design) => (a.of(design) ? b.of(design) : c.of(design)),
      })),
    ),
  };
}).truth;

const meanings = new Map<string, Said<boolean>>();
const given = truths.map((said) => {
  const expression = `${said.text} && T >= 0`;
  meanings.set(expression, said);
  return { type: 'formula' as const, expression };
});

describe('a formula', () => {
  constraintLaws(given, ({ expression }, design) => meanings.get(expression)!.of(design));
});

const design = { T: 1, p: 1, n: 4, q: 0.5, ligand: 'XPhos', blend: 'A:0.5 B:0.5', salt: 'K:1' };
const rowsOf = (expression: string, at: Partial<Design> = {}) =>
  Constraints.of({ ...scope, constraints: [{ type: 'formula', expression }] }).rows({ ...design, ...at } as Design);

test.each<[string, ReturnType<typeof rowsOf>]>([
  ['T < weight(ligand) - 1.5', [{ coefficients: { T: 1 }, min: -Infinity, max: 2.5 }]],
  ['2 * T >= n * p - blend.A / 2', [{ coefficients: { T: 2, p: -4, 'blend.A': 0.5 }, min: 0, max: Infinity }]],
  ['T + p == 2', [{ coefficients: { T: 1, p: 1 }, min: 2, max: 2 }]],
  ["ligand == 'XPhos' ? T > 3 : p > 1", [{ coefficients: { T: 1 }, min: 3, max: Infinity }]],
  ["ligand != 'XPhos' || T > 3", [{ coefficients: { T: 1 }, min: 3, max: Infinity }]],
  ["ligand == 'XPhos' || T > 3", []],
  ['T > 3 || p > 1.5', [{ coefficients: { p: 1 }, min: 1.5, max: Infinity }]],
  ['!(T > 3 && p > 1.5)', [{ coefficients: { T: 1 }, min: -Infinity, max: 3 }]],
  ['polarity(blend) <= 2', [{ coefficients: { 'blend.A': 1, 'blend.B': 4, 'blend.C': 2.5 }, min: -Infinity, max: 2 }]],
  ['polarity(salt) < T', [{ coefficients: { T: -1 }, min: -Infinity, max: -2 }]],
  ['T - T < 1', []],
  ['n > 5 && T > 3', []],
  ['T * p < 1', null],
  ['T ^ 2 < 1', null],
  ['max(T, p) < 1', null],
])('%s asks of the free numbers what can be said', (expression, rows) => {
  expect(rowsOf(expression)).toEqual(rows);
});

test('a formula that has no value is broken, whichever way it is asked', () => {
  for (const expression of ['log(p) < 1', '!(log(p) < 1)', 'n / (T - T) > 1']) {
    const constraints = Constraints.of({ ...scope, constraints: [{ type: 'formula', expression }] });
    expect(constraints.excess({ ...design, p: -1 })).toBe(1);
  }
});

test.each([
  ['T <', 'expression: character 4: ends too early (a number, a name or a bracket follows)'],
  [
    'Temp < 3',
    "expression: character 1: no name 'Temp' (one of ligand, blend, salt, T, p, n, q, blend.A, blend.B, blend.C, salt.Na, salt.K)",
  ],
  [
    'T < wieght(ligand)',
    "expression: character 5: no function or property 'wieght' (did you mean weight? one of weight, polarity, min, max, abs, exp, log, log10, sqrt)",
  ],
  ['T < weight', "expression: character 5: 'weight' without brackets (call it: weight(...))"],
  ['T < weight(n)', "expression: character 12: 'n' is a number (a text is wanted by the property 'weight')"],
  [
    'T < weight(salt)',
    "expression: character 5: no 'weight' of Na, K (give every component of 'salt' a number under 'properties')",
  ],
  ['T < ligand', "expression: character 5: 'ligand' is a text (a number is wanted after '<')"],
  ['T + 1', "expression: character 3: what '+' gives is a number (a comparison is wanted here)"],
  ['T < 3 < p', "expression: character 7: a second comparison, '<' (join them with '&&': a < b && b < c)"],
  ['T = 3', "expression: character 3: '=' means nothing here ('==' asks whether two are equal)"],
  [
    "ligand == 'Xphos'",
    "expression: character 11: 'Xphos' is no value of 'ligand' (did you mean XPhos or SPhos? one of XPhos, SPhos, none)",
  ],
  [
    "blend == 'A:1'",
    "expression: character 10: a single composition of 'blend', which may be any (compare its amounts, as blend.A)",
  ],
  ['T < blend', "expression: character 5: 'blend' is a text (a number is wanted after '<')"],
  ['T != 3', "expression: character 3: '!=' of 'T', which may be any number (a range, by < and >)"],
  ['2 > 1', 'expression: character 1: speaks of no parameter (a comparison that depends on the design)'],
  ['T < min(n)', "expression: character 5: 'min' of 1 value (give it 2 to 16)"],
])('%s is refused', (expression, fault) => {
  const faults = constraintFaults({ type: 'formula', expression } as Constraint, scope);
  expect(faults.map(({ path, message, remedy }) => `${path}: ${message} (${remedy})`)).toEqual([fault]);
});

test('that a number is not one value asks nothing of it in rows, and is kept by all others', () => {
  const constraints = Constraints.of({
    parameters: [
      { name: 'T', type: 'continuous', bounds: [0, 100] },
      { name: 'solvent', type: 'categorical', levels: ['THF', 'DMF'] },
    ],
    constraints: [{ type: 'formula', expression: "!(T == 50 && solvent == 'DMF')" }],
  });
  expect(constraints.rows({ T: 20, solvent: 'DMF' })).toEqual([]);
  expect([20, 50].map((T) => constraints.excess({ T, solvent: 'DMF' }))).toEqual([0, 1]);
});
