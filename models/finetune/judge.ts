import type { Numbers } from './state.js';
import type { Targets } from './targets.js';

/** How molecules that are held out are foretold. */
export interface HeldOut {
  /** Mean squared error of standardised values, weighed as the loss is. */
  readonly error: number;
  /** Share of the variance that is explained, by level; null with fewer than two values. */
  readonly r2: readonly (number | null)[];
}

/** @param rows - standardised embeddings of the molecules held out, in their order, [molecules × width] */
export function judged(rows: Float32Array, width: number, parameters: Numbers, targets: Targets): HeldOut {
  const { levels, heldOut, y, weight } = targets;
  const [heads, offsets] = [parameters['head.weight']!, parameters['head.offset']!];
  let [error, total] = [0, 0];
  const r2 = Array.from({ length: levels }, (_, level) => {
    const known = heldOut.flatMap((i, row) =>
      weight[i * levels + level]! > 0 ? [{ at: i * levels + level, row }] : [],
    );
    const mean = known.reduce((sum, { at }) => sum + y[at]!, 0) / known.length;
    let [left, spread] = [0, 0];
    for (const { at, row } of known) {
      let value = offsets[level]!;
      for (let j = 0; j < width; j++) value += rows[row * width + j]! * heads[j * 2 * levels + level]!;
      error += weight[at]! * (value - y[at]!) ** 2;
      total += weight[at]!;
      left += (value - y[at]!) ** 2;
      spread += (y[at]! - mean) ** 2;
    }
    return known.length < 2 || spread === 0 ? null : 1 - left / spread;
  });
  return { error: total > 0 ? error / total : 0, r2 };
}
