import { describe, expect, it } from 'vitest';
import { Polytope, type Row } from '../../../models/optimiser/polytope.js';

const box = (d: number) => [new Float64Array(d), new Float64Array(d).fill(1)] as const;
const row = (min: number, max: number, ...a: number[]): Row => ({ a: Float64Array.from(a), min, max });
const Infinite = Number.POSITIVE_INFINITY;

describe('a polytope', () => {
  it('gives the nearest of its points', () => {
    const simplex = new Polytope(box(3), [row(1, 1, 1, 1, 1)]);
    const near = simplex.nearest(Float64Array.of(1, 1, -0.5))!;
    expect(near[0]).toBeCloseTo(0.5, 12);
    expect(near[1]).toBeCloseTo(0.5, 12);
    expect(near[2]).toBe(0);
    // One that is there already stays to the last bit.
    const half = new Polytope(box(2), [row(-Infinite, 1, 1, 1)]);
    expect([...half.nearest(Float64Array.of(0.1, 0.2))!]).toEqual([0.1, 0.2]);
    expect([...half.nearest(Float64Array.of(0.9, 0.9))!].map((one) => Number(one.toFixed(12)))).toEqual([0.5, 0.5]);
  });

  it('keeps rows of one variable to the bit, as bounds', () => {
    const cut = new Polytope(box(2), [row(0.2, 0.4, 2, 0), row(0.3, 0.3, 0, 1)]);
    expect(cut.isBox).toBe(true);
    expect([...cut.lower]).toEqual([0.1, 0.3]);
    expect([...cut.nearest(Float64Array.of(1, 1))!]).toEqual([0.2, 0.3]);
  });

  it('tells that it is empty', () => {
    for (const rows of [
      [row(3, Infinite, 1, 1)],
      [row(2, 3, 1, 0)],
      [row(0.5, 0.5, 1, 1), row(0.6, 0.6, 1, 1)],
      [row(1, 2, 0, 0)],
    ]) {
      const none = new Polytope(box(2), rows);
      expect(none.nearest(Float64Array.of(0.5, 0.5))).toBeNull();
      for (const block of none.blocks) expect(block.inner()).toBeNull();
    }
  });

  it.each([
    ['a cut box', [row(-Infinite, 0.3, 1, 1, 0)], (x: Float64Array) => [x[0]!, x[1]!, x[2]!, 0.3 - x[0]! - x[1]!]],
    ['a simplex', [row(1, 1, 1, 1, 1)], (x: Float64Array) => [...x]],
    ['a sliver', [row(0.5, 0.5 + 1e-6, 1, 1, 1)], (x: Float64Array) => [...x].map((one) => one * 1e6)],
    ['a segment', [row(1, 1, 1, 1, 1), row(0.2, 0.2, 1, 0, 0)], (x: Float64Array) => [x[1]!, x[2]!]],
  ])('has an inner point of %s', (_, rows, slacks) => {
    const polytope = new Polytope(box(3), rows);
    const inner = polytope.nearest(new Float64Array(3).fill(0.5))!;
    for (const block of polytope.blocks) {
      const own = block.inner()!;
      block.places.forEach((at, i) => {
        inner[at] = own[i]!;
      });
    }
    expect(polytope.holds(inner)).toBe(true);
    for (const slack of slacks(inner)) expect(slack).toBeGreaterThan(0.01);
  });

  it('falls apart into what rows hold together', () => {
    const polytope = new Polytope(box(6), [
      row(-Infinite, 1, 1, 0, 1, 0, 0, 0),
      row(0.5, 0.5, 0, 1, 0, 0, 1, 0),
      row(0.3, 0.3, 0, 0, 0, 0, 0, 1),
      row(-Infinite, 0.8, 0, 1, 0, 0, 0, 1),
    ]);
    expect(polytope.blocks.map(({ places }) => places)).toEqual([
      [0, 2],
      [1, 4],
    ]);
    // With the last one fixed at 0.3, x1 is at most 0.5.
    expect(polytope.upper[1]).toBeCloseTo(0.5, 12);
    expect(
      [...polytope.nearest(Float64Array.of(0.9, 0.9, 0.9, 0.7, 0.1, 0))!].map((x) => Number(x.toFixed(9))),
    ).toEqual([0.5, 0.5, 0.5, 0.7, 0, 0.3]);
  });
});
