import { describe, expect, it } from 'vitest';
import { hypervolume } from '../../../models/pareto/hypervolume.js';
import { nonDominated } from '../../../models/pareto/non-dominated.js';
import { Generator } from '../../../models/random/generator.js';
import { relativeError } from '../../support/golden.js';
import { sharedGolden } from '../../support/shared-golden.js';

interface Case {
  readonly Y: number[][];
  readonly reference: number[];
  readonly nonDominated: boolean[];
  readonly hypervolume: number;
}

const negated = (rows: readonly (readonly number[])[]) => ({
  losses: Float64Array.from(rows.flat(), (value) => -value),
  m: rows[0]!.length,
});

describe('hypervolume', () => {
  const reference = sharedGolden('hypervolume');
  it.skipIf(reference === null)('and fronts are those of BoTorch 0.18.1', () => {
    const cases = reference!.cases as unknown as Case[];
    expect(cases.length).toBeGreaterThan(0);
    for (const c of cases) {
      const points = negated(c.Y);
      const mask = c.nonDominated.flatMap((kept, place) => (kept ? [place] : []));
      expect(nonDominated(points)).toEqual(mask);
      const found = hypervolume(
        points,
        c.reference.map((value) => -value),
      );
      expect(relativeError(found, c.hypervolume)).toBeLessThan(1e-10);
    }
  });

  it('of one point is its box, and of points beyond the reference nothing', () => {
    expect(hypervolume({ losses: Float64Array.of(1, 2, 3), m: 3 }, [2, 4, 6])).toBe(6);
    expect(hypervolume({ losses: Float64Array.of(1, 5, 3), m: 3 }, [2, 4, 6])).toBe(0);
    expect(hypervolume({ losses: new Float64Array(), m: 4 }, [1, 1, 1, 1])).toBe(0);
    expect(hypervolume({ losses: Float64Array.of(3, 1, 2), m: 1 }, [2.5])).toBe(1.5);
  });

  it.each([2, 3, 4, 5])('of %i objectives is the share of uniform points that a front beats', (m) => {
    const random = new Generator(m, 'points');
    const points = { losses: Float64Array.from({ length: 12 * m }, () => random.uniform()), m };
    const n = 20_000;
    let beaten = 0;
    for (let i = 0; i < n; i++) {
      const u = Array.from({ length: m }, () => random.uniform());
      for (let j = 0; j < 12; j++)
        if (u.every((value, k) => points.losses[j * m + k]! <= value)) {
          beaten++;
          break;
        }
    }
    const share = hypervolume(points, new Float64Array(m).fill(1));
    expect(Math.abs(beaten / n - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n));
  });

  it('does not change with the order of points, nor with doubled ones', () => {
    for (const m of [2, 3, 4]) {
      const random = new Generator(m, 'order');
      const rows = Array.from({ length: 15 }, () => Array.from({ length: m }, () => Math.round(10 * random.uniform())));
      const at = (some: number[][]) =>
        hypervolume({ losses: Float64Array.from(some.flat()), m }, new Float64Array(m).fill(11));
      expect(at([...rows].reverse())).toBeCloseTo(at(rows), 9);
      expect(at([...rows, ...rows])).toBeCloseTo(at(rows), 9);
    }
  });
});
