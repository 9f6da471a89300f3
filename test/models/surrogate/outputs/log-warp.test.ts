import { describe, expect, it } from 'vitest';
import { logWarp } from '../../../../models/surrogate/outputs/log-warp.js';

const losses = Float64Array.of(3, 0.1, 7, 0.5, 0.11, 2);

describe('log warp', () => {
  it('rises with the loss, goes back and forth, and is continuous below the best loss', () => {
    const warp = logWarp.of(losses, -1);
    for (const loss of [-3, 0.1, 0.2, 5, 100]) expect(warp.toLoss(warp.toLatent(loss))).toBeCloseTo(loss, 9);
    expect(warp.toLatent(0.2)).toBeGreaterThan(warp.toLatent(0.1));
    expect(warp.toLatent(0.1 - 1e-9)).toBeCloseTo(warp.toLatent(0.1 + 1e-9), 6);
    losses.forEach((loss, i) => {
      expect(warp.values[i]).toBeCloseTo(warp.toLatent(loss), 12);
    });
  });

  it('has mean 0 and variance 1 over the losses, and is nearly linear for large s', () => {
    const { values } = logWarp.of(losses, 8);
    expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 12);
    expect(values.reduce((a, b) => a + b * b, 0)).toBeCloseTo(losses.length, 12);
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    const sd = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length);
    losses.forEach((loss, i) => {
      expect(values[i]).toBeCloseTo((loss - mean) / sd, 2);
    });
  });

  it('has derivatives by log s that agree with central differences, and the Jacobian of its slope', () => {
    for (const logS of [-2, 0.5, 3]) {
      const warp = logWarp.of(losses, logS);
      const up = logWarp.of(losses, logS + 1e-5);
      const down = logWarp.of(losses, logS - 1e-5);
      expect(warp.byParameter.logJacobian).toBeCloseTo((up.logJacobian - down.logJacobian) / 2e-5, 6);
      warp.byParameter.values.forEach((value, i) => {
        expect(value).toBeCloseTo((up.values[i]! - down.values[i]!) / 2e-5, 6);
      });
      const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
      const sd = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / losses.length);
      const log = losses.reduce(
        (sum, loss) => sum + Math.log(((warp.toLatent(loss + 1e-7) - warp.toLatent(loss)) / 1e-7) * sd),
        0,
      );
      expect(warp.logJacobian).toBeCloseTo(log, 4);
    }
  });

  it('stays finite for one loss and for equal losses', () => {
    for (const same of [Float64Array.of(2), Float64Array.of(2, 2, 2)]) {
      const warp = logWarp.of(same, 1);
      expect([...warp.values, warp.logJacobian, ...warp.byParameter.values].every(Number.isFinite)).toBe(true);
    }
  });
});
