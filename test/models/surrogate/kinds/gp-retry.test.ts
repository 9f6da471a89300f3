import { describe, expect, it } from 'vitest';
import type { DesignKernel } from '../../../../models/kernel/contract.js';
import { fitGp, standardGp } from '../../../../models/surrogate/kinds/gp.js';
import { someDesigns } from '../../../support/encoded.js';

const designs = someDesigns(12, { numeric: 2 }, 3);
const training = {
  designs,
  levels: new Int32Array(12),
  losses: Float64Array.from(
    { length: 12 },
    (_, i) => Math.sin(4 * designs.numeric[2 * i]!) + designs.numeric[2 * i + 1]!,
  ),
  levelCount: 1,
  finite: false,
};
const options = { seed: 5, previous: null, optimise: true };

/** The kernel, whose correlations are no numbers where `refuses` holds of its first log lengthscale. */
function broken(kernel: DesignKernel, refuses: (theta: number) => boolean): DesignKernel {
  return {
    hyperparameters: kernel.hyperparameters,
    cross: (theta, a, b) => kernel.cross(theta, a, b),
    local: (theta, all, candidate) => kernel.local(theta, all, candidate),
    training: (rows) => {
      const inner = kernel.training(rows);
      return {
        evaluate: (theta, K) => {
          inner.evaluate(theta, K);
          if (refuses(theta[0]!)) K.fill(Number.NaN);
        },
        pullback: (W, gradient) => inner.pullback(W, gradient),
      };
    },
  };
}

describe('a fit whose usual starts have no finite density', () => {
  const kind = standardGp(designs.encoding);
  const [first] = kind.kernel.hyperparameters;
  const fitWhere = (refuses: (theta: number) => boolean) =>
    fitGp(training, options, { ...kind, kernel: broken(kind.kernel, refuses) });
  const isStart = (theta: number) => theta === first!.start || theta === first!.mean;

  it('goes on from draws of the priors, to a fit as good as any, the same for the same seed', () => {
    const found = fitWhere(isStart);
    expect(found.logPosterior).toBeGreaterThan(fitWhere(() => false).logPosterior - 0.1);
    expect(fitWhere(isStart).hyperparameters).toEqual(found.hyperparameters);
    expect(isStart(found.hyperparameters[0]!)).toBe(false);
  });

  it('ends in an error that says so where all draws are like them', () => {
    expect(() => fitWhere(() => true)).toThrow(
      'no hyperparameters were found at which the losses have a finite density',
    );
  });
});
