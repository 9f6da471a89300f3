import { expect, it } from 'vitest';
import { blankDesigns, type Encoding } from '../../../../models/encode/encoded-designs.js';
import type { FittedSurrogate, TrainingSet } from '../../../../models/surrogate/contract.js';
import { gpType, vanillaGp } from '../../../../models/surrogate/kinds/gp.js';
import { icm } from '../../../../models/surrogate/kinds/icm.js';

const encoding: Encoding = {
  ...{ numeric: 2, categories: 0, substances: 0, coded: 0 },
  ...{ fingerprints: [], descriptors: [], codes: [], vectors: [] },
};

function trainingOf(levelCount: number): TrainingSet {
  const designs = blankDesigns(12, encoding);
  for (let i = 0; i < 12; i++) designs.numeric.set([((i * 5) % 12) / 11, ((i * 7) % 12) / 11], 2 * i);
  const losses = Float64Array.from(
    { length: 12 },
    (_, i) => Math.sin(4 * designs.numeric[2 * i]!) + designs.numeric[2 * i + 1]!,
  );
  const levels = Int32Array.from(losses, (_, i) => (levelCount === 1 ? 0 : i % 2));
  return { designs, losses, levels, levelCount, finite: false };
}

const options = { seed: 1, previous: null, optimise: true };

it('is the kernel at the learned lengthscales', () => {
  const training = trainingOf(1);
  const surrogate = gpType('rbf', 'as BoTorch', vanillaGp).fit(training, options) as FittedSurrogate;
  const lengths = surrogate.hyperparameters.slice(0, 2).map(Math.exp);
  const [x, n] = [training.designs.numeric, 12];
  const found = surrogate.priorCorrelation!(training.designs, training.designs);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const square = lengths.reduce((sum, length, c) => sum + ((x[2 * i + c]! - x[2 * j + c]!) / length) ** 2, 0);
      expect(found[i * n + j]).toBeCloseTo(Math.exp(-0.5 * square), 12);
    }
});

it('is 1 of a design with itself, with several levels too, and lies between what kernels may give', () => {
  const training = trainingOf(2);
  const surrogate = icm.fit(training, options) as FittedSurrogate;
  const found = surrogate.priorCorrelation!(training.designs, training.designs);
  for (let i = 0; i < 12; i++) expect(found[i * 13]).toBeCloseTo(1, 12);
  expect(Math.min(...found)).toBeGreaterThan(0);
  expect(Math.max(...found)).toBeLessThanOrEqual(1 + 1e-12);
});
