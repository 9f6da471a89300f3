import { describe, expect, it } from 'vitest';
import { hypervolume } from '../../../../models/pareto/hypervolume.js';
import { braninCurrin } from '../../../../models/problems/several/branin-currin.js';
import type { SeveralProblem } from '../../../../models/problems/several/contract.js';
import { dtlz2 } from '../../../../models/problems/several/dtlz2.js';
import { vehicleSafety } from '../../../../models/problems/several/vehicle-safety.js';
import { relativeError } from '../../../support/golden.js';
import { sharedGolden } from '../../../support/shared-golden.js';

const problems: Readonly<Record<string, SeveralProblem>> = {
  braninCurrin,
  dtlz2_6_2: dtlz2(6),
  vehicleSafety,
};

describe('problems of several objectives', () => {
  const reference = sharedGolden('problems');
  it.skipIf(reference === null)('have the values, reference points and hypervolumes of BoTorch 0.18.1', () => {
    for (const [name, problem] of Object.entries(problems)) {
      const c = reference!.cases.find((one) => one.problem === name) as {
        X: number[][];
        values: number[][];
        referencePoint: number[];
        maxHypervolume: number;
        bounds: number[][];
      };
      expect(problem.bounds).toEqual(c.bounds);
      expect(problem.reference).toEqual(c.referencePoint);
      expect(relativeError(problem.hypervolume, c.maxHypervolume)).toBeLessThan(1e-12);
      c.X.forEach((x, i) => {
        problem.evaluate(x).forEach((value, k) => {
          expect(relativeError(value, c.values[i]![k]!)).toBeLessThan(1e-10);
        });
      });
    }
  });

  it('have published values: Branin at its minimum, Currin at a corner, the circle of DTLZ2', () => {
    const [branin, currin] = braninCurrin.evaluate([(Math.PI + 5) / 15, 2.275 / 15]);
    expect(branin).toBeCloseTo(0.397887, 6);
    expect(currin).toBeGreaterThan(0);
    expect(braninCurrin.evaluate([0, 0])[1]).toBe(3);
    const front = Array.from({ length: 400 }, (_, i) => dtlz2(6).evaluate([i / 399, 0.5, 0.5, 0.5, 0.5, 0.5]));
    const found = hypervolume({ losses: Float64Array.from(front.flat()), m: 2 }, [1.1, 1.1]);
    expect(dtlz2(6).hypervolume - found).toBeGreaterThan(0);
    expect(dtlz2(6).hypervolume - found).toBeLessThan(0.003);
    expect(vehicleSafety.evaluate([1, 1, 1, 1, 1])[0]).toBeCloseTo(1661.7078, 4);
  });
});
