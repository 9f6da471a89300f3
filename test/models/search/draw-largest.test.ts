import { describe, expect, it } from 'vitest';
import type { DrawnAcquisition } from '../../../models/acquisition/contract.js';
import { everBest } from '../../../models/acquisition/internal/ever-best.js';
import { thompson } from '../../../models/acquisition/thompson.js';
import { selectDesigns } from '../../../models/encode/encoded-designs.js';
import { type DrawnSurface, drawLargest } from '../../../models/search/draw-largest.js';
import { someDesigns } from '../../support/encoded.js';
import { levelCosts, someSituation } from '../../support/situation.js';

const { surrogate } = someSituation([]);
const pool = someDesigns(300, { numeric: 2 }, 12);
const means = surrogate.posterior(pool).mean[1]!;

/** Takes the posterior mean for a draw, so that what is chosen is known; keeps how many were drawn. */
function meanTaker(): { acquisition: DrawnAcquisition; sizes: number[] } {
  const sizes: number[] = [];
  const draw: DrawnAcquisition['draw'] = ({ mean }) => {
    sizes.push(mean.length);
    return mean.map((value) => -value);
  };
  return { acquisition: { kind: 'drawn', name: 'mean', description: '', lossPower: null, draw }, sizes };
}

const surface = (acquisition: DrawnAcquisition): DrawnSurface => ({ acquisition, surrogate, costs: levelCosts });

describe('the largest of drawn values', () => {
  it('is that of all candidates where they are few, and of those with a level that may be proposed', () => {
    const { acquisition, sizes } = meanTaker();
    const lowest = means.indexOf(Math.min(...means));
    const found = drawLargest(surface(acquisition), pool, () => [1], { most: 300, seed: 1 });
    expect(found).toEqual({ row: lowest, level: 1, value: -surrogate.joint(pool).mean[lowest]! });
    const others = drawLargest(surface(acquisition), pool, (row) => (row === lowest ? [] : [1]), {
      most: 300,
      seed: 1,
    });
    expect(others!.row).not.toBe(lowest);
    expect(sizes).toEqual([300, 299]);
    expect(drawLargest(surface(acquisition), pool, () => [], { most: 300, seed: 1 })).toBeNull();
  });

  it('is that of the likeliest half and of others at random where they are many', () => {
    const { acquisition, sizes } = meanTaker();
    const lowest = means.indexOf(Math.min(...means));
    expect(drawLargest(surface(acquisition), pool, () => [1], { most: 40, seed: 1 })!.row).toBe(lowest);
    expect(sizes).toEqual([40]);
  });

  it('asks the level that correlates most with the target for its cost', () => {
    const { variance, covariance } = surrogate.posterior(pool);
    const { row, level } = drawLargest(surface(thompson), pool, () => [0, 1], { most: 300, seed: 4 })!;
    const squared =
      covariance[0]![row]! ** 2 / (variance[1]![row]! * (variance[0]![row]! + surrogate.noise[0]!)) / levelCosts[0]!;
    expect(level).toBe(squared > 1 ? 0 : 1);
    expect(drawLargest(surface(thompson), pool, () => [1], { most: 300, seed: 4 })).toMatchObject({ row, level: 1 });
    const dear = { ...surface(thompson), costs: [1000, 1] };
    expect(drawLargest(dear, pool, () => [0, 1], { most: 300, seed: 4 })!.level).toBe(1);
    // That its own cost is low tells more than the cost of the level.
    const own = { ...dear, costsAt: (at: number) => (at === 0 ? Float64Array.of(1e-6) : null) };
    expect(drawLargest(own, pool, () => [0, 1], { most: 300, seed: 4 })!.level).toBe(0);
  });

  it('chooses candidates with their probability of being the best', () => {
    const few = selectDesigns(pool, everBest(surrogate.joint(pool), 1, 4));
    expect(few.n).toBe(4);
    const { mean, covariance } = surrogate.joint(few);
    const n = 2000;
    const times = [0, 0, 0, 0];
    const best = [0, 0, 0, 0];
    for (let seed = 0; seed < n; seed++) {
      times[drawLargest(surface(thompson), few, () => [1], { most: 10, seed })!.row]! += 1;
      const draw = thompson.draw({ mean, covariance }, seed + n);
      best[draw.indexOf(Math.max(...draw))]! += 1;
    }
    // Five standard errors of a difference of two shares.
    times.forEach((count, i) => {
      expect(Math.abs(count - best[i]!) / n).toBeLessThan(5 * Math.sqrt(0.5 / n));
    });
    expect(times.filter((count) => count > 0).length).toBeGreaterThan(1);
  });
});
