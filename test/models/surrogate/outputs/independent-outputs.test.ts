import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { deriveSeed } from '../../../../models/random/generator.js';
import { Ensemble } from '../../../../models/surrogate/ensemble.js';
import { IndependentOutputs, type OutputData } from '../../../../models/surrogate/outputs/independent-outputs.js';
import { surrogateChoice } from '../../../../models/surrogate/surrogates.js';
import { someDesigns } from '../../../support/encoded.js';

const n = 18;
const designs = someDesigns(n, { numeric: 2 }, 5);
const x = (row: number) => designs.numeric[2 * row]!;
const ash = (row: number) => 100 * x(row) + 30 * Math.sin(50 * row);
const where = { designs, levels: new Int32Array(n), levelCount: 1, finite: false };
const of = (value: (row: number) => number) => Float64Array.from({ length: n }, (_, row) => value(row));
const { members } = surrogateChoice('ensemble');
const outputs: OutputData[] = [
  { name: 'loss', losses: of((row) => Math.sin(6 * x(row)) + Math.sin(40 * row)), contenders: members },
  { name: 'ash', losses: of((row) => (row % 3 === 0 ? Number.NaN : ash(row))), contenders: members },
];
const options = { seed: 4, previous: {}, optimise: true };
const points = someDesigns(6, { numeric: 2 }, 9);

describe('independent outputs', async () => {
  const fitted = await IndependentOutputs.fit(outputs, where, options);

  it('are each what an ensemble fitted to its own measured rows is', async () => {
    const rows = [...Array(n).keys()].filter((row) => row % 3 !== 0);
    const alone = await Ensemble.fit(
      members,
      {
        ...where,
        designs: selectDesigns(designs, rows),
        levels: new Int32Array(rows.length),
        losses: Float64Array.from(rows, ash),
      },
      { seed: deriveSeed(4, 'ash'), previous: [], optimise: true },
    );
    expect(fitted.posterior('ash', points)).toEqual(alone.members.map(({ surrogate }) => surrogate.posterior(points)));
    expect([...fitted.ensembles.keys()]).toEqual(['loss', 'ash']);
  });

  it('are feasible with the product of the probabilities of each', () => {
    const bounds = { loss: 0.3, ash: 45 };
    const log = fitted.logFeasibility(points, bounds);
    for (let candidate = 0; candidate < points.n; candidate++) {
      const probability = Object.entries(bounds).reduce((product, [name, bound]) => {
        const posteriors = fitted.posterior(name, points);
        const which = { level: 0, candidate };
        return product * fitted.ensembles.get(name)!.probabilityBelow(posteriors, which, bound);
      }, 1);
      expect(probability).toBeGreaterThan(1e-9);
      expect(log[candidate]).toBeCloseTo(Math.log(probability), 6);
    }
    // Where no probability is left, its logarithm still says which design is nearer to it.
    const hopeless = fitted.logFeasibility(points, { ash: -5000 });
    expect(hopeless.every((value) => Number.isFinite(value) && value < -50)).toBe(true);
  });

  it('are the same again from their hyperparameters', async () => {
    const previous = Object.fromEntries(
      [...fitted.ensembles].map(([name, ensemble]) => [
        name,
        ensemble.members.map((one) => ({ name: one.name, hyperparameters: one.surrogate.hyperparameters })),
      ]),
    );
    const again = await IndependentOutputs.fit(outputs, where, { seed: 9, previous, optimise: false });
    expect(again.posterior('loss', points)).toEqual(fitted.posterior('loss', points));
  });

  it('name what is wrong', async () => {
    const never = { name: 'never', losses: of(() => Number.NaN), contenders: members };
    await expect(IndependentOutputs.fit([never], where, options)).rejects.toThrow(/'never' was never measured/);
    await expect(IndependentOutputs.fit([outputs[0]!, outputs[0]!], where, options)).rejects.toThrow(/two outputs/);
    const short = { name: 'short', losses: new Float64Array(2), contenders: members };
    await expect(IndependentOutputs.fit([short], where, options)).rejects.toThrow(/2 values for 18 designs/);
    expect(() => fitted.posterior('tar', points)).toThrow(/there are loss, ash/);
  });
});
