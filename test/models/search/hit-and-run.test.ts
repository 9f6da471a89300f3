import { describe, expect, it } from 'vitest';
import { Polytope, type Row } from '../../../models/optimiser/polytope.js';
import { Generator } from '../../../models/random/generator.js';
import { HitAndRun } from '../../../models/search/hit-and-run.js';

const row = (min: number, max: number, ...a: number[]): Row => ({ a: Float64Array.from(a), min, max });

function walk(d: number, rows: readonly Row[], seed: number) {
  const polytope = new Polytope([new Float64Array(d), new Float64Array(d).fill(1)], rows);
  const [block] = polytope.blocks;
  return { polytope, block: block!, walk: new HitAndRun(block!, block!.inner()!, new Generator(seed, 'walk')) };
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

describe('a walk through a polytope', () => {
  it('is uniform on a simplex: means, variances and shares beyond one half', () => {
    const { polytope, walk: steps } = walk(4, [row(1, 1, 1, 1, 1, 1)], 7);
    const points = Array.from({ length: 4000 }, () => steps.next());
    expect(points.every((point) => polytope.holds(point))).toBe(true);
    expect(Math.max(...points.map((x) => Math.abs(x.reduce((sum, one) => sum + one, -1))))).toBeLessThan(1e-10);
    for (let i = 0; i < 4; i++) {
      const own = points.map((x) => x[i]!);
      // Dirichlet(1, 1, 1, 1): mean 1/4, variance 3/80, P(x > 1/2) = 1/8; three standard errors of independent points are 0.01.
      expect(mean(own)).toBeCloseTo(0.25, 1.5);
      expect(Math.abs(mean(own) - 0.25)).toBeLessThan(0.015);
      expect(Math.abs(mean(own.map((one) => (one - 0.25) ** 2)) - 3 / 80)).toBeLessThan(0.004);
      expect(Math.abs(mean(own.map((one) => (one > 0.5 ? 1 : 0))) - 1 / 8)).toBeLessThan(0.03);
    }
  });

  it('is uniform in a box cut across: the triangle below x + y = 0.1', () => {
    const { walk: steps } = walk(2, [row(-1, 0.1, 1, 1)], 3);
    const points = Array.from({ length: 3000 }, () => steps.next());
    expect(Math.abs(mean(points.map((x) => x[0]!)) - 0.1 / 3)).toBeLessThan(0.002);
    // A quarter of the triangle lies below x + y = 0.05.
    expect(Math.abs(mean(points.map((x) => (x[0]! + x[1]! < 0.05 ? 1 : 0))) - 0.25)).toBeLessThan(0.03);
  });

  it('stays on a segment, and at a point', () => {
    const { walk: segment, block } = walk(3, [row(1, 1, 1, 1, 1), row(0.2, 0.2, 1, 0, 0)], 1);
    expect(block.places).toEqual([1, 2]);
    expect(segment.dimension).toBe(1);
    const own = Array.from({ length: 500 }, () => segment.next());
    expect(Math.abs(mean(own.map((x) => x[0]!)) - 0.4)).toBeLessThan(0.04);
    expect(own.every((x) => Math.abs(x[0]! + x[1]! - 0.8) < 1e-12)).toBe(true);
    const { walk: point } = walk(2, [row(1, 1, 1, 1), row(0.5, 0.5, 1, -1)], 1);
    expect(point.dimension).toBe(0);
    expect([...point.next()].map((one) => Number(one.toFixed(12)))).toEqual([0.75, 0.25]);
    // x + y ≥ 2 in the unit square is its corner, though no row is an equality.
    const { walk: corner } = walk(2, [row(2, 9, 1, 1)], 1);
    expect(corner.dimension).toBe(0);
  });

  it('is the same by the same seed', () => {
    const points = (seed: number) => {
      const { walk: steps } = walk(3, [row(-1, 0.5, 1, 1, 1)], seed);
      return Array.from({ length: 5 }, () => [...steps.next()]);
    };
    expect(points(4)).toEqual(points(4));
    expect(points(4)).not.toEqual(points(5));
  });
});
