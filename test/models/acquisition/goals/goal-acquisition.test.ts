import { describe, expect, it } from 'vitest';
import { type GoalSituation, prepareGoals } from '../../../../models/acquisition/goals/goal-acquisition.js';
import { logHypervolumeImprovement } from '../../../../models/acquisition/goals/hypervolume-improvement.js';
import { lossIntegral } from '../../../../models/acquisition/goals/loss-integral.js';
import type { Goals } from '../../../../models/domain/standing.js';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { boxesLeft } from '../../../../models/pareto/boxes.js';
import { hypervolume } from '../../../../models/pareto/hypervolume.js';
import { Generator } from '../../../../models/random/generator.js';
import { goalsSurface } from '../../../../models/search/goals-surface.js';
import { logsumexp } from '../../../../models/stats/logsumexp.js';
import { lossScale } from '../../../../models/surrogate/contract.js';
import { numericDesigns, someDesigns } from '../../../support/encoded.js';
import { givenProcess } from '../../../support/gaussian-process.js';
import { sharedGolden } from '../../../support/shared-golden.js';
import { candidates, someSituation } from '../../../support/situation.js';

interface Case {
  readonly q: number;
  readonly m: number;
  readonly X: number[][];
  readonly Y: number[][];
  readonly lengthscales: number[][];
  readonly noise: number;
  readonly mean: number;
  readonly reference: number[];
  readonly Xq: number[][][];
  readonly qLogEHVI8192: number[];
  readonly qLogNEHVI8192: number[];
  readonly posteriorMean: number[][][];
}

/** The given processes of the losses, −y. */
const processes = (c: Case) =>
  c.lengthscales.map((lengthscale, k) => {
    const kernel = new RadialBlock(numericDesigns(c.X).encoding, 'matern52');
    return givenProcess({ ...c, y: c.Y.map((row) => row[k]!), lengthscale }, kernel, -1).fitted;
  });

const maximised = (m: number): Goals => ({
  objectives: Array.from({ length: m }, (_, k) => ({ name: `f${k}`, direction: 'maximise' as const })),
  bounds: [],
});

function situationOf(c: Case, pending: number[][]): GoalSituation {
  return {
    goals: maximised(c.m),
    outcomes: new Map(processes(c).map((surrogate, k) => [`f${k}`, [{ surrogate, weight: 1 }]])),
    measured: numericDesigns(c.X),
    pending: { ...numericDesigns(c.X), ...numericDesigns(pending), encoding: numericDesigns(c.X).encoding },
    reference: Float64Array.from(c.reference, (value) => -value),
    aim: 'front',
    seed: 1,
  };
}

const surfaceOf = (situation: GoalSituation, most?: number) =>
  goalsSurface({ goals: prepareGoals(situation, most), costs: [1], levels: [0], feasibility: null });

const reference = sharedGolden('hypervolume-improvement');

describe.skipIf(reference === null)('expected hypervolume improvement against BoTorch 0.18.1', () => {
  const cases = (reference?.cases ?? []) as unknown as Case[];

  it('over a front that is known, in closed form (their 8192 draws, smoothed)', () => {
    for (const c of cases.filter(({ q }) => q === 1)) {
      const losses = Float64Array.from(c.Y.flat(), (value) => -value);
      const boxes = boxesLeft(
        { losses, m: c.m },
        c.reference.map((value) => -value),
      );
      const integrals = boxes.coordinates.map((own) => lossIntegral(own, lossScale));
      const improvement = logHypervolumeImprovement({ boxes, integrals });
      c.Xq.forEach(([x], i) => {
        const at = processes(c).map((process) => process.posterior(numericDesigns([x!])));
        const moments = ['mean', 'variance'] as const;
        const [mean, variance] = moments.map((of) => Float64Array.from(at, (one) => one[of][0]![0]!));
        expect(-mean![0]!).toBeCloseTo(c.posteriorMean[i]![0]![0]!, 8);
        const value = improvement(mean!, variance!, new Float64Array(c.m), new Float64Array(c.m));
        expect(Math.abs(value - c.qLogEHVI8192[i]!)).toBeLessThan(0.05);
      });
    }
  });

  it('over joint draws of the front; of two candidates, one after the other', () => {
    for (const c of cases)
      c.Xq.forEach((points, i) => {
        const parts = points.map(
          (x, j) => surfaceOf(situationOf(c, points.slice(0, j)), 1024).values(numericDesigns([x]))[0]![0]!,
        );
        const value = logsumexp(parts);
        if (c.qLogNEHVI8192[i]! > -8) expect(Math.abs(value - c.qLogNEHVI8192[i]!)).toBeLessThan(0.05);
      });
  });
});

/** Two objectives, a target and a bound over a one-dimensional space. */
const small: Case = {
  ...{
    q: 1,
    m: 3,
    noise: 0.01,
    mean: 0,
    reference: [-3, -3, -3],
    Xq: [],
    qLogEHVI8192: [],
    qLogNEHVI8192: [],
    posteriorMean: [],
  },
  X: [
    [0.1, 0.2],
    [0.4, 0.9],
    [0.7, 0.5],
    [0.9, 0.1],
  ],
  Y: [
    [1, -1, 0.2],
    [0.3, 0.5, -0.4],
    [-0.5, 1.2, 0.6],
    [-1, 0.4, 1],
  ],
  lengthscales: [
    [0.4, 0.6],
    [0.5, 0.5],
    [0.3, 0.8],
  ],
};
const wanted = (more: Partial<Goals>): GoalSituation => ({
  ...situationOf(small, [[0.5, 0.3]]),
  goals: { ...maximised(2), ...more },
  reference: Float64Array.of(3, 3),
});
const merit = (losses: Float64Array) => Math.max(losses[0]!, losses[1]!) + 0.05 * (losses[0]! + losses[1]!);

describe('what a candidate adds', () => {
  const situations: Readonly<Record<string, GoalSituation>> = {
    front: wanted({}),
    bounded: wanted({ bounds: [{ name: 'f2', min: -0.3, max: 0.4 }] }),
    'a bounded objective': wanted({ bounds: [{ name: 'f1', min: 0.6 }] }),
    'two bounded objectives': wanted({
      bounds: [
        { name: 'f0', max: 0.8 },
        { name: 'f1', min: 0.2, max: 1 },
      ],
    }),
    'a bounded target': wanted({
      objectives: [maximised(1).objectives[0]!, { name: 'f1', direction: 'target', value: 0.3 }],
      bounds: [{ name: 'f1', min: 0.1 }],
    }),
    'merit of a bounded objective': { ...wanted({ bounds: [{ name: 'f1', min: 0.6 }] }), aim: merit },
    target: wanted({
      objectives: [maximised(1).objectives[0]!, { name: 'f1', direction: 'target', value: 0.3, tolerance: 0.1 }],
    }),
    feasible: { ...wanted({ bounds: [{ name: 'f2', max: -0.6 }] }), aim: 'feasible' },
    merit: { ...wanted({ bounds: [{ name: 'f2', max: 0.1 }] }), aim: merit },
  };

  it.each(Object.keys(situations))(
    'has the gradient of central differences, and the same value in a list: %s',
    (name) => {
      const surface = surfaceOf(situations[name]!);
      for (const x of [
        [0.3, 0.3],
        [0.62, 0.71],
        [0.05, 0.9],
      ]) {
        const gradient = new Float64Array(2);
        const value = surface.at(numericDesigns([x]), 0, gradient);
        expect(surface.values(numericDesigns([x]))[0]![0]).toBeCloseTo(value, 9);
        for (let j = 0; j < 2; j++) {
          const h = 1e-5;
          const moved = (by: number) => numericDesigns([x.map((one, at) => (at === j ? one + by : one))]);
          const [above, below] = surface.values(
            numericDesigns([...[h, -h].flatMap((by) => [[...moved(by).numeric]])]),
          )[0]!;
          expect(Math.abs(gradient[j]! - (above! - below!) / (2 * h))).toBeLessThan(
            2e-3 * (1 + Math.abs(gradient[j]!)),
          );
        }
      }
    },
  );

  it('counts of a bounded objective what lies within, as draws of it do', () => {
    const bound = { name: 'f1', min: 0.8 };
    const goals = { ...maximised(2), bounds: [bound] };
    const none = { ...numericDesigns(small.X), n: 0, numeric: new Float64Array() };
    const situation = { ...wanted({}), goals, pending: none };
    const x = numericDesigns([[0.62, 0.71]]);
    const [a, b] = processes(small).map((process) => process.posterior(x));
    // A front that is known: of the designs that keep the bound only.
    const kept = small.Y.filter(([, f1]) => f1! >= 0.8).map(([f0, f1]) => [-f0!, -f1!] as const);
    const random = new Generator(3, 'draws');
    let sum = 0;
    const draws = 200_000;
    for (let s = 0; s < draws; s++) {
      const f0 = a!.mean[0]![0]! + Math.sqrt(a!.variance[0]![0]!) * random.normal();
      const f1 = b!.mean[0]![0]! + Math.sqrt(b!.variance[0]![0]!) * random.normal();
      if (f1 > -0.8) continue;
      const before = hypervolume({ losses: Float64Array.from(kept.flat()), m: 2 }, [3, 3]);
      sum += hypervolume({ losses: Float64Array.from([...kept.flat(), f0, f1]), m: 2 }, [3, 3]) - before;
    }
    // The processes know their data to 0.1: the front is nearly that.
    expect(Math.abs(surfaceOf(situation, 512).values(x)[0]![0]! - Math.log(sum / draws))).toBeLessThan(0.05);
  });

  it('is worth less at a lower level by what that explains, per cost, with the gradient of central differences', () => {
    const { surrogate, measured } = someSituation([]);
    const goals = prepareGoals({
      goals: maximised(2),
      outcomes: new Map(['f0', 'f1'].map((name) => [name, [{ surrogate, weight: 1 }]])),
      ...{
        measured,
        pending: someDesigns(0, { numeric: 2 }, 1),
        reference: Float64Array.of(2, 2),
        aim: 'front',
        seed: 1,
      },
    });
    const surface = goalsSurface({ goals, costs: [0.1, 1], levels: [0, 1], feasibility: null });
    const at = selectDesigns(candidates, [3]);
    const gradient = new Float64Array(2);
    const value = surface.at(at, 0, gradient);
    const [low, high] = surface.values(at).map((own) => own[0]!);
    expect(low).toBeCloseTo(value, 9);
    const { variance, covariance } = surrogate.posterior(at);
    const share = covariance[0]![0]! ** 2 / (variance[1]![0]! * (variance[0]![0]! + surrogate.noise[0]!));
    expect(low! - high!).toBeCloseTo(Math.log(share / 0.1), 9);
    for (let j = 0; j < 2; j++) {
      const h = 1e-5;
      const [above, below] = [h, -h].map((by) => {
        const moved = { ...at, numeric: at.numeric.map((x, k) => (k === j ? x + by : x)) };
        return surface.values(moved)[0]![0]!;
      });
      expect(Math.abs(gradient[j]! - (above! - below!) / (2 * h))).toBeLessThan(2e-3 * (1 + Math.abs(gradient[j]!)));
    }
  });

  it('is less where one is pending', () => {
    const at = numericDesigns([[0.5, 0.3]]);
    const alone = surfaceOf({ ...wanted({}), pending: { ...at, n: 0, numeric: new Float64Array() } }).values(
      at,
    )[0]![0]!;
    const beside = surfaceOf(wanted({})).values(at)[0]![0]!;
    expect(beside).toBeLessThan(alone - 1);
  });
});
