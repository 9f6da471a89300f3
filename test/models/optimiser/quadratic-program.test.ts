import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HalfSpace, quadraticMinimum } from '../../../models/optimiser/quadratic-program.js';
import { Generator } from '../../../models/random/generator.js';

const row = (least: number, ...a: number[]): HalfSpace => ({ a: Float64Array.from(a), least });

/** A random problem that has a point: rows that hold at one of the box. */
function problem(seed: number, d: number, bounds: number, equalities: number) {
  const random = new Generator(seed, 'quadratic');
  const M = Float64Array.from({ length: d * d }, () => random.normal());
  const G = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) {
      for (let k = 0; k < d; k++) G[i * d + j] = G[i * d + j]! + M[i * d + k]! * M[j * d + k]!;
      if (i === j) G[i * d + j] = G[i * d + j]! + 0.1;
    }
  const g = Float64Array.from({ length: d }, () => 3 * random.normal());
  const inside = Float64Array.from({ length: d }, () => random.uniform());
  const through = (slack: number): HalfSpace => {
    const a = Float64Array.from({ length: d }, () => random.normal());
    const length = Math.hypot(...a);
    const unit = a.map((one) => one / length);
    return { a: unit, least: unit.reduce((sum, one, i) => sum + one * inside[i]!, 0) - slack };
  };
  return {
    G,
    g,
    equalities: Array.from({ length: equalities }, () => through(0)),
    bounds: Array.from({ length: bounds }, () => through(random.uniform() < 0.3 ? 0 : random.uniform())),
  };
}

const at = ({ a, least }: HalfSpace, x: Float64Array) => a.reduce((sum, one, i) => sum + one * x[i]!, -least);

describe('quadraticMinimum', () => {
  it('solves the problem of the paper', () => {
    // Goldfarb and Idnani 1983, section 5: x = (1/2, 3/2).
    const x = quadraticMinimum(
      Float64Array.of(4, -2, -2, 4),
      Float64Array.of(6, 0),
      [],
      [row(0, 1, 0), row(0, 0, 1), row(2, 1, 1)],
    )!;
    expect(x[0]).toBeCloseTo(0.5, 12);
    expect(x[1]).toBeCloseTo(1.5, 12);
  });

  it('solves the example of the R package quadprog', () => {
    // solve.QP: x = (0.4761905, 1.0476190, 2.0952381).
    const x = quadraticMinimum(
      Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
      Float64Array.of(0, -5, 0),
      [],
      [row(-8, -4, -3, 0), row(2, 2, 1, 0), row(0, 0, -2, 1)],
    )!;
    expect([...x].map((one) => Number(one.toFixed(7)))).toEqual([0.4761905, 1.047619, 2.0952381]);
  });

  it('finds a point from which no feasible direction leads down', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 2 }),
        (seed, d, count, held) => {
          const { G, g, equalities, bounds } = problem(seed, d, count, Math.min(held, d - 1));
          const x = quadraticMinimum(G, g, equalities, bounds)!;
          expect(x).not.toBeNull();
          for (const one of equalities) expect(Math.abs(at(one, x))).toBeLessThan(1e-9);
          for (const one of bounds) expect(at(one, x)).toBeGreaterThan(-1e-9);
          // Of the model at x, moves to nearby points that keep all rows gain nothing.
          const slope = g.map(
            (gi, i) => gi + G.subarray(i * d, (i + 1) * d).reduce((sum, one, j) => sum + one * x[j]!, 0),
          );
          const identity = Float64Array.from({ length: d * d }, (_, i) => (i % (d + 1) === 0 ? 1 : 0));
          const moved = (kept: HalfSpace) => ({ a: kept.a, least: -at(kept, x) });
          const step = quadraticMinimum(identity, slope, equalities.map(moved), bounds.map(moved))!;
          expect(Math.hypot(...step)).toBeLessThan(1e-6 * (1 + Math.hypot(...slope)));
        },
      ),
      { seed: 3, numRuns: 300 },
    );
  });

  it('says of rows that contradict each other that there is no point, and takes those that repeat each other', () => {
    const G = Float64Array.of(1, 0, 0, 1);
    const g = new Float64Array(2);
    expect(quadraticMinimum(G, g, [], [row(1, 1, 0), row(0, -1, 0)])).toBeNull();
    expect(quadraticMinimum(G, g, [row(1, 1, 0), row(2, 1, 0)], [])).toBeNull();
    expect(quadraticMinimum(G, g, [row(1, 0.6, 0.8)], [row(2, 0.6, 0.8)])).toBeNull();
    expect([...quadraticMinimum(G, g, [row(1, 1, 0), row(1, 1, 0)], [row(1, 1, 0), row(1, 1, 0)])!]).toEqual([1, 0]);
  });
});
