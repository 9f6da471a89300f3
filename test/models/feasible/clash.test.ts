import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Constraint, Constraints } from '../../../models/domain/constraints/constraint.js';
import { keptWithin } from '../../../models/domain/constraints/contract.js';
import type { Design } from '../../../models/domain/design.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import type { Space } from '../../../models/domain/space.js';
import { clashOf } from '../../../models/feasible/clash.js';

const discrete: Space['parameters'] = [
  { name: 'n', type: 'integer', bounds: [0, 3] },
  { name: 'q', type: 'discrete', values: [0, 0.5, 2] },
  { name: 'ligand', type: 'categorical', levels: ['XPhos', 'SPhos', 'none'] },
  { name: 'salt', type: 'composition', components: ['Na', 'K'], total: 1, step: 0.5 },
];
const all: readonly Design[] = [0, 1, 2, 3].flatMap((n) =>
  [0, 0.5, 2].flatMap((q) =>
    ['XPhos', 'SPhos', 'none'].flatMap((ligand) =>
      ['Na:1', 'Na:0.5 K:0.5', 'K:1'].map((salt) => ({ n, q, ligand, salt })),
    ),
  ),
);

const wheres = fc
  .record(
    {
      n: fc.oneof(fc.constantFrom({ above: 0 }, { above: 0, below: 3 }), fc.subarray([0, 1, 2, 3], { minLength: 1 })),
      q: fc.oneof(fc.constant({ below: 1 }), fc.subarray([0, 0.5, 2], { minLength: 1 })),
      ligand: fc.subarray(['XPhos', 'SPhos', 'none'], { minLength: 1 }),
      'salt.K': fc.constantFrom({ above: 0.25 }, { below: 0.5 }),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .filter((when) => Object.keys(when).length > 0);
const harsh: fc.Arbitrary<Constraint> = fc.oneof(
  wheres.map((when) => ({ type: 'exclude' as const, when })),
  fc
    .tuple(wheres, fc.constantFrom('n', 'q', 'ligand', 'salt'))
    .map(([when, parameter]) => {
      const others = Object.entries(when).filter(([name]) => name.split('.')[0] !== parameter);
      return { type: 'dependency' as const, parameter, when: Object.fromEntries(others) };
    })
    .filter(({ when }) => Object.keys(when).length > 0),
  fc.record({
    type: fc.constant('linear' as const),
    terms: fc.dictionary(fc.constantFrom('n', 'q', 'salt.Na'), fc.constantFrom(-1, 1, 2), {
      minKeys: 1,
      noNullPrototype: true,
    }),
    equals: fc.constantFrom(0, 1, 2.5, 4),
  }),
  fc.constantFrom<Constraint>(
    { type: 'cardinality', of: ['n', 'q', 'salt.K'], max: 1 },
    { type: 'cardinality', of: ['n', 'q', 'salt.K'], min: 3, least: 0.5 },
    { type: 'formula', expression: 'n + q > weight(ligand) && salt != "Na:1"' },
    { type: 'formula', expression: 'n * q < 1 || ligand == "none"' },
  ),
);
const properties = { weight: { XPhos: 4, SPhos: 2.5, none: 0 } };

describe('too few designs', () => {
  test('are told where there are, counted exactly, with constraints of which none can be spared', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(harsh, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 4),
        async (constraints, wanted) => {
          const space = { parameters: discrete, pool: null, properties, constraints };
          const count = (places: readonly number[]) => {
            const some = Constraints.of({ ...space, constraints: places.map((place) => constraints[place]!) });
            return all.filter((design) => some.excess(design) <= keptWithin).length;
          };
          const kept = count([...constraints.keys()]);
          const clash = await clashOf(space, wanted);
          if (kept >= wanted) {
            expect(clash).toBeNull();
            return;
          }
          expect(clash).toMatchObject({ left: kept, certain: true });
          const enough = kept === 0 ? 1 : wanted;
          expect(count(clash!.constraints)).toBeLessThan(enough);
          for (const one of clash!.constraints)
            expect(count(clash!.constraints.filter((other) => other !== one))).toBeGreaterThanOrEqual(enough);
        },
      ),
      { seed: 3, numRuns: 120 },
    );
  });

  const free: readonly Parameter[] = [
    { name: 'T', type: 'continuous', bounds: [20, 120] },
    { name: 'p', type: 'continuous', bounds: [0, 1] },
    { name: 'solvent', type: 'categorical', levels: ['THF', 'DMF', 'water'] },
    { name: 'blend', type: 'composition', components: ['A', 'B', 'C', 'D'], total: 1 },
    { name: 'n', type: 'integer', bounds: [1, 1_000_000] },
  ];
  const told = (constraints: readonly Constraint[], wanted = 5) =>
    clashOf(
      { parameters: free, pool: null, constraints, properties: { bp: { THF: 66, DMF: 153, water: 100 } } },
      wanted,
    );

  test.each<[string, readonly Constraint[], Awaited<ReturnType<typeof told>>]>([
    ['an equality has many solutions', [{ type: 'linear', terms: { T: 1, p: 20 }, equals: 60 }], null],
    ['amounts may be any that add up', [{ type: 'linear', terms: { 'blend.A': 1, 'blend.B': -2 }, equals: 0 }], null],
    ['two of four present', [{ type: 'cardinality', of: 'blend', max: 2, least: 0.3 }], null],
    [
      'one of four present, each at most half',
      [
        { type: 'cardinality', of: 'blend', max: 1 },
        ...['A', 'B', 'C', 'D'].map(
          (one): Constraint => ({ type: 'linear', terms: { [`blend.${one}`]: 1 }, max: 0.5 }),
        ),
      ],
      { constraints: [0, 1, 2, 3, 4], left: 0, certain: true },
    ],
    [
      'below all boiling points, and hotter',
      [
        { type: 'linear', terms: { p: 1 }, min: 0.2 },
        { type: 'formula', expression: 'T < bp(solvent) - 10' },
        { type: 'exclude', when: { solvent: ['DMF'] } },
        { type: 'linear', terms: { T: 1 }, min: 95 },
      ],
      { constraints: [1, 2, 3], left: 0, certain: true },
    ],
    [
      'single points of two ranges, in every solvent but water',
      [
        { type: 'linear', terms: { T: 1 }, equals: 60 },
        { type: 'linear', terms: { p: 1 }, min: 0.3, max: 0.3004 },
        { type: 'linear', terms: { n: 1 }, max: 1 },
        { type: 'formula', expression: 'solvent != "water"' },
        { type: 'linear', terms: { 'blend.A': 1 }, min: 1 },
      ],
      { constraints: [0, 1, 2, 4], left: 2, certain: true },
    ],
    ['a curve through the space', [{ type: 'formula', expression: '(T - 60)^2 + (100 * p - 50)^2 < 4' }], null],
    ['nearly all, of what no row says', [{ type: 'formula', expression: 'T * p < 1000' }], null],
    ['a curve itself', [{ type: 'formula', expression: '(T - 60)^2 + (100 * p - 50)^2 == 100' }], null],
    [
      'what no number does',
      [{ type: 'formula', expression: 'T ^ 2 < 100' }],
      { constraints: [0], left: 0, certain: true },
    ],
    [
      'in one solvent what no number does, and not the others',
      [
        { type: 'exclude', when: { solvent: ['DMF', 'water'] } },
        { type: 'formula', expression: 'T * p > (solvent == "THF" ? 130 : 10)' },
      ],
      { constraints: [0, 1], left: 0, certain: true },
    ],
    [
      'a formula of too much for intervals',
      [{ type: 'formula', expression: 'T ^ 2 - T * T + blend.A * (1 - blend.A) > 0.3' }],
      { constraints: [0], left: 0, certain: false },
    ],
    [
      'what no solution does, beside what is not linear',
      [
        { type: 'formula', expression: 'T * p < 40' },
        { type: 'linear', terms: { T: 1 }, min: 130 },
      ],
      { constraints: [1], left: 0, certain: true },
    ],
  ])('%s', async (_, constraints, clash) => {
    expect(await told(constraints)).toEqual(clash);
  });

  test('of a pool are counted', async () => {
    const pool = { ids: all.map((_, i) => `${i}`), designs: all };
    const constraints: Constraint[] = [
      { type: 'linear', terms: { n: 1 }, min: 3 },
      { type: 'linear', terms: { q: 1 }, min: 1 },
      { type: 'exclude', when: { ligand: ['XPhos', 'SPhos'] } },
    ];
    expect(await clashOf({ parameters: discrete, pool, constraints }, 3)).toBeNull();
    expect(await clashOf({ parameters: discrete, pool, constraints }, 4)).toEqual({
      constraints: [0, 1, 2],
      left: 3,
      certain: true,
    });
  });
});
