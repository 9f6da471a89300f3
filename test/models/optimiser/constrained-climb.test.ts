import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimiseWithin } from '../../../models/optimiser/constrained-climb.js';
import { minimise, type Objective } from '../../../models/optimiser/lbfgs.js';
import { Polytope, type Row } from '../../../models/optimiser/polytope.js';
import { Generator } from '../../../models/random/generator.js';

const row = (min: number, max: number, ...a: number[]): Row => ({ a: Float64Array.from(a), min, max });
const Infinite = Number.POSITIVE_INFINITY;
const bounds = (d: number, low: number, high: number) =>
  [new Float64Array(d).fill(low), new Float64Array(d).fill(high)] as const;

const rosenbrock: Objective = (x, gradient) => {
  gradient[0] = -2 * (1 - x[0]!) - 400 * x[0]! * (x[1]! - x[0]! ** 2);
  gradient[1] = 200 * (x[1]! - x[0]! ** 2);
  return (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! ** 2) ** 2;
};

describe('minimiseWithin', () => {
  it('finds the optimum of Hock and Schittkowski 76', () => {
    // Hock and Schittkowski 1981, problem 76: −4.681818182 at (0.2727273, 2.090909, −0.26e-10, 0.5454545).
    const objective: Objective = ([a, b, c, d], gradient) => {
      gradient.set([2 * a! - c! - 1, b! - 3, -a! + 2 * c! + d! + 1, c! + d! - 1]);
      return a! * a! + 0.5 * b! * b! + c! * c! + 0.5 * d! * d! - a! * c! + c! * d! - a! - 3 * b! + c! - d!;
    };
    const rows = [row(-Infinite, 5, 1, 2, 1, 1), row(-Infinite, 4, 3, 1, 2, -1), row(1.5, Infinite, 0, 1, 4, 0)];
    const polytope = new Polytope(bounds(4, 0, 10), rows);
    const { x, value } = minimiseWithin(objective, new Float64Array(4).fill(0.5), polytope, {
      maxIterations: 100,
      valueTolerance: 1e-13,
    })!;
    expect(value).toBeCloseTo(-4.681818182, 7);
    [0.2727273, 2.090909, 0, 0.5454545].forEach((wanted, i) => void expect(x[i]).toBeCloseTo(wanted, 4));
    expect(polytope.holds(x)).toBe(true);
  });

  it('finds the optimum of Hock and Schittkowski 48, along equalities', () => {
    // Problem 48: 0 at (1, 1, 1, 1, 1).
    const objective: Objective = ([a, b, c, d, e], gradient) => {
      gradient.set([2 * (a! - 1), 2 * (b! - c!), -2 * (b! - c!), 2 * (d! - e!), -2 * (d! - e!)]);
      return (a! - 1) ** 2 + (b! - c!) ** 2 + (d! - e!) ** 2;
    };
    const polytope = new Polytope(bounds(5, -10, 10), [row(5, 5, 1, 1, 1, 1, 1), row(-3, -3, 0, 0, 1, -2, -2)]);
    const { x } = minimiseWithin(objective, Float64Array.of(3, 5, -3, 2, -2), polytope, {
      maxIterations: 200,
      valueTolerance: 1e-15,
    })!;
    for (const one of x) expect(one).toBeCloseTo(1, 5);
    expect(Math.abs(x.reduce((sum, one) => sum + one, -5))).toBeLessThan(1e-12);
  });

  it('follows the valley of Rosenbrock to a row that cuts it', () => {
    // On x + y = 0.5: the least of (1 − x)² + 100·(0.5 − x − x²)², by Newton from 0.36.
    const polytope = new Polytope(bounds(2, -2, 2), [row(-Infinite, 0.5, 1, 1)]);
    const { x } = minimiseWithin(rosenbrock, Float64Array.of(-1.2, 1), polytope, {
      maxIterations: 300,
      valueTolerance: 1e-14,
    })!;
    let t = 0.36;
    for (let i = 0; i < 30; i++) {
      const [r, dr] = [0.5 - t - t * t, -1 - 2 * t];
      t -= (-2 * (1 - t) + 200 * r * dr) / (2 + 200 * (dr * dr - 2 * r));
    }
    expect(x[0]).toBeCloseTo(t, 5);
    expect(x[0]! + x[1]!).toBeCloseTo(0.5, 10);
  });

  it('ends where the search within bounds alone ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 6 }), (seed, d) => {
        const random = new Generator(seed, 'bowl');
        const scale = Float64Array.from({ length: d }, () => 0.5 + 5 * random.uniform());
        const middle = Float64Array.from({ length: d }, () => 1.6 * random.uniform() - 0.3);
        const bowl: Objective = (x, gradient) => {
          let value = 0;
          for (let i = 0; i < d; i++) {
            const gap = x[i]! - middle[i]! + (i > 0 ? 0.2 * (x[i - 1]! - middle[i - 1]!) : 0);
            value += scale[i]! * gap * gap;
          }
          gradient.fill(0);
          for (let i = 0; i < d; i++) {
            const gap = x[i]! - middle[i]! + (i > 0 ? 0.2 * (x[i - 1]! - middle[i - 1]!) : 0);
            gradient[i] = gradient[i]! + 2 * scale[i]! * gap;
            if (i > 0) gradient[i - 1] = gradient[i - 1]! + 0.4 * scale[i]! * gap;
          }
          return value;
        };
        const start = Float64Array.from({ length: d }, () => random.uniform());
        const options = { maxIterations: 200, valueTolerance: 1e-13 };
        const own = minimiseWithin(bowl, start, new Polytope(bounds(d, 0, 1), []), options)!;
        expect(own.value).toBeCloseTo(minimise(bowl, start, bounds(d, 0, 1), options).value, 6);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('keeps what is not linear at every point that it asks about, and reaches its border', () => {
    // Least of x + y in the disc of radius 1 about 0: at (−√½, −√½). Only by how much a point is beyond it is told.
    const seen: number[] = [];
    const excess = (x: Float64Array) => Math.max(0, Math.hypot(x[0]!, x[1]!) - 1);
    const objective: Objective = (x, gradient) => {
      seen.push(excess(x));
      gradient.set([1, 1]);
      return x[0]! + x[1]!;
    };
    const disc = new Polytope(bounds(2, -3, 3), []);
    const { x } = minimiseWithin(objective, Float64Array.of(0.5, -0.2), disc, { maxIterations: 200, excess })!;
    expect(Math.max(...seen)).toBe(0);
    expect(x[0]! + x[1]!).toBeCloseTo(-Math.SQRT2, 3);
    expect(minimiseWithin(objective, Float64Array.of(2, 2), disc, { maxIterations: 9, excess })).toBeNull();
  });

  it('steps back from values that are not finite, and gives nothing of an empty polytope', () => {
    const objective: Objective = (x, gradient) => {
      gradient.set([-1, -1]);
      return x[0]! > 0.6 ? Number.POSITIVE_INFINITY : -x[0]! - x[1]!;
    };
    const polytope = new Polytope(bounds(2, 0, 1), [row(-Infinite, 1.2, 1, 1)]);
    const { x, value } = minimiseWithin(objective, Float64Array.of(0.1, 0.1), polytope, { maxIterations: 50 })!;
    expect(value).toBeCloseTo(-1.2, 6);
    expect(x[0]).toBeLessThanOrEqual(0.6);
    expect(
      minimiseWithin(objective, x, new Polytope(bounds(2, 0, 1), [row(3, 4, 1, 1)]), { maxIterations: 9 }),
    ).toBeNull();
  });
});
