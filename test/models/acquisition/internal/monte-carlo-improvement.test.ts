import { describe, expect, it } from 'vitest';
import {
  type JointImprovement,
  qLogEi,
  qLogNei,
} from '../../../../models/acquisition/internal/monte-carlo-improvement.js';
import type { JointGradient, JointNormal } from '../../../../models/acquisition/joint-draws.js';
import { Generator } from '../../../../models/random/generator.js';
import { independentNormalDraws, normalDraws } from '../../../../models/random/normal-draws.js';
import { logImprovement } from '../../../../models/stats/normal.js';
import { positiveDefinite } from '../../../support/matrices.js';

function someJoint(m: number, seed: number, draws = 128): JointNormal {
  const random = new Generator(seed, 'means');
  const mean = Float64Array.from({ length: m }, () => random.normal());
  return { mean, covariance: positiveDefinite(m, seed), base: normalDraws(draws, m, seed) };
}

/** Compares a gradient with central differences of the value over mean and (both halves of) covariance. */
function expectGradient(value: (joint: JointNormal) => number, joint: JointNormal, found: JointGradient): void {
  const m = joint.mean.length;
  const step = 1e-6;
  const close = (ours: number, up: number, down: number) => {
    const difference = (up - down) / (2 * step);
    expect(Math.abs(ours - difference)).toBeLessThan(2e-4 * Math.max(1, Math.abs(difference)));
  };
  for (let i = 0; i < m; i++) {
    const moved = (by: number) => value({ ...joint, mean: joint.mean.with(i, joint.mean[i]! + by) });
    close(found.byMean[i]!, moved(step), moved(-step));
    for (let j = 0; j <= i; j++) {
      const bent = (by: number) => {
        const covariance = Float64Array.from(joint.covariance);
        covariance[i * m + j] = covariance[i * m + j]! + by;
        if (i !== j) covariance[j * m + i] = covariance[j * m + i]! + by;
        return value({ ...joint, covariance });
      };
      const both = i === j ? found.byCovariance[i * m + i]! : 2 * found.byCovariance[i * m + j]!;
      close(both, bent(step), bent(-step));
    }
  }
}

describe('qLogEI', () => {
  it('is log EI for one point, to what 2,048 draws leave', () => {
    const joint = { mean: Float64Array.of(0.5), covariance: Float64Array.of(0.49), base: normalDraws(2048, 1, 3) };
    const exact = Math.log(0.7) + logImprovement((0.2 - 0.5) / 0.7);
    expect(qLogEi(joint, 0.2).value).toBeCloseTo(exact, 2);
  });

  it('is the log of the mean gain of the best point, within five standard errors of Monte Carlo', () => {
    const joint = someJoint(3, 4, 4096);
    const factorOf = someJoint(3, 4, 4096).covariance;
    // Lower Cholesky factor of 3 × 3, written out.
    const a = Math.sqrt(factorOf[0]!);
    const [b, d] = [factorOf[3]! / a, factorOf[6]! / a];
    const c = Math.sqrt(factorOf[4]! - b * b);
    const e = (factorOf[7]! - d * b) / c;
    const f = Math.sqrt(factorOf[8]! - d * d - e * e);
    const random = new Generator(9);
    const n = 100_000;
    let [sum, squares] = [0, 0];
    for (let i = 0; i < n; i++) {
      const [x, y, z] = [random.normal(), random.normal(), random.normal()];
      const { mean } = joint;
      const lowest = Math.min(mean[0]! + a * x, mean[1]! + b * x + c * y, mean[2]! + d * x + e * y + f * z);
      const gain = Math.max(0, -0.3 - lowest);
      sum += gain;
      squares += gain * gain;
    }
    const mean = sum / n;
    const error = Math.sqrt((squares / n - mean * mean) / n);
    // The smooth maximum lies up to τ·log 3 = 0.011 above the maximum.
    const found = Math.exp(qLogEi(joint, -0.3).value);
    expect(found).toBeGreaterThan(mean - 5 * error);
    expect(found).toBeLessThan((mean + 5 * error) * 1.012);
  });

  it('has gradients by mean and covariance, whether improvement is likely or all but impossible', () => {
    const joint = someJoint(4, 5);
    for (const incumbent of [0.5, -9])
      expectGradient((j) => qLogEi(j, incumbent).value, joint, qLogEi(joint, incumbent).byLosses);
  });

  it('rises with a point more, and not with one that stands there already', () => {
    const joint = someJoint(3, 6, 512);
    const alone = (m: number): JointNormal => ({
      mean: joint.mean.subarray(0, m),
      covariance: Float64Array.from({ length: m * m }, (_, at) => joint.covariance[Math.floor(at / m) * 3 + (at % m)]!),
      base: joint.base.filter((_, at) => at % 3 < m),
    });
    const [one, two, three] = [1, 2, 3].map((m) => qLogEi(alone(m), 0).value);
    expect(two).toBeGreaterThan(one!);
    expect(three).toBeGreaterThan(two!);
    const v = 0.49;
    const twice = {
      mean: Float64Array.of(0.5, 0.5),
      covariance: Float64Array.of(v, v, v, v),
      base: normalDraws(512, 2, 1),
    };
    const once = {
      mean: twice.mean.subarray(1),
      covariance: Float64Array.of(v),
      base: twice.base.filter((_, i) => i % 2 === 0),
    };
    // Two equal terms raise the smooth maximum by τ·log 2.
    expect(qLogEi(twice, 0.2).value - qLogEi(once, 0.2).value).toBeCloseTo(0.01 * Math.LN2, 3);
  });

  it('refuses sizes that do not fit together', () => {
    const joint = someJoint(2, 1);
    expect(() => qLogEi({ ...joint, base: new Float64Array(3) }, 0)).toThrow(/do not fit/);
    expect(() => qLogEi({ ...joint, base: new Float64Array() }, 0)).toThrow(/do not fit/);
    expect(() => qLogEi(joint, 0, [someJoint(2, 1, 64)])).toThrow(/64 draws of 2 outcomes for 128 of 2/);
  });
});

describe('constraints', () => {
  const [first, second, third] = independentNormalDraws(2048, [1, 1, 1], 3);
  const joint = { mean: Float64Array.of(0.5), covariance: Float64Array.of(0.49), base: first! };
  const outcome = (mean: number, sd: number, base = second!): JointNormal => ({
    mean: Float64Array.of(mean),
    covariance: Float64Array.of(sd * sd),
    base,
  });

  it('multiply the improvement by the probability of being feasible, for independent outcomes', () => {
    const plain = qLogEi(joint, 0.2).value;
    expect(qLogEi(joint, 0.2, [outcome(-5, 1)]).value).toBeCloseTo(plain, 2);
    expect(qLogEi(joint, 0.2, [outcome(0, 1)]).value).toBeCloseTo(plain + Math.log(0.5), 1);
    const both = qLogEi(joint, 0.2, [outcome(0, 1), outcome(0, 1, third)]).value;
    expect(both).toBeCloseTo(plain + Math.log(0.25), 1);
    // 5 above 0 in units of η: the tail ⅔·(η/c)².
    const far = qLogEi(joint, 0.2, [outcome(5, 1e-6)]).value;
    expect(far).toBeCloseTo(plain + Math.log(2 / 3) - 2 * Math.log(5000), 2);
  });

  it('have gradients by the moments of losses and outcomes', () => {
    const losses = someJoint(3, 8, 32);
    // Outcomes within the width of the smooth indicator, so that differences can see it.
    const scaled = someJoint(3, 9, 32);
    const constraint = {
      ...scaled,
      mean: scaled.mean.map((value) => value * 1e-2),
      covariance: scaled.covariance.map((value) => value * 1e-4),
    };
    const found: JointImprovement = qLogEi(losses, 0, [constraint]);
    expectGradient((j) => qLogEi(j, 0, [constraint]).value, losses, found.byLosses);
    const m = 3;
    const value = (change: Partial<JointNormal>) => qLogEi(losses, 0, [{ ...constraint, ...change }]).value;
    const by = found.byConstraints[0]!;
    for (let i = 0; i < m; i++) {
      const mean = (step: number) => value({ mean: constraint.mean.with(i, constraint.mean[i]! + step) });
      const slope = (mean(1e-9) - mean(-1e-9)) / 2e-9;
      expect(Math.abs(by.byMean[i]! - slope)).toBeLessThan(1e-3 * Math.abs(slope) + 1e-3);
      const at = i * m + i;
      const spread = (step: number) =>
        value({ covariance: constraint.covariance.with(at, constraint.covariance[at]! + step) });
      const bent = (spread(1e-10) - spread(-1e-10)) / 2e-10;
      expect(Math.abs(by.byCovariance[at]! - bent)).toBeLessThan(1e-3 * Math.abs(bent) + 1e-1);
    }
  });
});

describe('qLogNEI', () => {
  it('is qLogEI over a baseline that is known exactly', () => {
    const base = normalDraws(512, 3, 2);
    const joint = {
      mean: Float64Array.of(0.2, 0.9, 0.5),
      covariance: Float64Array.of(1e-12, 0, 0, 0, 1e-12, 0, 0, 0, 0.49),
      base,
    };
    const alone = {
      mean: Float64Array.of(0.5),
      covariance: Float64Array.of(0.49),
      base: base.filter((_, i) => i % 3 === 2),
    };
    expect(qLogNei(joint, 2).value).toBeCloseTo(qLogEi(alone, 0.2).value, 4);
  });

  it('has gradients by the moments of baseline and points', () => {
    const joint = someJoint(6, 12, 64);
    expectGradient((j) => qLogNei(j, 4).value, joint, qLogNei(joint, 4).byLosses);
  });

  it('improves on feasible points alone, and on the upper end of the baseline where there is none', () => {
    const joint = someJoint(4, 13, 64);
    const constraint = (means: number[]): JointNormal => ({
      mean: Float64Array.from(means),
      covariance: Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1e-8 : 0)),
      base: normalDraws(64, 4, 5),
    });
    const infeasible = constraint([9, 9, 9, -9]);
    const sds = [0, 1, 2].map((i) => joint.mean[i]! + 6 * Math.sqrt(joint.covariance[5 * i]!));
    const found = qLogNei(joint, 3, [infeasible]);
    const point = {
      mean: joint.mean.subarray(3),
      covariance: joint.covariance.subarray(15),
      base: joint.base.subarray(0, 64),
    };
    // The same expectation over other draws of the one point.
    expect(found.value).toBeCloseTo(qLogEi(point, Math.max(...sds)).value, 1);
    expectGradient((j) => qLogNei(j, 3, [infeasible]).value, joint, found.byLosses);
    // With one feasible baseline point, the others do not matter however low they are.
    const onlyFirst = constraint([-9, 9, 9, -9]);
    const lowered = { ...joint, mean: Float64Array.of(joint.mean[0]!, -50, -50, joint.mean[3]!) };
    expect(qLogNei(lowered, 3, [onlyFirst]).value).toBe(qLogNei(joint, 3, [onlyFirst]).value);
  });

  it('refuses a baseline of no points, or no point besides it', () => {
    const joint = someJoint(3, 1);
    expect(() => qLogNei(joint, 0)).toThrow(/at least one/);
    expect(() => qLogNei(joint, 3)).toThrow(/leave none/);
  });
});
