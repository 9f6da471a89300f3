import { describe, expect, it } from 'vitest';
import { targetsOf } from '../../../models/finetune/targets.js';
import { Generator } from '../../../models/random/generator.js';

const options = { molecules: 10, weights: [1, 0.5], share: 0.25 };
const random = () => new Generator(3);

describe('targetsOf', () => {
  it('holds molecules out with all their labels, and standardises by the others', () => {
    const labels = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((molecule) => [
      { molecule, level: 0, value: 10 * molecule },
      { molecule, level: 1, value: -molecule },
    ]);
    const { learned, heldOut, mean, sd, y, weight } = targetsOf(labels, options, random());
    expect([learned.length, heldOut.length]).toEqual([6, 2]);
    expect([...learned, ...heldOut].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(mean[0]).toBeCloseTo((10 * learned.reduce((a, b) => a + b)) / 6, 10);
    expect(mean[1]).toBeCloseTo(-mean[0]! / 10, 10);
    const own = learned.map((i) => y[2 * i]!);
    expect(own.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
    expect(own.reduce((a, b) => a + b * b, 0) / 6).toBeCloseTo(1, 5);
    expect(y[2 * heldOut[0]!]! * sd[0]! + mean[0]!).toBeCloseTo(10 * heldOut[0]!, 4);
    expect([...weight.subarray(0, 4)]).toEqual([0, 0, 1, 0.5]);
    expect(targetsOf(labels, options, random())).toEqual(targetsOf(labels, options, random()));
  });

  it('takes the mean of values of one molecule and level, which count as many', () => {
    const repeated = [1, 3, 8].map((value) => ({ molecule: 4, level: 1, value }));
    const { y, weight, mean, sd } = targetsOf(
      [...repeated, { molecule: 5, level: 1, value: 0 }],
      { ...options, share: 0 },
      random(),
    );
    expect(y[9]! * sd[1]! + mean[1]!).toBeCloseTo(4, 6);
    expect([weight[9], weight[11]]).toEqual([1.5, 0.5]);
  });

  it('takes values that are all the same, and levels without any', () => {
    const { sd, y } = targetsOf([{ molecule: 0, level: 0, value: 7 }], { ...options, share: 0 }, random());
    expect([...sd, y[0]]).toEqual([1, 1, 0]);
  });

  it('names labels of no molecule or level, and values that are none', () => {
    const labels = [
      { molecule: 10, level: 0, value: 1 },
      { molecule: 1, level: 2, value: 1 },
      { molecule: 1, level: 0.5, value: 1 },
      { molecule: 1, level: 1, value: Number.NaN },
    ];
    expect(() => targetsOf(labels, options, random())).toThrow(
      /labels\[0\].*no molecule 10.*labels\[1\].*no level 2.*labels\[2\].*no level 0.5.*labels\[3\].*NaN is not finite/s,
    );
  });
});
