import { describe, expect, it } from 'vitest';
import { concatDesigns, selectDesigns } from '../../../models/encode/encoded-designs.js';
import { Generator } from '../../../models/random/generator.js';
import type { TrainingSet } from '../../../models/surrogate/contract.js';
import { Ensemble } from '../../../models/surrogate/ensemble.js';
import { gp, surrogateChoice } from '../../../models/surrogate/surrogates.js';
import { someCodes, someDesigns, someFingerprints } from '../../support/encoded.js';

const options = { seed: 1, previous: [], optimise: true };
const members = surrogateChoice('ensemble').members;

/** Losses of 30 random designs in four dimensions. */
function trainingSet(loss: (x: Float64Array) => number, n = 30): TrainingSet {
  const designs = someDesigns(n, { numeric: 4 }, 8);
  const losses = Float64Array.from({ length: n }, (_, i) => loss(designs.numeric.subarray(4 * i, 4 * i + 4)));
  return { designs, levels: new Int32Array(n), losses, levelCount: 1, finite: false };
}

const sum = (x: Float64Array) => 3 * x[0]! - 2 * x[1]! + x[2]! * x[2]! + 0.5 * x[3]!;
const additive = trainingSet(sum);
const few = trainingSet(sum, 12);
const rough = trainingSet((x) => Math.sin(14 * x[0]!) + Math.cos(11 * x[1]! + 6 * x[2]!));

describe('ensemble', () => {
  it('gives most weight to the member that predicts better, and a little to the others', async () => {
    const weights = async (set: TrainingSet) =>
      Object.fromEntries((await Ensemble.fit(members, set, options)).members.map(({ name, weight }) => [name, weight]));
    expect((await weights(few))['smooth-gp']).toBeGreaterThan(0.8);
    expect((await weights(rough)).gp).toBeGreaterThan(0.8);
    for (const set of [few, rough]) {
      const all = Object.values(await weights(set));
      expect(all.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(Math.min(...all)).toBeGreaterThanOrEqual(0.05);
    }
  });

  it('weighs networks on codes like any other member, the same ones for the same seed', async () => {
    const count = 48;
    const codes = [someCodes(count, { width: 4 })];
    const designs = someDesigns(count, { substances: 1, fingerprints: someFingerprints(count, 4), codes }, 2);
    designs.substances.set(Array.from({ length: count }, (_, m) => m));
    const losses = Float64Array.from({ length: count }, (_, m) => codes[0]!.values[4 * m]! ** 2);
    const training = { designs, levels: new Int32Array(count), losses, levelCount: 1, finite: true };
    const fitted = () => Ensemble.fit(surrogateChoice('deep-coded-ensemble').members, training, options);
    const [one, other] = [await fitted(), await fitted()];
    const weights = ({ members }: Ensemble) => members.map(({ name, weight, score }) => ({ name, weight, score }));
    expect(weights(one)).toEqual(weights(other));
    const deep = one.members.find(({ name }) => name === 'deep-ensemble')!;
    expect(one.members.reduce((total, { weight }) => total + weight, 0)).toBeCloseTo(1, 12);
    expect(deep.weight).toBeGreaterThanOrEqual(0.025);
    // By its rows left out, as the others by theirs.
    expect(Number.isFinite(deep.score) && deep.score !== 0).toBe(true);
  });

  it('lets no loss speak for a member by more than a density of e, or against it by more than one of e⁻⁶', async () => {
    const sure = (await Ensemble.fit(members, additive, options)).members.map(({ score }) => score);
    expect(Math.max(...sure)).toBe(30);
    const outlier = { ...few, losses: few.losses.map((loss, i) => (i === 4 ? 1e4 * loss : loss)) };
    for (const { score } of (await Ensemble.fit(members, outlier, options)).members) {
      expect(score).toBeLessThanOrEqual(12);
      expect(score).toBeGreaterThanOrEqual(-6 * 12);
    }
  });

  it('follows the prior odds, to the extent that data leave it open', async () => {
    const odds = (b: number) => members.map((member, m) => ({ ...member, logOdds: () => (m === 1 ? b : 0) }));
    const weight = async (b: number) => (await Ensemble.fit(odds(b), rough, options)).members[1]!.weight;
    expect(await weight(2)).toBeGreaterThan(await weight(0));
    expect(await weight(-50)).toBeCloseTo(0.05, 9);
    expect(await weight(500)).toBeCloseTo(0.95, 9);
  });

  it('takes losses without noise for what they are, down to 1e-8 of their variance', async () => {
    const { members: found } = await Ensemble.fit(surrogateChoice('smooth-gp').members, trainingSet(sum, 120), options);
    expect(found[0]!.surrogate.noise[0]!).toBeCloseTo(1e-8, 12);
  });

  it('of one member is that member, and needs no score', async () => {
    const ensemble = await Ensemble.fit(surrogateChoice('gp').members, rough, options);
    expect(ensemble.members.map(({ name, weight, score }) => ({ name, weight, score }))).toEqual([
      { name: 'gp', weight: 1, score: 0 },
    ]);
    expect(ensemble.members[0]!.surrogate.hyperparameters).toEqual(
      gp.fit(rough, { ...options, previous: null }).hyperparameters,
    );
  });

  it('is the same again from its hyperparameters, by name', async () => {
    const first = await Ensemble.fit(members, rough, options);
    const previous = first.members
      .map(({ name, surrogate }) => ({ name, hyperparameters: [...surrogate.hyperparameters] }))
      .reverse();
    const again = await Ensemble.fit(members, rough, { seed: 9, previous, optimise: false });
    expect(again.members.map(({ weight, score }) => [weight, score])).toEqual(
      first.members.map(({ weight, score }) => [weight, score]),
    );
  });

  it('scores the losses themselves, whatever the scale of a member and the unit of the losses', async () => {
    const scaled = { ...rough, losses: rough.losses.map((loss) => 1e6 * loss + 5e6) };
    const [here, there] = await Promise.all([rough, scaled].map((set) => Ensemble.fit(members, set, options)));
    here!.members.forEach(({ score }, m) => {
      expect(there!.members[m]!.score).toBeCloseTo(score, 3);
    });
  });

  it('has quantiles that invert its probabilities, and lie between those of the members', async () => {
    const ensemble = await Ensemble.fit(members, rough, options);
    const points = someDesigns(10, { numeric: 4 }, 77);
    const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(points));
    const random = new Generator(4);
    for (let candidate = 0; candidate < 10; candidate++)
      for (const noisy of [false, true]) {
        const p = 0.02 + 0.96 * random.uniform();
        const y = ensemble.quantile(posteriors, { level: 0, candidate, noisy }, p);
        expect(ensemble.probabilityBelow(posteriors, { level: 0, candidate, noisy }, y)).toBeCloseTo(p, 6);
        const alone = ensemble.members.map((member, m) =>
          new Ensemble([{ ...member, weight: 1 }]).quantile([posteriors[m]!], { level: 0, candidate, noisy }, p),
        );
        expect(y).toBeGreaterThanOrEqual(Math.min(...alone) - 1e-9);
        expect(y).toBeLessThanOrEqual(Math.max(...alone) + 1e-9);
      }
  });

  it('conditions every member, and keeps the weights', async () => {
    const ensemble = await Ensemble.fit(members, rough, options);
    const point = selectDesigns(someDesigns(3, { numeric: 4 }, 5), [1]);
    const after = ensemble.condition(point, new Int32Array(1));
    after.members.forEach(({ weight, surrogate }, m) => {
      expect(weight).toBe(ensemble.members[m]!.weight);
      const variance = (of: typeof surrogate) => of.posterior(point).variance[0]![0]!;
      expect(variance(surrogate)).toBeLessThan(variance(ensemble.members[m]!.surrogate));
    });
  });

  it('shows intervals as calibrated and as widened, also after further trials', async () => {
    const random = new Generator(6);
    const smooth = await Ensemble.fit(members, additive, options);
    const points = someDesigns(1, { numeric: 4 }, 77);
    const wide = new Ensemble(smooth.members.map((member) => ({ ...member, calibration: 1.5 })));
    const posteriors = wide.members.map(({ surrogate }) => surrogate.posterior(points));
    const which = { level: 0, candidate: 0 };
    const plain = (p: number) => smooth.quantile(posteriors, which, p);
    const shown = (p: number) => wide.quantile(posteriors, which, p);
    expect(smooth.quantile(posteriors, { ...which, widened: 1.5 }, 0.8)).toBe(shown(0.8));
    expect(shown(0.9) - shown(0.1)).toBeGreaterThan(1.3 * (plain(0.9) - plain(0.1)));
    const y = shown(0.1 + 0.8 * random.uniform());
    expect(shown(wide.probabilityBelow(posteriors, which, y))).toBeCloseTo(y, 6);
    expect(wide.condition(points, Int32Array.of(0)).members.map(({ calibration }) => calibration)).toEqual([1.5, 1.5]);
  });

  it('of several fidelities gives them weight where they predict the target, and the target alone where they do not', async () => {
    const designs = concatDesigns(additive.designs, additive.designs);
    const n = additive.losses.length;
    const levels = Int32Array.from({ length: 2 * n }, (_, i) => (i < n ? 0 : 1));
    const random = new Generator(12);
    const weightOf = async (low: (loss: number) => number, validated = false) => {
      const losses = Float64Array.from([...rough.losses.map(low), ...rough.losses]);
      const set = { designs, levels, losses, levelCount: 2, finite: true, validated };
      const { members: found } = await Ensemble.fit(surrogateChoice('guarded').members, set, options);
      expect(found.map(({ name }) => name)).toEqual(['gp', 'icm']);
      return found[1]!.weight;
    };
    expect(await weightOf((loss) => 5 - 2 * loss)).toBeGreaterThan(0.9);
    const rows = Float64Array.from({ length: n }, () => random.normal());
    const useless = (validated: boolean) => weightOf((loss) => rows[rough.losses.indexOf(loss)]!, validated);
    expect(await useless(false)).toBeLessThan(await weightOf((loss) => loss));
    // Known beforehand to follow the target: log odds of 2 instead of -1.
    const odds = (await Promise.all([true, false].map(useless))).map((weight) => (weight - 0.05) / (0.95 - weight));
    expect(Math.log(odds[0]! / odds[1]!)).toBeCloseTo(3, 9);
  });
});
