import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logWarp } from '../../../../models/surrogate/outputs/log-warp.js';
import { standardise } from '../../../../models/surrogate/outputs/standardise.js';
import { yeoJohnson } from '../../../../models/surrogate/outputs/yeo-johnson.js';

const losses = Float64Array.of(3, 0.1, 7, 0.5, 0.11, 2, -4);

describe.each([
  [standardise, [0]],
  [logWarp, [-2, 0.5, 3]],
  [yeoJohnson, [-0.7, 0, 0.4, 1, 2, 2.6]],
])('laws of output transforms: $name', (transform, parameters) => {
  it('rises with the loss and goes back and forth, also beyond the training losses', () => {
    for (const parameter of parameters) {
      const t = transform.of(losses, parameter);
      for (const loss of [-6, -4, 0.1, 0.2, 5, 20]) {
        expect(t.toLoss(t.toLatent(loss))).toBeCloseTo(loss, 8);
        expect(t.toLatent(loss + 0.1)).toBeGreaterThan(t.toLatent(loss));
      }
      losses.forEach((loss, i) => {
        expect(t.values[i]).toBeCloseTo(t.toLatent(loss), 12);
      });
    }
  });

  it('has mean 0 and variance 1 over the losses', () => {
    for (const parameter of parameters) {
      const { values } = transform.of(losses, parameter);
      expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 12);
      expect(values.reduce((a, b) => a + b * b, 0)).toBeCloseTo(losses.length, 11);
    }
  });

  it('has derivatives that agree with central differences, and the Jacobian of its slope', () => {
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    const sd = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length);
    for (const parameter of parameters) {
      const here = transform.of(losses, parameter);
      let log = 0;
      for (const loss of losses) {
        const difference = (here.toLatent(loss + 1e-6) - here.toLatent(loss - 1e-6)) / 2e-6;
        expect(Math.abs(here.slope(loss) / difference - 1)).toBeLessThan(1e-5);
        log += Math.log(here.slope(loss) * sd);
      }
      expect(here.logJacobian).toBeCloseTo(log, 9);
      if (transform === standardise) continue;
      const [up, down] = [transform.of(losses, parameter + 1e-5), transform.of(losses, parameter - 1e-5)];
      expect(here.byParameter.logJacobian).toBeCloseTo((up.logJacobian - down.logJacobian) / 2e-5, 5);
      here.byParameter.values.forEach((value, i) => {
        expect(value).toBeCloseTo((up.values[i]! - down.values[i]!) / 2e-5, 6);
        const difference = Math.log(up.slope(losses[i]!) / down.slope(losses[i]!)) / 2e-5;
        expect(here.byParameter.logSlopes[i]).toBeCloseTo(difference, 5);
      });
    }
  });

  it('stays finite for one loss, for equal losses, and for huge and tiny ones', () => {
    const sets = fc.array(fc.double({ min: -1e150, max: 1e150, noNaN: true }), { minLength: 1, maxLength: 6 });
    const check = (some: readonly number[]) => {
      for (const parameter of parameters) {
        const t = transform.of(Float64Array.from(some), parameter);
        const all = [...t.values, t.logJacobian, ...t.byParameter.values, t.byParameter.logJacobian];
        expect(all.every(Number.isFinite), `${some}`).toBe(true);
      }
    };
    for (const same of [[2], [2, 2, 2], [1e300, 1e300], [1e-300, 2e-300], [0, 0, 5e-324]]) check(same);
    fc.assert(fc.property(sets, check), { seed: 4 });
  });
});

describe('yeo-johnson', () => {
  it('is the identity at λ = 1', () => {
    const [plain, same] = [standardise.of(losses, 0), yeoJohnson.of(losses, 1)];
    same.values.forEach((value, i) => {
      expect(value).toBeCloseTo(plain.values[i]!, 12);
    });
  });
});
