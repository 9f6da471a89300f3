import { describe, expect, it } from 'vitest';
import { fitFeasibility } from '../../../models/surrogate/feasibility.js';
import { someDesigns } from '../../support/encoded.js';

const designs = someDesigns(40, { numeric: 2 }, 5);
const x = (row: number) => designs.numeric[2 * row]!;
const failed = Array.from({ length: designs.n }, (_, row) => x(row) > 0.7);

/** One design at a point. */
function at(...point: number[]) {
  const one = someDesigns(1, { numeric: 2 }, 1);
  one.numeric.set(point);
  return one;
}

describe('feasibility', () => {
  const learned = fitFeasibility(designs, failed, 3);
  const probability = (...point: number[]) => Math.exp(learned.log(at(...point))[0]!);

  it('is high where designs gave values, low where they failed, and a half between', () => {
    expect(probability(0.3, 0.5)).toBeGreaterThan(0.9);
    expect(probability(0.9, 0.5)).toBeLessThan(0.1);
    const across = Array.from({ length: 11 }, (_, i) => probability(i / 10, 0.5));
    for (const [i, p] of across.entries()) {
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
      if (i > 0) expect(p).toBeLessThan(across[i - 1]! + 0.05);
    }
  });

  it('has the gradient of its own values', () => {
    for (const point of [
      [0.3, 0.5],
      [0.66, 0.2],
      [0.8, 0.9],
    ]) {
      const { value, gradient } = learned.local(at(...point));
      expect(value).toBeCloseTo(learned.log(at(...point))[0]!, 12);
      for (const [j, slope] of gradient.entries()) {
        const step = (by: number) => learned.log(at(...point.map((one, k) => (k === j ? one + by : one))))[0]!;
        expect(slope).toBeCloseTo((step(1e-5) - step(-1e-5)) / 2e-5, 4);
      }
    }
  });

  it('is a pure function of its rows, and holds with one failure among many', () => {
    expect(fitFeasibility(designs, failed, 3).log(designs)).toEqual(learned.log(designs));
    const single = fitFeasibility(
      designs,
      failed.map((_, row) => row === 7),
      3,
    );
    const logs = [...single.log(designs)];
    expect(Math.min(...logs)).toBe(logs[7]);
    expect(logs.every((log) => Number.isFinite(log) && log <= 0)).toBe(true);
  });
});
