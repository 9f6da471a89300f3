import { describe, expect, it } from 'vitest';
import { drawJoint } from '../../../../models/acquisition/joint-draws.js';
import { RadialBlock } from '../../../../models/kernel/radial-block.js';
import { Generator } from '../../../../models/random/generator.js';
import type { TrainingSet } from '../../../../models/surrogate/contract.js';
import { adaptiveGp } from '../../../../models/surrogate/kinds/adaptive-gp.js';
import { someDesigns } from '../../../support/encoded.js';

const options = { seed: 1, previous: null, optimise: true };

function trainingSet(loss: (x: number, y: number, random: Generator) => number, n = 40): TrainingSet {
  const designs = someDesigns(n, { numeric: 2 }, 8);
  const random = new Generator(2, 'noise');
  const losses = Float64Array.from({ length: n }, (_, i) =>
    loss(designs.numeric[2 * i]!, designs.numeric[2 * i + 1]!, random),
  );
  return { designs, levels: new Int32Array(n), losses, levelCount: 1, finite: false };
}

const bowl = trainingSet((x, y) => Math.exp(6 * ((x - 0.3) ** 2 + (y - 0.6) ** 2)));
const wave = trainingSet((x, y) => Math.sin(4 * x) + Math.cos(3 * y));
const absurd = trainingSet((x, y, random) =>
  random.uniform() < 0.1 ? 300 + 100 * random.normal() : Math.sin(4 * x) + y,
);

/** A draw of a Matérn 3/2 process with lengthscales 0.5. */
function roughDraw(n: number): TrainingSet {
  const rough = trainingSet(() => 0, n);
  const K = new RadialBlock(rough.designs.encoding, 'matern32').cross(
    [Math.log(0.5), Math.log(0.5)],
    rough.designs,
    rough.designs,
  );
  const random = new Generator(6, 'draw');
  const base = Float64Array.from({ length: n }, () => random.normal());
  return { ...rough, losses: drawJoint({ mean: new Float64Array(n), covariance: K, base }).values };
}

describe('adaptive-gp', () => {
  const choiceOf = (set: TrainingSet) => adaptiveGp.fit(set, options).choice!;

  it('takes a transform where the losses are skewed, and a smooth kernel where they are smooth', () => {
    expect(choiceOf(bowl)).toMatch(/ on (log|yeo-johnson)$/);
    expect(choiceOf(wave)).toMatch(/^(rbf|matern52) on /);
    expect(choiceOf(roughDraw(70))).toMatch(/^matern32 on /);
  });

  it('draws a few absurd losses in, and predicts the others better for it', () => {
    const fitted = adaptiveGp.fit(absurd, options);
    expect(fitted.choice).toMatch(/of winsorised losses$/);
    const points = someDesigns(50, { numeric: 2 }, 99);
    const { mean } = fitted.posterior(points);
    const error = mean[0]!.reduce((sum, latent, i) => {
      const truth = Math.sin(4 * points.numeric[2 * i]!) + points.numeric[2 * i + 1]!;
      return sum + Math.abs(fitted.scale.toLoss(latent) - truth) / 50;
    }, 0);
    expect(error).toBeLessThan(0.5);
  });

  it('makes the same choice again from its hyperparameters, whatever the losses are by then', () => {
    const { hyperparameters, choice } = adaptiveGp.fit(bowl, options);
    const again = adaptiveGp.fit(wave, { seed: 3, previous: hyperparameters, optimise: false });
    expect(again.choice).toBe(choice);
    expect(again.hyperparameters).toEqual(hyperparameters);
  });

  it('chooses from 500 rows where there are more, and is conditioned on all', () => {
    const fitted = adaptiveGp.fit(
      trainingSet((x, y) => Math.exp(3 * x) + y, 520),
      options,
    );
    expect(fitted.leaveOneOut().mean).toHaveLength(520);
    const kept = adaptiveGp.fit(
      trainingSet((x, y) => Math.sin(9 * x) + y, 160),
      {
        ...options,
        previous: fitted.hyperparameters,
      },
    );
    expect(kept.choice).toBe(fitted.choice);
  });

  it('keeps the choice when it is conditioned on more', () => {
    const fitted = adaptiveGp.fit(bowl, options);
    const after = fitted.condition(someDesigns(1, { numeric: 2 }, 5), new Int32Array(1));
    expect(after.choice).toBe(fitted.choice);
  });
});
