import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import type { TrainingSet } from '../../../../models/surrogate/contract.js';
import { fitGp, standardGp } from '../../../../models/surrogate/kinds/gp.js';
import { gp } from '../../../../models/surrogate/surrogates.js';
import { someDesigns } from '../../../support/encoded.js';

const options = { seed: 1, previous: null, optimise: true };
const truth = (x: number, y: number) => Math.sin(4 * x) + Math.cos(3 * y);

/** Twenty values of a wave, those of some rows changed. */
function measured(wrong: Readonly<Record<number, number>>): TrainingSet {
  const designs = someDesigns(20, { numeric: 2 }, 8);
  const losses = Float64Array.from(
    { length: 20 },
    (_, i) => wrong[i] ?? truth(designs.numeric[2 * i]!, designs.numeric[2 * i + 1]!),
  );
  return { designs, levels: new Int32Array(20), losses, levelCount: 1, finite: false };
}

describe('a robust Gaussian process', () => {
  for (const wrong of [-8, 7]) {
    it(`does not learn from a gross error of ${wrong}, and predicts as well as if it had never been`, () => {
      const fitted = gp.fit(measured({ 7: wrong }), options) as ReturnType<typeof fitGp>;
      expect(fitted.suspects).toEqual([7]);
      const points = someDesigns(50, { numeric: 2 }, 99);
      fitted.posterior(points).mean[0]!.forEach((latent, i) => {
        const at = truth(points.numeric[2 * i]!, points.numeric[2 * i + 1]!);
        expect(Math.abs(fitted.scale.toLoss(latent) - at)).toBeLessThan(0.6);
      });
      const { mean } = fitted.leaveOneOut();
      expect(mean).toHaveLength(20);
      expect(Math.abs(fitted.scale.toLoss(mean[7]!) - measured({}).losses[7]!)).toBeLessThan(0.4);
    });
  }

  it('is what it was where nothing is wrong, or nothing may be taken for wrong', () => {
    const training = measured({});
    const plain = (set: TrainingSet) => fitGp(set, options, standardGp(set.designs.encoding)).hyperparameters;
    const robust = (set: TrainingSet, more = {}) =>
      (gp.fit(set, { ...options, ...more }) as ReturnType<typeof fitGp>).hyperparameters;
    expect(robust(training)).toEqual(plain(training));
    const spoilt = measured({ 7: -8 });
    expect(robust(spoilt, { suspects: false })).toEqual(plain(spoilt));
    expect(robust(spoilt)).not.toEqual(plain(spoilt));
  });

  it('finds what it left out again from its hyperparameters, in any order, and takes back what was corrected', () => {
    const training = measured({ 7: -8 });
    const { hyperparameters } = gp.fit(training, options) as ReturnType<typeof fitGp>;
    const again = { ...options, previous: hyperparameters, optimise: false };
    const order = [...training.losses.keys()].reverse();
    const turned = {
      ...training,
      designs: selectDesigns(training.designs, order),
      losses: Float64Array.from(order, (row) => training.losses[row]!),
    };
    const same = gp.fit(turned, again) as ReturnType<typeof fitGp>;
    expect(same.suspects).toEqual([12]);
    expect(same.hyperparameters).toEqual(hyperparameters);
    expect((gp.fit(measured({}), again) as ReturnType<typeof fitGp>).suspects).toEqual([]);
  });

  it('does not learn from one that another value of its design contradicts, however far it reaches beyond what the others span', () => {
    for (const wrong of [-2.5, -3.5, -5, -8]) {
      const training = measured({ 7: wrong });
      const right = measured({}).losses[7]!;
      const again = {
        ...training,
        designs: selectDesigns(training.designs, [...training.losses.keys(), 7]),
        levels: new Int32Array(21),
        losses: Float64Array.of(...training.losses, right),
      };
      expect((gp.fit(again, options) as ReturnType<typeof fitGp>).suspects, `${wrong}`).toEqual([7]);
    }
  });

  it('believes both values of a design that differ by no more than noise does', () => {
    const training = measured({});
    const rows = [...training.losses.keys()];
    const noisy = rows.map((row) => training.losses[row]! + 0.5 * Math.sin(37 * row));
    const twice = {
      ...training,
      designs: selectDesigns(training.designs, [...rows, ...rows]),
      levels: new Int32Array(40),
      losses: Float64Array.of(...noisy, ...rows.map((row) => training.losses[row]! + 0.5 * Math.cos(53 * row))),
    };
    expect((gp.fit(twice, options) as ReturnType<typeof fitGp>).suspects).toEqual([]);
  });

  it('believes a value that was measured twice, and one that is better by less than the others span', () => {
    const training = measured({ 7: -8 });
    const twice = {
      ...training,
      designs: selectDesigns(training.designs, [...training.losses.keys(), 7]),
      levels: new Int32Array(21),
      losses: Float64Array.of(...training.losses, -7.9),
    };
    expect((gp.fit(twice, options) as ReturnType<typeof fitGp>).suspects).toEqual([]);
    const [least, most] = [Math.min(...measured({}).losses), Math.max(...measured({}).losses)];
    const better = measured({ 7: least - 0.9 * (most - least) });
    expect((gp.fit(better, options) as ReturnType<typeof fitGp>).suspects).toEqual([]);
  });
});
