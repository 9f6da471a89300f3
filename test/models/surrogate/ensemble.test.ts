import { describe, expect, it } from 'vitest';
import { concatDesigns, selectDesigns } from '../../../models/encode/encoded-designs.js';
import { Generator } from '../../../models/random/generator.js';
import type { TrainingSet } from '../../../models/surrogate/contract.js';
import { Ensemble } from '../../../models/surrogate/ensemble.js';
import { gp, surrogateChoice } from '../../../models/surrogate/surrogates.js';
import { someDesigns } from '../../support/encoded.js';

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

/** E √|z| of a standard normal: 2^¼·Γ(¾)/√π, Γ(¾) = 1.2254167024651776. */
const rootOfNormal = (2 ** 0.25 * 1.2254167024651776) / Math.sqrt(Math.PI);

describe('ensemble', () => {
  it('believes the member that foretells better, and the others a little', () => {
    const weights = (set: TrainingSet) =>
      Object.fromEntries(Ensemble.fit(members, set, options).members.map(({ name, weight }) => [name, weight]));
    expect(weights(few)['smooth-gp']).toBeGreaterThan(0.8);
    expect(weights(rough).gp).toBeGreaterThan(0.8);
    for (const set of [few, rough]) {
      const all = Object.values(weights(set));
      expect(all.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(Math.min(...all)).toBeGreaterThanOrEqual(0.05);
    }
  });

  it('lets no loss speak for a member by more than a density of e, or against it by more than one of e⁻⁶', () => {
    const sure = Ensemble.fit(members, additive, options).members.map(({ score }) => score);
    expect(Math.max(...sure)).toBe(30);
    const outlier = { ...few, losses: few.losses.map((loss, i) => (i === 4 ? 1e4 * loss : loss)) };
    for (const { score } of Ensemble.fit(members, outlier, options).members) {
      expect(score).toBeLessThanOrEqual(12);
      expect(score).toBeGreaterThanOrEqual(-6 * 12);
    }
  });

  it('believes what is said beforehand, to the extent that data leave it open', () => {
    const odds = (b: number) => members.map((member, m) => ({ ...member, logOdds: () => (m === 1 ? b : 0) }));
    const weight = (b: number) => Ensemble.fit(odds(b), rough, options).members[1]!.weight;
    expect(weight(2)).toBeGreaterThan(weight(0));
    expect(weight(-50)).toBeCloseTo(0.05, 9);
    expect(weight(500)).toBeCloseTo(0.95, 9);
  });

  it('of one member is that member, and needs no score', () => {
    const ensemble = Ensemble.fit(surrogateChoice('gp').members, rough, options);
    expect(ensemble.members.map(({ name, weight, score }) => ({ name, weight, score }))).toEqual([
      { name: 'gp', weight: 1, score: 0 },
    ]);
    expect(ensemble.members[0]!.surrogate.hyperparameters).toEqual(
      gp.fit(rough, { ...options, previous: null }).hyperparameters,
    );
  });

  it('is the same again from its hyperparameters, by name', () => {
    const first = Ensemble.fit(members, rough, options);
    const previous = first.members
      .map(({ name, surrogate }) => ({ name, hyperparameters: [...surrogate.hyperparameters] }))
      .reverse();
    const again = Ensemble.fit(members, rough, { seed: 9, previous, optimise: false });
    expect(again.members.map(({ weight, score }) => [weight, score])).toEqual(
      first.members.map(({ weight, score }) => [weight, score]),
    );
  });

  it('scores the losses themselves, whatever the scale of a member and the unit of the losses', () => {
    const scaled = { ...rough, losses: rough.losses.map((loss) => 1e6 * loss + 5e6) };
    const [here, there] = [rough, scaled].map((set) => Ensemble.fit(members, set, options));
    here!.members.forEach(({ score }, m) => {
      expect(there!.members[m]!.score).toBeCloseTo(score, 3);
    });
  });

  it('has quantiles that invert its probabilities, and lie between those of the members', () => {
    const ensemble = Ensemble.fit(members, rough, options);
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

  it('conditions every member, and keeps the weights', () => {
    const ensemble = Ensemble.fit(members, rough, options);
    const point = selectDesigns(someDesigns(3, { numeric: 4 }, 5), [1]);
    const after = ensemble.condition(point, new Int32Array(1));
    after.members.forEach(({ weight, surrogate }, m) => {
      expect(weight).toBe(ensemble.members[m]!.weight);
      const variance = (of: typeof surrogate) => of.posterior(point).variance[0]![0]!;
      expect(variance(surrogate)).toBeLessThan(variance(ensemble.members[m]!.surrogate));
    });
  });

  it('calibrates by errors, most by those at target rows that the surrogate did not choose, within [0.3, 3]', () => {
    const wild = { ...additive, losses: additive.losses.map((loss, i) => (i % 10 === 0 ? loss + 20 : loss)) };
    const chosen = Uint8Array.from({ length: 30 }, (_, i) => [1, 0, 3, 2, 0][i % 5]!);
    const levels = Int32Array.from({ length: 30 }, (_, i) => (i < 12 ? 0 : 1));
    const several = { ...additive, chosen, levels, levelCount: 2 };
    for (const [set, name, beside] of [
      [additive, 'smooth-gp', []],
      [{ ...wild, chosen }, 'vanilla-gp', []],
      [several, 'icm', []],
      [several, 'icm', ['gp']],
      [several, 'autoregressive', ['gp']],
      [several, 'gp', ['smooth-gp']],
      [several, 'gp', ['icm']],
    ] as [TrainingSet, string, string[]][]) {
      const contenders = [name, ...beside].flatMap((one) => surrogateChoice(one).members);
      const { members: found } = Ensemble.fit(contenders, set, options);
      const { surrogate, calibration } = found[0]!;
      const { mean, variance } = surrogate.leaveOneOut();
      const atTarget = [...set.levels].filter((level) => level === set.levelCount - 1).length;
      let [above, below] = [0.5, 0.5];
      set.losses.forEach((loss, i) => {
        const isTarget = set.levels[i] === set.levelCount - 1;
        const by = set.chosen?.[i] ?? 0;
        // Where there is another kind of surrogates, what that chose was not chosen by this one.
        const kinds = [name, ...beside].map((one) => ['icm', 'autoregressive'].includes(one));
        const others = kinds[0] === kinds.at(-1) ? null : kinds[0] ? 2 : 3;
        const isOwn = by !== 0 && by !== others;
        if (!isTarget && (name === 'gp' || isOwn)) return;
        const w = isTarget ? (isOwn ? 0.05 : 1) : 0.3;
        const z = (surrogate.scale.toLatent(loss, set.levels[i]) - mean[i]!) / Math.sqrt(variance[i]!);
        above +=
          (w * (1 + 40 / (isTarget ? atTarget : 30)) ** 0.25 * Math.sqrt(Math.min(4, Math.abs(z)))) / rootOfNormal;
        below += w;
      });
      expect(calibration, [name, ...beside].join(' beside ')).toBeCloseTo(
        Math.max(0.3, Math.min(3, (above / below) ** 2)),
        12,
      );
    }
  });

  it('lets many rows below the target count for no more than five', () => {
    const n = 90;
    const set = trainingSet((x) => Math.sin(5 * x[0]!) + x[1]!, n);
    const levels = Int32Array.from({ length: n }, (_, i) => (i < 80 ? 0 : 1));
    const chosen = Uint8Array.from({ length: n }, (_, i) => (i < 80 ? 0 : 1));
    const { members: found } = Ensemble.fit(
      surrogateChoice('icm').members,
      { ...set, levels, chosen, levelCount: 2 },
      options,
    );
    const { surrogate, calibration } = found[0]!;
    const { mean, variance } = surrogate.leaveOneOut();
    let above = 0.5;
    set.losses.forEach((loss, i) => {
      const z = Math.abs(surrogate.scale.toLatent(loss, levels[i]) - mean[i]!) / Math.sqrt(variance[i]!);
      const w = i < 80 ? (5 / 80) * (1 + 40 / n) ** 0.25 : 0.05 * (1 + 40 / 10) ** 0.25;
      above += (w * Math.sqrt(Math.min(4, z))) / rootOfNormal;
    });
    const f = (above / (0.5 + 5 + 0.5)) ** 2;
    expect(calibration).toBeCloseTo(Math.max(0.3, Math.min(3, f)), 12);
  });

  it('shows intervals as calibrated and widened, and is searched by what the surrogates say', () => {
    const random = new Generator(6);
    const smooth = Ensemble.fit(members, additive, options);
    const points = someDesigns(1, { numeric: 4 }, 77);
    const wide = new Ensemble(smooth.members.map((member) => ({ ...member, calibration: 1.5 })));
    const posteriors = wide.members.map(({ surrogate }) => surrogate.posterior(points));
    const which = { level: 0, candidate: 0 };
    const plain = (p: number) => smooth.quantile(posteriors, which, p);
    expect(wide.quantile(posteriors, which, 0.8)).toBe(plain(0.8));
    const shown = (p: number) => wide.quantile(posteriors, { ...which, calibrated: true }, p);
    expect(smooth.quantile(posteriors, { ...which, widened: 1.5 }, 0.8)).toBe(shown(0.8));
    expect(shown(0.9) - shown(0.1)).toBeGreaterThan(1.3 * (plain(0.9) - plain(0.1)));
    const y = shown(0.1 + 0.8 * random.uniform());
    const p = wide.probabilityBelow(posteriors, { ...which, calibrated: true }, y);
    expect(shown(p)).toBeCloseTo(y, 6);
    expect(wide.condition(points, Int32Array.of(0)).members.map(({ calibration }) => calibration)).toEqual([1.5, 1.5]);
  });

  it('of one member and too many rows to calibrate it takes it at its word', () => {
    const n = 1001;
    const many = { ...trainingSet((x) => Math.sin(9 * x[0]!), n), losses: new Float64Array(n) };
    const trees = Ensemble.fit(surrogateChoice('trees').members, many, options);
    expect(trees.members[0]!.calibration).toBe(1);
  });

  it('of several fidelities believes them where they foretell the target, and the target alone where they do not', () => {
    const designs = concatDesigns(additive.designs, additive.designs);
    const n = additive.losses.length;
    const levels = Int32Array.from({ length: 2 * n }, (_, i) => (i < n ? 0 : 1));
    const random = new Generator(12);
    const belief = (low: (loss: number) => number, validated = false) => {
      const losses = Float64Array.from([...rough.losses.map(low), ...rough.losses]);
      const set = { designs, levels, losses, levelCount: 2, finite: true, validated };
      const { members: found } = Ensemble.fit(surrogateChoice('guarded').members, set, options);
      expect(found.map(({ name }) => name)).toEqual(['gp', 'icm']);
      return found[1]!.weight;
    };
    expect(belief((loss) => 5 - 2 * loss)).toBeGreaterThan(0.9);
    const rows = Float64Array.from({ length: n }, () => random.normal());
    const useless = (validated: boolean) => belief((loss) => rows[rough.losses.indexOf(loss)]!, validated);
    expect(useless(false)).toBeLessThan(belief((loss) => loss));
    // Known beforehand to follow the target: log odds of 2 instead of -1.
    const odds = [true, false].map((is) => (useless(is) - 0.05) / (0.95 - useless(is)));
    expect(Math.log(odds[0]! / odds[1]!)).toBeCloseTo(3, 9);
  });
});
