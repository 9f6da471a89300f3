import { describe, expect, it } from 'vitest';
import { logEiPerCost } from '../../../models/acquisition/log-ei-per-cost.js';
import { logPi } from '../../../models/acquisition/log-pi.js';
import { ucb } from '../../../models/acquisition/ucb.js';
import { variance } from '../../../models/acquisition/variance.js';
import { selectDesigns } from '../../../models/encode/encoded-designs.js';
import {
  type AcquisitionSurface,
  acquisitionAt,
  acquisitionValues,
} from '../../../models/search/acquisition-surface.js';
import { Ensemble } from '../../../models/surrogate/ensemble.js';
import { surrogateChoice } from '../../../models/surrogate/surrogates.js';
import { someDesigns } from '../../support/encoded.js';

const designs = someDesigns(20, { numeric: 3 }, 4);
const losses = Float64Array.from({ length: 20 }, (_, i) => {
  const [x, y, z] = designs.numeric.subarray(3 * i, 3 * i + 3);
  return Math.exp(2 * x!) + Math.sin(6 * y!) + z!;
});
const training = { designs, levels: new Int32Array(20), losses, levelCount: 1, finite: false };
const ensemble = await Ensemble.fit(surrogateChoice('ensemble').members, training, {
  seed: 1,
  previous: [],
  optimise: true,
});
const incumbent = Math.min(...losses);

function surfaceOf(type: typeof logEiPerCost, weights: readonly number[]): AcquisitionSurface {
  const parts = ensemble.members.map(({ surrogate }, m) => ({
    acquisition: { surrogate, anchors: null, anchored: 'target' as const, evaluate: type.evaluate },
    incumbent: surrogate.scale.toLatent(incumbent),
    scale: surrogate.scale,
    weight: weights[m]!,
  }));
  return { parts, lossPower: type.lossPower, costs: [1], levels: [0] };
}

describe.each([logEiPerCost, logPi, variance, ucb])('$name over an ensemble', (type) => {
  const candidates = someDesigns(40, { numeric: 3 }, 9);

  it('lies between the values of its members, in losses', () => {
    const both = acquisitionValues(surfaceOf(type, [0.3, 0.7]), candidates)[0]!;
    const almost = [
      [1 - 1e-15, 1e-15],
      [1e-15, 1 - 1e-15],
    ].map((weights) => acquisitionValues(surfaceOf(type, weights), candidates)[0]!);
    both.forEach((value, i) => {
      const ends = almost.map((values) => values[i]!);
      expect(value).toBeGreaterThanOrEqual(Math.min(...ends) - 1e-6);
      expect(value).toBeLessThanOrEqual(Math.max(...ends) + 1e-6);
    });
  });

  it('has gradients that agree with central differences', () => {
    const surface = surfaceOf(type, [0.4, 0.6]);
    for (const row of [0, 7, 23]) {
      const point = selectDesigns(candidates, [row]);
      const gradient = new Float64Array(3);
      const value = acquisitionAt(surface, point, 0, gradient);
      expect(value).toBeCloseTo(acquisitionValues(surface, point)[0]![0]!, 8);
      for (let j = 0; j < 3; j++) {
        const moved = (by: number) => {
          const copy = selectDesigns(point, [0]);
          copy.numeric[j] = copy.numeric[j]! + by;
          return acquisitionAt(surface, copy, 0, new Float64Array(3));
        };
        const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        expect(Math.abs(gradient[j]! - difference)).toBeLessThan(1e-5 * Math.max(1, Math.abs(difference)));
      }
    }
  });
});

describe('improvement over an ensemble', () => {
  it('adds up expected improvements in losses', () => {
    const point = someDesigns(1, { numeric: 3 }, 12);
    const weights = [0.25, 0.75];
    const expected = ensemble.members.reduce((sum, { surrogate }, m) => {
      const alone = { ...surfaceOf(logEiPerCost, [1, 1]) };
      const { value } = { value: acquisitionValues({ ...alone, parts: [alone.parts[m]!] }, point)[0]![0]! };
      return sum + (weights[m]! * Math.exp(value)) / surrogate.scale.slope(incumbent);
    }, 0);
    expect(acquisitionValues(surfaceOf(logEiPerCost, weights), point)[0]![0]!).toBeCloseTo(Math.log(expected), 9);
  });
});
