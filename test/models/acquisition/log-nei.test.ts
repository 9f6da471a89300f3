import { describe, expect, it } from 'vitest';
import type { AcquisitionType } from '../../../models/acquisition/contract.js';
import { qLogNei } from '../../../models/acquisition/internal/monte-carlo-improvement.js';
import { logEiPerCost } from '../../../models/acquisition/log-ei-per-cost.js';
import { logNei } from '../../../models/acquisition/log-nei.js';
import { qLogEiPerCost } from '../../../models/acquisition/q-log-ei.js';
import { concatDesigns, selectDesigns } from '../../../models/encode/encoded-designs.js';
import { normalDraws } from '../../../models/random/normal-draws.js';
import { acquisitionValues } from '../../../models/search/acquisition-surface.js';
import { candidates, levelCosts, someSituation, surfacePart } from '../../support/situation.js';

/** Values at the candidates, [level][candidate]. */
function valuesOf(type: AcquisitionType, pending: readonly number[], at = candidates): Float64Array[] {
  const situation = someSituation(pending);
  if (type.kind === 'drawn') throw new Error('no values without a draw');
  const acquisition =
    type.kind === 'anchored'
      ? type.prepare(situation)
      : { surrogate: situation.withPending, anchors: null, anchored: 'target' as const, evaluate: type.evaluate };
  return acquisitionValues(
    { parts: [surfacePart(acquisition, situation)], lossPower: type.lossPower, costs: levelCosts, levels: [0, 1] },
    at,
  );
}

describe('noisy improvement', () => {
  it.each([[[]], [[1, 1]]])('is qLogNEI over the whole baseline and pending points, %j in flight', (pending) => {
    const { surrogate, measured, pending: running } = someSituation(pending);
    const baseline = concatDesigns(measured, running.designs);
    const ours = valuesOf(logNei, pending)[1]!;
    for (let row = 0; row < candidates.n; row++) {
      const joint = surrogate.joint(concatDesigns(baseline, selectDesigns(candidates, [row])));
      const expected = qLogNei({ ...joint, base: normalDraws(8192, baseline.n + 1, 3) }, baseline.n).value;
      // Where improvement is unlikely, 8,192 draws say little of it.
      if (expected > -9) expect(Math.abs(ours[row]! - expected)).toBeLessThan(0.3);
    }
    expect(ours.some((value) => value > -9)).toBe(true);
  });

  it('counts a pending trial: less is to be gained where one stands', () => {
    const { pending } = someSituation([1]);
    const before = valuesOf(logNei, [], pending.designs)[1]![0]!;
    expect(valuesOf(logNei, [1], pending.designs)[1]![0]!).toBeLessThan(before - 1);
  });
});

describe('improvement of a batch', () => {
  it('is log EI per cost with nothing in flight, bit for bit', () => {
    expect(valuesOf(qLogEiPerCost, [])).toEqual(valuesOf(logEiPerCost, []));
  });

  it('believes what is pending at lower levels, as log EI does', () => {
    expect(valuesOf(qLogEiPerCost, [0, 0])).toEqual(valuesOf(logEiPerCost, [0, 0]));
  });

  it('knows less of what is pending at the target than one who takes the mean as measured', () => {
    const { pending } = someSituation([1, 1]);
    const ours = valuesOf(qLogEiPerCost, [1, 1], pending.designs)[1]!;
    const alone = valuesOf(qLogEiPerCost, [], pending.designs)[1]!;
    ours.forEach((value, i) => {
      expect(value).toBeLessThan(alone[i]!);
    });
    expect(valuesOf(qLogEiPerCost, [1, 1])).not.toEqual(valuesOf(logEiPerCost, [1, 1]));
  });
});
