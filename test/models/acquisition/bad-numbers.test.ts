import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acquisitions } from '../../../models/acquisition/acquisitions.js';
import type { AcquisitionSituation, AcquisitionType } from '../../../models/acquisition/contract.js';
import { selectDesigns } from '../../../models/encode/encoded-designs.js';
import {
  type AcquisitionSurface,
  acquisitionAt,
  acquisitionValues,
} from '../../../models/search/acquisition-surface.js';
import { drawLargest } from '../../../models/search/draw-largest.js';
import { surrogates } from '../../../models/surrogate/surrogates.js';
import { badDesigns, badValues, spaces } from '../../support/bad-numbers.js';
import { someDesigns } from '../../support/encoded.js';
import { levelCosts, surfacePart } from '../../support/situation.js';

/** Surrogates of losses at the edge at two levels, each with trials in flight, more than were measured or none. */
const situations = fc
  .tuple(fc.constantFrom(...Object.keys(spaces)), fc.integer({ min: 1, max: 6 }), fc.constantFrom(...surrogates))
  .chain(([space, n, type]) =>
    fc
      .tuple(badDesigns(n, spaces[space]!), badValues(n), fc.array(fc.nat(1), { maxLength: 8 }))
      .map(([designs, values, inFlight]) => async (): Promise<AcquisitionSituation> => {
        const losses = Float64Array.from(values);
        const levels = Int32Array.from(losses, (_, i) => 1 - (i % 2));
        const training = { designs, levels, losses, levelCount: 2, finite: true };
        const surrogate = await type.fit(training, { seed: 1, previous: null, optimise: true });
        const atTarget = [...levels.keys()].filter((i) => levels[i] === 1);
        const pending = {
          designs: selectDesigns(
            designs,
            inFlight.map((_, i) => i % n),
          ),
          levels: Int32Array.from(inFlight),
        };
        return {
          surrogate,
          withPending: inFlight.length === 0 ? surrogate : surrogate.condition(pending.designs, pending.levels),
          measuredIncumbent: surrogate.scale.toLatent(Math.min(...atTarget.map((i) => losses[i]!))),
          incumbent: surrogate.scale.toLatent(Math.min(...atTarget.map((i) => losses[i]!))),
          target: 1,
          measured: selectDesigns(designs, atTarget),
          pending,
          representatives: (count) => someDesigns(count, designs.encoding, 61),
          seed: 5,
        };
      }),
  );

/** Values at the target are numbers; below it −∞ stands for a trial that tells nothing. */
function expectNumbers(type: Exclude<AcquisitionType, { kind: 'drawn' }>, situation: AcquisitionSituation): void {
  const acquisition =
    type.kind === 'anchored'
      ? type.prepare(situation)
      : { surrogate: situation.withPending, anchors: null, anchored: 'target' as const, evaluate: type.evaluate };
  const surface: AcquisitionSurface = {
    parts: [surfacePart(acquisition, situation)],
    lossPower: type.lossPower,
    costs: levelCosts,
    levels: [0, 1],
  };
  const { encoding } = situation.measured;
  for (const candidates of [situation.measured, someDesigns(3, encoding, 77)]) {
    const [low, target] = acquisitionValues(surface, candidates);
    expect([...target!].every(Number.isFinite)).toBe(true);
    expect([...low!].every((value) => value < Number.POSITIVE_INFINITY)).toBe(true);
    const gradient = new Float64Array(encoding.numeric);
    const value = acquisitionAt(surface, selectDesigns(candidates, [0]), 1, gradient);
    expect([value, ...gradient].every(Number.isFinite)).toBe(true);
  }
}

describe('acquisitions on numbers at the edge', () => {
  it.each(acquisitions)('$name has finite values and gradients', async (type) => {
    await fc.assert(
      fc.asyncProperty(situations, async (make) => {
        const situation = await make();
        if (type.kind !== 'drawn') return expectNumbers(type, situation);
        const surface = { acquisition: type, surrogate: situation.surrogate, costs: levelCosts };
        const candidates = someDesigns(6, situation.measured.encoding, 77);
        const best = drawLargest(surface, candidates, () => [0, 1], { most: 4, seed: 3 });
        expect(Number.isFinite(best!.value)).toBe(true);
      }),
      { seed: 51, numRuns: 80 },
    );
  });
});
