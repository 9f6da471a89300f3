import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../models/encode/encoded-designs.js';
import { calibrated, representedShares } from '../../../models/surrogate/calibration.js';
import type { TrainingSet } from '../../../models/surrogate/contract.js';
import { Ensemble } from '../../../models/surrogate/ensemble.js';
import { surrogateChoice } from '../../../models/surrogate/surrogates.js';
import { someDesigns } from '../../support/encoded.js';

/** E √|z| of a standard normal: 2^¼·Γ(¾)/√π, Γ(¾) = 1.2254167024651776. */
const rootOfNormal = (2 ** 0.25 * 1.2254167024651776) / Math.sqrt(Math.PI);
const candidates = someDesigns(100, { numeric: 2 }, 91);
const seed = 3;

/** Losses of random designs in two dimensions, the first `below` of them at a lower level. */
function trainingSet(n: number, below: number, noise?: number): TrainingSet {
  const designs = someDesigns(n, { numeric: 2 }, 8);
  const losses = Float64Array.from({ length: n }, (_, i) => {
    const [x, y] = designs.numeric.subarray(2 * i, 2 * i + 2);
    return Math.sin(9 * x!) + 2 * y! + (i % 7 === 6 ? 0.8 : 0);
  });
  const levels = Int32Array.from({ length: n }, (_, i) => (i < below ? 0 : 1));
  const known = noise === undefined ? {} : { noise: Float64Array.from({ length: n }, () => noise) };
  return { designs, levels, losses, levelCount: 2, finite: true, ...known };
}

/** The set without a row. */
function without({ designs, levels, losses, noise, ...rest }: TrainingSet, row: number): TrainingSet {
  const kept = [...levels.keys()].filter((other) => other !== row);
  return {
    ...rest,
    designs: selectDesigns(designs, kept),
    levels: Int32Array.from(kept, (at) => levels[at]!),
    losses: Float64Array.from(kept, (at) => losses[at]!),
    ...(noise !== undefined && { noise: Float64Array.from(kept, (at) => noise[at]!) }),
  };
}

async function fitted(name: string, set: TrainingSet) {
  const { members } = surrogateChoice(name);
  return { members, ensemble: await Ensemble.fit(members, set, { seed, previous: [], optimise: true }) };
}

describe('calibration', () => {
  it.each([
    ['gp', trainingSet(24, 14)],
    ['icm', trainingSet(24, 14)],
    ['icm', trainingSet(24, 14, 0.04)],
  ])(
    'of %s is that of its errors at rows that it was fitted without, by the designs that each represents',
    async (name, set) => {
      const { members, ensemble } = await fitted(name, set);
      const { surrogate } = ensemble.members[0]!;
      const rows = [...set.levels.keys()].filter((row) => set.levels[row] === 1);
      const expected = rows.map((row) => surrogate.leaveOneOut().mean[row]!);
      const shares = representedShares(expected, surrogate.posterior(candidates).mean[1]!);
      const learned = name === 'gp' ? rows.length : (rows.length + set.levels.length) / 2;
      let sum = 0.05;
      for (const [i, row] of rows.entries()) {
        const options = { seed, previous: surrogate.hyperparameters, optimise: true };
        const other = await members[0]!.type.fit(without(set, row), options);
        const { mean, variance } = other.posterior(selectDesigns(set.designs, [row]));
        const loss = set.losses[row]!;
        const noise = set.noise === undefined ? other.noise[1]! : set.noise[row]! * other.scale.slope(loss) ** 2;
        const z = Math.abs(other.scale.toLatent(loss) - mean[1]![0]!) / Math.sqrt(variance[1]![0]! + noise);
        sum += (shares[i]! * (1 + 7 / learned) ** 0.25 * Math.sqrt(Math.min(4, z))) / rootOfNormal;
      }
      const f = Math.max(0.3, Math.min(3, (sum / 1.05) ** 2));
      const { calibration } = (await calibrated(ensemble, members, set, { candidates, seed })).members[0]!;
      expect(calibration).toBeCloseTo(f, 9);
    },
  );

  it('leaves those of small weight out, and shares their weight out', async () => {
    const set = trainingSet(24, 0);
    const { members, ensemble } = await fitted('ensemble', { ...set, levels: new Int32Array(24), levelCount: 1 });
    const single = { ...set, levels: new Int32Array(24), levelCount: 1 };
    const calibratedAt = async (weights: readonly number[]) => {
      const given = new Ensemble(ensemble.members.map((member, m) => ({ ...member, weight: weights[m]! })));
      return (await calibrated(given, members, single, { candidates, seed })).members;
    };
    expect((await calibratedAt([0.96, 0.04])).map(({ name, weight }) => [name, weight])).toEqual([['gp', 1]]);
    const both = await calibratedAt([0.94, 0.06]);
    expect(both.map(({ name, weight }) => [name, weight])).toEqual([
      ['gp', 0.94],
      ['smooth-gp', 0.06],
    ]);
    expect(both[0]!.calibration).toBe((await calibratedAt([0.96, 0.04]))[0]!.calibration);
  });

  it('takes a surrogate at its word where there is one target row, and leaves many rows out in twenty groups', async () => {
    const one = trainingSet(9, 8);
    const few = await fitted('icm', one);
    expect((await calibrated(few.ensemble, few.members, one, { candidates, seed })).members[0]!.calibration).toBe(1);
    const many = trainingSet(70, 20);
    let fits = 0;
    const { members, ensemble } = await fitted('icm', many);
    const counted = members.map((member) => ({
      ...member,
      type: {
        ...member.type,
        fit: (...args: Parameters<typeof member.type.fit>) => {
          fits += 1;
          return member.type.fit(...args);
        },
      },
    }));
    await calibrated(ensemble, counted, many, { candidates, seed });
    expect(fits).toBe(20);
  });
});

describe('the designs that a row represents', () => {
  it('are those that are expected to rank nearest to it', () => {
    const all = Float64Array.from({ length: 10 }, (_, i) => i);
    // Ranks 0.5 and 0.9: candidates up to the rank 0.7 are nearer to the first.
    const shares = (rows: readonly number[]) => [...representedShares(rows, all)].map((share) => share.toFixed(2));
    expect(shares([4.5, 8.5])).toEqual(['0.70', '0.30']);
    // Two rows of the same rank share what is nearest to them.
    expect(shares([8.7, 4.5, 8.5])).toEqual(['0.15', '0.70', '0.15']);
    expect(shares([-30])).toEqual(['1.00']);
  });

  it('are all of them together, whatever is expected', () => {
    const values = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(values, { minLength: 1, maxLength: 12 }),
        fc.array(values, { minLength: 1, maxLength: 40 }),
        (rows, all) => {
          const shares = representedShares(rows, Float64Array.from(all));
          expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
          expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });
});
