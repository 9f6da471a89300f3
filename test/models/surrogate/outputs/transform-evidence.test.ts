import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { fitGp, standardGp } from '../../../../models/surrogate/kinds/gp.js';
import { logWarp } from '../../../../models/surrogate/outputs/log-warp.js';
import type { OutputTransform } from '../../../../models/surrogate/outputs/output-transform.js';
import { standardise } from '../../../../models/surrogate/outputs/standardise.js';
import { transformEvidence } from '../../../../models/surrogate/outputs/transform-evidence.js';
import type { TargetRows } from '../../../../models/surrogate/outputs/transformed-objective.js';
import { winsorising } from '../../../../models/surrogate/outputs/winsorise.js';
import { yeoJohnson } from '../../../../models/surrogate/outputs/yeo-johnson.js';
import { someDesigns } from '../../../support/encoded.js';

const n = 25;
const designs = someDesigns(n, { numeric: 2 }, 8);
const { encoding } = designs;

function rowsOf(loss: (x: number, y: number) => number): TargetRows {
  const losses = Float64Array.from({ length: n }, (_, i) => loss(designs.numeric[2 * i]!, designs.numeric[2 * i + 1]!));
  return { designs, losses, noise: undefined };
}

function evidence(rows: TargetRows, transform: OutputTransform) {
  const kind = { ...standardGp(encoding), transform };
  const training = { designs, levels: new Int32Array(n), losses: rows.losses, levelCount: 1, finite: false };
  const fitted = fitGp(training, { seed: 1, previous: null, optimise: true }, kind);
  return { value: transformEvidence(rows, kind, fitted.hyperparameters), logPosterior: fitted.logPosterior };
}

describe('evidence of transforms', () => {
  const calm = rowsOf((x, y) => Math.sin(4 * x) + y);

  it('of losses as they are is the log posterior density of the losses', () => {
    const { value, logPosterior } = evidence(calm, standardise);
    const mean = calm.losses.reduce((a, b) => a + b, 0) / n;
    const sd = Math.sqrt(calm.losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / n);
    expect(value).toBeCloseTo(logPosterior - n * Math.log(sd), 8);
  });

  it('moves by −n·log of the unit for every transform alike', () => {
    const scaled = { ...calm, losses: calm.losses.map((loss) => 50 * loss - 7) };
    for (const transform of [standardise, logWarp, yeoJohnson])
      expect(evidence(scaled, transform).value).toBeCloseTo(evidence(calm, transform).value - n * Math.log(50), 3);
  });

  it('takes a parameter to be worth its cost only where it is needed', () => {
    expect(evidence(calm, standardise).value).toBeGreaterThan(evidence(calm, logWarp).value);
    const skewed = rowsOf((x, y) => Math.exp(3 * Math.sin(4 * x) + 3 * y));
    expect(evidence(skewed, logWarp).value).toBeGreaterThan(evidence(skewed, standardise).value + 5);
  });

  it('is that of winsorised losses where none is beyond the fence, and prefers them where some are absurd', () => {
    expect(evidence(calm, winsorising(standardise)).value).toBe(evidence(calm, standardise).value);
    const random = new Generator(4, 'absurd');
    const absurd = rowsOf((x, y) => (random.uniform() < 0.1 ? 1000 * random.uniform() : Math.sin(4 * x) + y));
    expect(evidence(absurd, winsorising(standardise)).value).toBeGreaterThan(evidence(absurd, standardise).value + 5);
  });
});
