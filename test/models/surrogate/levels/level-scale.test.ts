import { describe, expect, it } from 'vitest';
import { levelScale, standardLoss, standardUnits } from '../../../../models/surrogate/levels/level-scale.js';

describe('the scale of a level', () => {
  it('has the mean and the standard deviation of its losses, n − 1', () => {
    expect(levelScale(Float64Array.of(1, 3, 5))).toEqual({ mean: 3, sd: 2, unit: 1 });
  });

  it('is the same for huge and tiny losses but for its unit', () => {
    for (const unit of [2 ** 1020, 2 ** -700]) {
      const losses = Float64Array.of(1, 3, 5).map((loss) => loss * unit);
      const scale = levelScale(losses);
      expect(losses.map((loss) => standardLoss(loss, scale))).toEqual(Float64Array.of(-1, 0, 1));
      expect(scale.mean * scale.unit).toBe(3 * unit);
    }
  });

  it('has a standard deviation of 1 where losses do not differ, or there are none', () => {
    expect(levelScale(new Float64Array())).toEqual(standardUnits);
    for (const loss of [0, 4, -1e300, 5e-324]) expect(levelScale(new Float64Array(3).fill(loss)).sd).toBe(1);
  });
});
