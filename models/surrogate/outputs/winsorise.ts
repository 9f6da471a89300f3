import { quantile } from '../../stats/quantile.js';
import type { OutputTransform } from './output-transform.js';

/**
 * Losses with their bad tail drawn in to Tukey's fence: max Q3 + 1.5·(Q3 − Q1). Good values are left as they are.
 *
 * For losses of which a few are absurdly bad, which would make all others look alike. Where half of them are equal, so
 * that the quartiles tell nothing, none is drawn in.
 *
 * @param losses - finite, [n]
 */
export function winsorised(losses: Float64Array): Float64Array {
  const fence = tukeyFence(losses);
  return losses.map((loss) => Math.min(loss, fence));
}

/** Q3 + 1.5·(Q3 − Q1), beyond which a loss is drawn in; ∞ where the quartiles are equal. */
export function tukeyFence(losses: Float64Array): number {
  const sorted = Float64Array.from(losses).sort();
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
  return high > low ? high + 1.5 * (high - low) : Number.POSITIVE_INFINITY;
}

/**
 * An output transform of winsorised losses: what is fitted are the drawn-in values. Between losses and its scale it goes
 * as the transform does, also beyond the fence, so that it still rises there.
 */
export function winsorising(transform: OutputTransform): OutputTransform {
  return {
    ...transform,
    name: `${transform.name} of winsorised losses`,
    of: (losses, parameter) => transform.of(winsorised(losses), parameter),
  };
}
