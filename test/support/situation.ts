import type { AcquisitionSituation, PreparedAcquisition } from '../../models/acquisition/contract.js';
import { selectDesigns } from '../../models/encode/encoded-designs.js';
import type { SurfacePart } from '../../models/search/acquisition-surface.js';
import { icm } from '../../models/surrogate/kinds/icm.js';
import { someDesigns } from './encoded.js';

/** Level 0 costs less; level 1 is the target. */
export const levelCosts: readonly number[] = [0.1, 1];

/**
 * A surrogate of a smooth loss over two numeric columns at two levels, with noise at the target, and trials in flight.
 *
 * @param pending - levels of the trials in flight
 */
export function someSituation(pending: readonly number[], seed = 5): AcquisitionSituation {
  const designs = someDesigns(24, { numeric: 2 }, 31);
  const levels = Int32Array.from({ length: designs.n }, (_, i) => (i % 2 === 0 ? 1 : 0));
  const losses = Float64Array.from(levels, (level, i) => {
    const [x, y] = [designs.numeric[2 * i]!, designs.numeric[2 * i + 1]!];
    const loss = Math.sin(5 * x) + (y - 0.4) ** 2;
    return level === 1 ? loss + 0.1 * Math.sin(99 * i) : 0.6 * loss + 1;
  });
  const training = { designs, levels, losses, levelCount: 2, finite: false };
  const surrogate = icm.fit(training, { seed: 1, previous: null, optimise: true });
  const running = {
    designs: someDesigns(pending.length, { numeric: 2 }, 47),
    levels: Int32Array.from(pending),
  };
  const atTarget = [...levels.keys()].filter((i) => levels[i] === 1);
  const withPending = pending.length === 0 ? surrogate : surrogate.condition(running.designs, running.levels);
  const measuredIncumbent = Math.min(...atTarget.map((i) => losses[i]!));
  const predicted = pending.length === 0 ? [] : [...withPending.posterior(running.designs).mean[1]!];
  return {
    surrogate,
    withPending,
    measuredIncumbent,
    incumbent: Math.min(measuredIncumbent, ...predicted.filter((_, i) => pending[i] === 1)),
    target: 1,
    measured: selectDesigns(designs, atTarget),
    pending: running,
    representatives: (count) => someDesigns(count, { numeric: 2 }, 61),
    seed,
  };
}

/** Designs that no trial of `someSituation` stands at. */
export const candidates = someDesigns(9, { numeric: 2 }, 77);

/** What one surrogate of weight 1 says in a situation. */
export function surfacePart(
  acquisition: PreparedAcquisition,
  { incumbent, surrogate }: Pick<AcquisitionSituation, 'incumbent' | 'surrogate'>,
): SurfacePart {
  return { acquisition, incumbent, scale: surrogate.scale, weight: 1 };
}
