import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestPlan,
  bestStaged,
  type StagedDesign,
  type StagedView,
  worthStaging,
} from '../../../models/acquisition/staged-improvement.js';
import { logImprovement } from '../../../models/stats/normal.js';

const view: StagedView = { weight: 1, unit: 1, incumbent: 0, mean: 0.5, sd: 1 };
const improvement = ({ incumbent, mean, sd }: Omit<StagedView, 'weight' | 'unit'>, moved = 0, known = 0) => {
  const rest = sd * Math.sqrt(1 - known);
  return rest * Math.exp(logImprovement((incumbent - mean - moved * sd) / rest));
};
const design = (changes: Partial<StagedDesign> = {}): StagedDesign => ({
  views: [view],
  stages: [{ cost: 0.1, explained: 0.6 }],
  targetCost: 1,
  ...changes,
});
const rateOf = (one: StagedDesign) => bestStaged([one])!.rate;

/** E over a standard normal z, by the midpoint rule on 4,000 cells. */
function expected(of: (z: number) => number): number {
  let sum = 0;
  for (let i = 0; i < 4000; i++) {
    const z = -8 + (i + 0.5) * 0.004;
    sum += of(z) * Math.exp(-0.5 * z * z);
  }
  return (sum * 0.004) / Math.sqrt(2 * Math.PI);
}

/** The root of a falling function. */
function root(of: (rate: number) => number): number {
  let [low, high] = [0, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (of(middle) > 0) low = middle;
    else high = middle;
  }
  return low;
}

const views = fc.array(
  fc.record({
    weight: fc.double({ min: 0.1, max: 1, noNaN: true }),
    unit: fc.double({ min: 0.5, max: 2, noNaN: true }),
    incumbent: fc.double({ min: -1, max: 1, noNaN: true }),
    mean: fc.double({ min: -1, max: 2, noNaN: true }),
    sd: fc.double({ min: 0.1, max: 2, noNaN: true }),
  }),
  { minLength: 1, maxLength: 3 },
);
const stages = fc.array(
  fc.record({
    cost: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
    explained: fc.double({ min: 0, max: 0.99, noNaN: true }),
  }),
  { maxLength: 2 },
);

describe('bestStaged', () => {
  it('is expected improvement per cost where there are no stages, or none that tells anything', () => {
    const direct = improvement(view) / 2;
    expect(rateOf(design({ stages: [], targetCost: 2 }))).toBeCloseTo(direct, 12);
    const blind = bestStaged([design({ stages: [{ cost: 0.01, explained: 0 }], targetCost: 2 })])!;
    expect(blind).toEqual({ place: 0, first: 1, rate: expect.closeTo(direct, 12) });
  });

  it('with a stage that tells all is the rate λ at which EI below incumbent − λ·cost of the target pays for the stage', () => {
    const stage = { cost: 0.1, explained: 1 - 1e-9 };
    const exact = root((rate) => improvement({ ...view, incumbent: -rate }) - rate * stage.cost);
    const found = bestStaged([design({ stages: [stage] })])!;
    expect(found.first).toBe(0);
    expect(Math.abs(found.rate / exact - 1)).toBeLessThan(0.01);
  });

  it('agrees with a fine quadrature for one stage and for two after each other', () => {
    const stage = { cost: 0.1, explained: 0.6 };
    const net = (rate: number, moved: number, known: number) => improvement(view, moved, known) - rate;
    const afterOne = (rate: number) =>
      expected((z) => Math.max(0, net(rate, Math.sqrt(0.6) * z, 0.6))) - rate * stage.cost;
    expect(Math.abs(rateOf(design({ stages: [stage] })) / root(afterOne) - 1)).toBeLessThan(0.01);

    const first = { cost: 0.03, explained: 0.4 };
    const second = { cost: 0.2, explained: 0.9 };
    const then = (rate: number, moved: number) =>
      expected((z) => Math.max(0, net(rate, moved + Math.sqrt(0.5) * z, 0.9))) - rate * second.cost;
    const coarse = (rate: number) => {
      let sum = 0;
      for (let z = -6; z <= 6; z += 0.1) {
        const moved = Math.sqrt(0.4) * z;
        sum += 0.1 * Math.exp(-0.5 * z * z) * Math.max(0, net(rate, moved, 0.4), then(rate, moved));
      }
      return sum / Math.sqrt(2 * Math.PI) - rate * first.cost;
    };
    const rate = rateOf(design({ stages: [first, second] }));
    // The plan with both stages; those with one of them are worse here.
    expect(Math.abs(coarse(rate))).toBeLessThan(0.01 * rate);
  });

  it('is never below expected improvement per cost, and never falls with a stage that becomes cheaper', () => {
    fc.assert(
      fc.property(views, stages, fc.double({ min: 0.1, max: 1, noNaN: true }), (some, given, factor) => {
        const one = design({ views: some, stages: given });
        const rate = rateOf(one);
        const direct = some.reduce((sum, each) => sum + each.weight * each.unit * improvement(each), 0);
        expect(rate).toBeGreaterThanOrEqual(direct * (1 - 1e-12));
        const cheaper = design({ views: some, stages: given.map((s) => ({ ...s, cost: s.cost * factor })) });
        expect(rateOf(cheaper)).toBeGreaterThanOrEqual(rate * (1 - 1e-9));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('takes the design and the first trial whose plan has that rate, and no plan does better', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(views, stages), { minLength: 1, maxLength: 6 }), (given) => {
        const all = given.map(([some, own]) => design({ views: some, stages: own }));
        const found = bestStaged(all)!;
        const values = all.map((one) => {
          const plan = bestPlan(one, found.rate);
          return plan.improvement - found.rate * plan.cost;
        });
        for (const value of values) expect(value).toBeLessThan(1e-6 * found.rate);
        expect(worthStaging(all.length, (place) => all[place]!)).toContain(found.place);
        expect(values[found.place]!).toBeGreaterThan(-1e-6 * found.rate);
        expect(found.first).toBeLessThanOrEqual(all[found.place]!.stages.length);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it('goes to a cheap stage at a design that may be very good before the target at one that is a little better', () => {
    const safe = design({ views: [{ ...view, mean: -0.05, sd: 0.01 }], stages: [] });
    const hope = design({ views: [{ ...view, mean: 1, sd: 1 }], stages: [{ cost: 0.05, explained: 0.9 }] });
    expect(bestStaged([safe, hope])).toMatchObject({ place: 1, first: 0 });
    expect(bestStaged([safe, { ...hope, stages: [] }])!.place).toBe(1);
    expect(bestStaged([safe, { ...hope, stages: [], targetCost: 3 }])!.place).toBe(0);
  });

  it('is null where nothing can be better than what is known', () => {
    expect(bestStaged([])).toBeNull();
    expect(worthStaging(0, () => design())).toEqual([]);
    expect(bestStaged([design({ views: [{ ...view, mean: 1e6, sd: 1e-3 }] })])).toBeNull();
  });
});
