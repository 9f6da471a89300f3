import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemFamily, problemNamed, problemNames } from '../../../models/problems/problems.js';
import { golden } from '../../support/golden.js';

interface GoldenCase {
  readonly problem: string;
  readonly bounds: readonly [number, number][];
  readonly X: readonly number[][];
  readonly values: readonly number[];
  readonly optimum: number;
}

/** Our form of a golden name such as `levy4`: name and number of design inputs. */
function ours({ problem, bounds }: GoldenCase) {
  const name = problemNames.find((known) => known === problem) ?? problem.replace(/\d+$/, '');
  const family = problemFamily(name);
  if (family === null) return null;
  return problemNamed(name, bounds.length - family.of(family.dims.usual).fidelityInputs);
}

describe('golden values of BoTorch', () => {
  const known = golden('problems').cases as unknown as GoldenCase[];

  test('hold all single-objective problems that we have', () => {
    expect(known.map((entry) => entry.problem).sort()).toEqual([
      'ackley4',
      'augmentedBranin',
      'augmentedHartmann6',
      'augmentedRosenbrock4',
      'branin',
      'griewank4',
      'hartmann3',
      'hartmann6',
      'levy4',
      'rastrigin4',
      'rosenbrock4',
      'styblinskiTang3',
    ]);
  });

  // The file's own tolerance, relative 1e-10; no value of it is zero.
  test.each(known.map((entry) => [entry.problem, entry] as const))('%s', (_, entry) => {
    const problem = ours(entry)!;
    const d = problem.bounds.length;
    expect(problem.bounds.map((pair) => [...pair])).toEqual(entry.bounds.slice(0, d));
    entry.X.forEach((x, i) => {
      const value = problem.evaluate(x.slice(0, d), x.slice(d));
      expect(Math.abs(value - entry.values[i]!)).toBeLessThanOrEqual(1e-10 * Math.abs(entry.values[i]!));
    });
    expect(problem.minimum).toBeCloseTo(entry.optimum, 4);
  });
});

describe('published minima', () => {
  test.each(problemNames)('%s: the minimisers give the minimum', (name) => {
    const problem = problemNamed(name);
    const fidelity = Array.from({ length: problem.fidelityInputs }, () => 1);
    for (const x of problem.minimisers) {
      const value = problem.evaluate(x, fidelity);
      // Hartmann's minimisers are printed with six digits; curvature 50 makes that 1e-10 at most in the value.
      expect(Math.abs(value - problem.minimum)).toBeLessThan(2e-10 * Math.max(1, Math.abs(problem.minimum)));
      expect(value).toBeGreaterThanOrEqual(problem.minimum - 1e-14 * Math.max(1, Math.abs(problem.minimum)));
    }
  });

  test.each(problemNames)('%s: nothing in the bounds is lower', (name) => {
    const problem = problemNamed(name);
    const inside = fc.tuple(...problem.bounds.map(([min, max]) => fc.double({ min, max, noNaN: true })));
    const fidelity = Array.from({ length: problem.fidelityInputs }, () => 1);
    fc.assert(
      fc.property(inside, (x) => problem.evaluate(x, fidelity) >= problem.minimum - 1e-9),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('augmented problems', () => {
  test.each([
    ['augmentedBranin', 'branin'],
    ['augmentedHartmann6', 'hartmann6'],
    ['augmentedRosenbrock', 'rosenbrock'],
  ])('%s at full fidelity is %s, and differs below', (augmented, plain) => {
    const rich = problemNamed(augmented);
    const poor = problemNamed(plain);
    const inside = fc.tuple(...poor.bounds.map(([min, max]) => fc.double({ min, max, noNaN: true })));
    const at = (fidelity: number) => Array.from({ length: rich.fidelityInputs }, () => fidelity);
    fc.assert(
      fc.property(inside, (x) => {
        const exact = poor.evaluate(x, []);
        expect(Math.abs(rich.evaluate(x, at(1)) - exact)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(exact)));
      }),
      { seed: 2, numRuns: 100 },
    );
    const centre = poor.bounds.map(([low, high]) => 0.3 * low + 0.7 * high);
    expect(rich.evaluate(centre, at(0))).not.toBe(rich.evaluate(centre, at(1)));
  });
});

describe('problemNamed', () => {
  test('says what there is', () => {
    expect(() => problemNamed('brannin')).toThrow(/no test problem 'brannin'; there are branin,/);
    expect(() => problemNamed('branin', 3)).toThrow('branin has 2 inputs, not 3');
    expect(() => problemNamed('levy', 0)).toThrow('levy has 1 to 100 inputs, not 0');
    expect(problemNamed('ackley', 7).bounds).toHaveLength(7);
  });
});
