import { describe, expect, it } from 'vitest';
import type { Space } from '../../../models/domain/space.js';
import { Generator } from '../../../models/random/generator.js';
import { fractionOf, fractionSigns } from '../../../models/start/fraction.js';
import { plackettBurmanSigns } from '../../../models/start/plackett-burman.js';
import { isStart, type StartRequest, startOf } from '../../../models/start/start.js';

const letters = (set: number) => ['A', 'B', 'C', 'D', 'E', 'F'].filter((_, i) => (set >> i) & 1).join('');

describe('fractions of two-level factorials', () => {
  // Box, Hunter & Hunter, Statistics for Experimenters, table 12.15; words by length from 3 on: Fries & Hunter 1980, Chen, Sun & Wu 1993.
  it.each([
    [3, 2, 3, [1]],
    [4, 3, 4, [0, 1]],
    [5, 4, 5, [0, 0, 1]],
    [5, 3, 3, [2, 1]],
    [6, 5, 6, [0, 0, 0, 1]],
    [6, 4, 4, [0, 3]],
    [6, 3, 3, [4, 3]],
    [7, 5, 4, [0, 1, 2]],
    [7, 4, 4, [0, 7]],
    [7, 3, 3, [7, 7, 0, 0, 1]],
    [8, 6, 5, [0, 0, 2, 1]],
    [8, 5, 4, [0, 3, 4]],
    [8, 4, 4, [0, 14, 0, 0, 0, 1]],
    [9, 5, 4, [0, 6, 8, 0, 0, 1]],
    [9, 4, 3, [4, 14]],
    [10, 5, 4, [0, 10, 16]],
    [11, 5, 4, [0, 25]],
    [15, 4, 3, [35, 105]],
    [16, 5, 4, [0, 140]],
  ])('of %i factors in 2^%i runs have resolution %i and few short words', (k, base, resolution, words) => {
    const found = fractionOf(k, base)!;
    expect(found.resolution).toBe(resolution);
    expect(found.lengths.slice(3, 3 + words.length)).toEqual(words);
    const signs = fractionSigns(found);
    expect(new Set(signs.map((row) => row.join())).size).toBe(2 ** base);
    for (let a = 0; a < k; a++)
      for (let b = 0; b <= a; b++)
        expect(signs.reduce((sum, row) => sum + row[a]! * row[b]!, 0)).toBe(a === b ? 2 ** base : 0);
  });

  it('have the generators of the tables where these are the only ones', () => {
    expect(fractionOf(3, 2)!.generators.map(letters)).toEqual(['AB']);
    expect(fractionOf(4, 3)!.generators.map(letters)).toEqual(['ABC']);
    expect(fractionOf(5, 4)!.generators.map(letters)).toEqual(['ABCD']);
    expect(fractionOf(7, 3)!.generators.map(letters)).toEqual(['ABC', 'AB', 'AC', 'BC']);
    expect(fractionOf(8, 4)!.generators.map(letters)).toEqual(['ABC', 'ABD', 'ACD', 'BCD']);
    expect(fractionOf(16, 4)).toBeNull();
  });
});

it('designs of Plackett and Burman are orthogonal', () => {
  for (let k = 3; k <= 23; k++) {
    const signs = plackettBurmanSigns(k);
    expect(signs.length).toBe(4 * Math.ceil((k + 1) / 4));
    for (let a = 0; a < k; a++)
      for (let b = 0; b <= a; b++)
        expect(signs.reduce((sum, row) => sum + row[a]! * row[b]!, 0)).toBe(a === b ? signs.length : 0);
  }
  // The first row of Plackett & Burman 1946 for twelve runs.
  expect(plackettBurmanSigns(11)[0]).toEqual([1, 1, -1, 1, 1, 1, -1, -1, -1, 1, -1]);
});

const space: Space = {
  pool: null,
  parameters: [
    { name: 't', type: 'continuous', bounds: [20, 80] },
    { name: 'n', type: 'integer', bounds: [1, 5] },
    { name: 'c', type: 'discrete', values: [0.5, 0.1, 2] },
    { name: 'solvent', type: 'categorical', levels: ['DMF', 'THF'] },
  ],
};
function start(plan: StartRequest['plan'], trials: number | null = null, given: Space = space) {
  return startOf(given, { plan, trials, usual: 10, given: [], seed: 1 });
}
function told(plan: StartRequest['plan'], trials: number | null = null, given: Space = space): string {
  const found = start(plan, trials, given);
  return isStart(found) ? found.words : found.map(({ message, remedy }) => `${message} (${remedy})`).join('; ');
}

describe('a factorial start', () => {
  it('has all combinations once, a fraction where they are too many, and the middle if that is asked for', () => {
    expect(told({ type: 'factorial' })).toBe('full factorial of 4 factors in 16 runs');
    expect(told({ type: 'factorial' }, 8)).toBe('2^(4-1) fraction of resolution IV in 8 runs, solvent = t·n·c');
    expect(told({ type: 'factorial', resolution: 3 })).toBe(
      '2^(4-1) fraction of resolution IV in 8 runs, solvent = t·n·c',
    );
    expect(told({ type: 'factorial', levels: 3, centre: true })).toBe('full factorial of 4 factors in 54 runs');
    expect(told({ type: 'plackett-burman', centre: true })).toBe(
      'Plackett-Burman design of 4 factors in 8 runs and 2 centre points',
    );
    const found = start({ type: 'factorial', centre: true });
    if (!isStart(found)) throw new Error('none');
    expect(found.designs).toHaveLength(18);
    expect(new Set(found.designs.map((design) => JSON.stringify(design))).size).toBe(18);
    expect(found.designs.filter(({ t }) => t === 50)).toEqual(
      expect.arrayContaining([
        { t: 50, n: 3, c: 0.5, solvent: 'DMF' },
        { t: 50, n: 3, c: 0.5, solvent: 'THF' },
      ]),
    );
    expect(found.designs.filter(({ t, n, c }) => t === 20 && n === 5 && c === 0.1)).toHaveLength(2);
    // The same object for the same request, in another order by another seed.
    expect(start({ type: 'factorial', centre: true })).toBe(found);
  });

  it('is refused where the space has none, with what is allowed', () => {
    const blend = {
      ...space,
      parameters: [...space.parameters, { name: 'mix', type: 'composition', components: ['A', 'B'], total: 1 }],
    } as Space;
    expect(told({ type: 'factorial' }, null, blend)).toMatch(
      /'mix' is a mixture, which has no levels \(sobol, latin-hypercube or d-optimal/,
    );
    expect(told({ type: 'factorial', levels: 3 }, 20)).toMatch(
      /the full factorial has 54 runs, and 20 are the most; 't' has 3 values \(trials: 54/,
    );
    const narrow = { ...space, parameters: [{ name: 'n', type: 'integer', bounds: [1, 2] }] } as Space;
    expect(told({ type: 'factorial', levels: 3 }, null, narrow)).toMatch(/'n' has no value between 1 and 2/);
    const bound: Space = { ...space, constraints: [{ type: 'linear', terms: { t: 1, n: 2 }, max: 85 }] };
    expect(told({ type: 'factorial' }, null, bound)).toMatch(/the run at t 80, n 5, .* is against 't \+ 2·n ≤ 85'/);
    expect(told({ type: 'latin-hypercube' }, null, bound)).toMatch(/which constraints do not leave/);
    const three = { ...space, parameters: [{ name: 'base', type: 'categorical', levels: ['a', 'b', 'c'] }] } as Space;
    expect(told({ type: 'plackett-burman' }, null, three)).toMatch(/'base' has 3 values/);
    expect(told({ type: 'factorial', resolution: 6 }, 8)).toMatch(
      /no fraction of 4 factors in 8 runs has resolution VI or more/,
    );
  });
});

describe('centre points, one for each combination of names', () => {
  const named = (count: number, levels: number): Space => ({
    pool: null,
    parameters: [
      { name: 't', type: 'continuous', bounds: [20, 80] },
      ...Array.from({ length: count }, (_, i) => ({
        name: `n${i}`,
        type: 'categorical' as const,
        levels: Array.from({ length: levels }, (_, level) => `l${level}`),
      })),
    ],
  });

  it('are counted before they are made', () => {
    expect(told({ type: 'factorial', centre: true }, null, named(8, 10))).toMatch(
      /^100000000 centre points, one for each combination of names, and 128 are the most \(no centre, or sobol/,
    );
    expect(told({ type: 'factorial', centre: true }, 30, named(5, 2))).toMatch(/^32 centre points, .* 29 are the most/);
    expect(told({ type: 'factorial', centre: true }, 600, named(2, 14))).toBe(
      'full factorial of 3 factors in 392 runs and 196 centre points',
    );
    expect(told({ type: 'plackett-burman', centre: true }, null, named(20, 2))).toMatch(
      /^1048576 centre points, .* and 128 are the most/,
    );
    expect(told({ type: 'plackett-burman', centre: true }, null, named(3, 2))).toBe(
      'Plackett-Burman design of 4 factors in 8 runs and 8 centre points',
    );
  });
});

it('a Latin hypercube has each part of each range once, and names equally often', () => {
  const found = start({ type: 'latin-hypercube' }, 12);
  if (!isStart(found)) throw new Error('none');
  const parts = found.designs.map(({ t }) => Math.floor(((Number(t) - 20) / 60) * 12));
  expect(parts.sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
  expect(found.designs.filter(({ solvent }) => solvent === 'DMF')).toHaveLength(6);
});

it('a Latin hypercube of a single run is the first that was drawn, and one of thousands is measured a few times', () => {
  const first = start({ type: 'latin-hypercube' }, 1);
  if (!isStart(first)) throw new Error('none');
  const random = new Generator(1, 'latin-hypercube');
  random.permutation(1);
  expect(first.designs[0]!.t).toBeCloseTo(20 + 60 * random.uniform(), 2);
  const numbers = { ...space, parameters: space.parameters.slice(0, 1) };
  const many = start({ type: 'latin-hypercube' }, 6000, numbers);
  if (!isStart(many)) throw new Error('none');
  expect(new Set(many.designs.map(({ t }) => Math.floor(((Number(t) - 20) / 60) * 6000))).size).toBeGreaterThan(5900);
});
