import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compositionOf } from '../../../../models/domain/parameters/any-composition.js';
import { composition, isListed } from '../../../../models/domain/parameters/composition.js';
import { parameterLaws } from './laws.js';

const blend = { name: 'blend', type: 'composition' as const, components: ['A', 'B', 'C'], total: 1 };
const names = fc.uniqueArray(fc.constantFrom('A', 'B2', 'Fe', 'Ni', 'water', 'PEG-400', 'x_1'), {
  minLength: 2,
  maxLength: 4,
});

describe('composition on a grid', () => {
  parameterLaws(
    fc
      .tuple(names, fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 100, 0.3, 7))
      .map(([components, steps, total]) => ({
        name: 'c',
        type: 'composition' as const,
        components,
        total,
        step: total / steps,
      })),
  );

  test('has every way to share the steps among the components', () => {
    expect(composition.values({ ...blend, step: 0.5 })).toEqual([
      'C:1',
      'B:0.5 C:0.5',
      'B:1',
      'A:0.5 C:0.5',
      'A:0.5 B:0.5',
      'A:1',
    ]);
    const tenths = composition.values({ ...blend, step: 0.1 })!;
    expect(tenths).toHaveLength(66);
    expect(tenths).toContain('A:0.3 B:0.6 C:0.1');
    expect(composition.values({ ...blend, total: 100, step: 5 })).toHaveLength(231);
  });

  test.each([
    [{ step: 0.3 }, 'step', 'does not divide'],
    [{ step: 2 }, 'step', 'does not divide'],
    [{ step: 0.001, components: ['A', 'B', 'C', 'D'] }, 'step', '1.68e+8|168000000'],
    [{ step: 0.1, values: ['A:1'] }, 'step', "both 'step' and 'values'"],
    [{ step: 0.1, components: ['A', 'B', 'A'] }, 'components', 'given twice: A'],
  ])('%j is a fault of %s', (changed, path, message) => {
    const faults = composition.faults({ ...blend, ...changed });
    expect(faults.map((fault) => fault.path)).toEqual([path]);
    expect(faults[0]!.message).toMatch(new RegExp(message));
  });
});

describe('composition of any amounts', () => {
  parameterLaws(
    fc
      .tuple(names, fc.constantFrom(1, 100, 0.3, 7))
      .map(([components, total]) => ({ name: 'c', type: 'composition' as const, components, total })),
  );

  test('is drawn evenly by its quantiles: means and variances of the simplex', () => {
    const fractions = Array.from({ length: 4000 }, (_, i) => {
      const feature = composition.feature(blend, composition.fromUnit(blend, (i * 0.6180339887498949) % 1));
      return feature.kind === 'mixture' ? feature.fractions : {};
    });
    for (const name of blend.components) {
      const own = fractions.map((one) => one[name]!);
      const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
      expect(Math.abs(mean - 1 / 3)).toBeLessThan(0.02);
      const variance = own.reduce((sum, one) => sum + (one - mean) ** 2, 0) / own.length;
      expect(Math.abs(variance - 1 / 18)).toBeLessThan(0.005);
    }
  });

  test.each([
    ['A:0.5 B:0.4', /add up to 1/],
    ['B:0.5 A:0.5', /written as 'A:0.5 B:0.5'/],
    ['A:0.5 D:0.5', /amounts of A, B, C/],
    [0.5, /amounts of A, B, C/],
  ])('%j is refused', (value, words) => {
    expect(composition.refuses(blend, value)).toMatch(words);
  });

  test('is written so that its amounts add up, in as many digits as are asked for', () => {
    expect(compositionOf(blend, [1 / 3, 1 / 3, 1 / 3], 7)).toBe('A:0.333334 B:0.333333 C:0.333333');
    expect(compositionOf({ ...blend, total: 100 }, [1 / 3, 0, 2 / 3], 7)).toBe('A:33.3333 C:66.6667');
    expect(compositionOf(blend, [1e-15, 0.25, 0.75])).toBe('B:0.25 C:0.75');
    // A total of more digits than the amounts.
    const odd = { ...blend, total: 33.3333333 };
    expect(compositionOf(odd, [0.25, 0.25, 0.5], 7)).toBe('A:8.33333 B:8.33333 C:16.6666733');
    expect(composition.refuses(odd, compositionOf(odd, [0.25, 0.25, 0.5], 7))).toBeNull();
  });

  test('that is measured and misses the total is told by its fractions, and that by rounding alone by its amounts', () => {
    const feature = (value: string) => composition.feature(blend, value);
    expect(feature('A:0.4 B:0.4 C:0.196')).toMatchObject({ fractions: { A: 0.4 / 0.996 } });
    expect(feature('A:0.3333333333 B:0.3333333333 C:0.3333333333')).toMatchObject({ fractions: { A: 0.3333333333 } });
    expect(composition.encodes(blend, 'A:0.4 B:0.4 C:0.196')).toBe(true);
    expect(composition.refuses(blend, 'A:0.4 B:0.4 C:0.196')).toMatch(/add up/);
  });
});

describe('composition from a list', () => {
  parameterLaws(
    fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 12 }).map((thousandths) => ({
      name: 'c',
      type: 'composition' as const,
      components: ['Fe', 'Ni'],
      total: 1,
      values: thousandths.map((n) => `Fe:${n / 1000} Ni:${(1000 - n) / 1000}`),
    })),
  );

  test.each([
    ['Fe:0.2 Ni:0.9', 'adds up to 1.1'],
    ['Ni:0.8 Fe:0.2', 'not in the usual form'],
    ['Fe:1 Ni:0', 'not in the usual form'],
    ['Fe:0.5 Co:0.5', 'no component Co'],
    ['Fe', 'no amount of Fe'],
    ['Fe:x Ni:1', "'x' is no amount of Fe"],
    ['Fe:-0.5 Ni:1.5', 'negative'],
    ['Fe:0.5 Fe:0.5', 'given twice'],
    [':1', 'names no component'],
    ['a:b:1', 'names no component'],
    ['Fe:0', 'nothing in it'],
    [' ', 'empty'],
  ])('%j is a fault', (value, message) => {
    const faults = composition.faults({ ...blend, components: ['Fe', 'Ni'], values: ['Fe:1', value] });
    expect(faults.map((fault) => fault.path)).toEqual(['values[1]']);
    expect(faults[0]!.message).toContain(message);
  });
});

describe('composition', () => {
  test('says how a value is to be written', () => {
    const grid = { ...blend, step: 0.5 };
    expect(composition.refuses(grid, 'A:0.5 B:0.5')).toBeNull();
    expect(composition.refuses(grid, 'B:.5 A:0.5 C:0')).toBe("written as 'A:0.5 B:0.5'");
    expect(composition.fromText(grid, ' B:.5  A:0.5 C:0')).toBe('A:0.5 B:0.5');
    expect(composition.refuses(grid, 'A:0.3 B:0.7')).toMatch(
      /^amounts of A, B, C in steps of 0.5 that add up to 1, such as/,
    );
    expect(composition.refuses({ ...blend, values: ['A:1'] }, 'B:1')).toBe("one of the 1 compositions of 'blend'");
    expect(composition.fromText(grid, 'D:1')).toBe('D:1');
  });

  test('has fractions of all components as its feature', () => {
    const percent = { ...blend, total: 100, step: 25 };
    expect(composition.feature(percent, 'A:25 C:75')).toEqual({
      kind: 'mixture',
      fractions: { A: 0.25, B: 0, C: 0.75 },
    });
  });

  test('of any amounts has no list', () => {
    expect(isListed(blend)).toBe(false);
    expect(composition.values(blend)).toBeNull();
  });

  test('is read by the schema with two components or more', () => {
    const given = { ...blend, total: 100 };
    expect(composition.schema.parse(given)).toEqual(given);
    for (const wrong of [
      { components: ['A'] },
      { total: 0 },
      { step: 0 },
      { components: ['A', 'B C'] },
      { components: ['A', 'B:'] },
    ])
      expect(composition.schema.safeParse({ ...given, ...wrong }).success).toBe(false);
  });

  test('comes from a column, with components in alphabetical order and amounts as they are given', () => {
    const column = {
      name: 'c',
      total: 100,
      cells: ['Ni:80 Fe:20', 'Fe:100', 'Fe:33.3 Ni:33.3 Co:33.3', 'Fe:20 Ni:80'],
    };
    expect(composition.fromColumn(column)).toEqual({
      parameter: {
        name: 'c',
        type: 'composition',
        components: ['Co', 'Fe', 'Ni'],
        total: 100,
        values: ['Fe:20 Ni:80', 'Fe:100', 'Co:33.3 Fe:33.3 Ni:33.3'],
      },
      values: ['Fe:20 Ni:80', 'Fe:100', 'Co:33.3 Fe:33.3 Ni:33.3', 'Fe:20 Ni:80'],
    });
  });

  test.each([
    [
      ['Fe:0.2 Ni:0.8', 'Fe', '', 'Fe:0.5 Ni:0.5'],
      "2 cells not a composition (row 2: 'Fe', no amount of Fe; row 3: '', empty)",
    ],
    [['Fe:20 Ni:80'], "1 cell not of total 1 (row 1: 'Fe:20 Ni:80', adds up to 100)"],
    [['Fe:1', 'Fe:1'], 'only one component, Fe'],
  ])('a column of %j is a fault', (cells, message) => {
    expect(composition.fromColumn({ name: 'c', cells })).toEqual([expect.objectContaining({ path: 'c', message })]);
  });
});
