import type { DescriptorTable } from './encoded-designs.js';

/** Largest correlation of a descriptor with one that is kept already; one beyond it tells too little that is new. */
const mostCorrelation = 0.9;

/** Spread, relative to the size of an entry, up to which it counts as constant: rounding. */
const constant = 1e-9;

/**
 * The descriptors that tell molecules apart, each scaled to [0, 1] over them. Left out are those that do not vary, and
 * those that correlate by more than 0.9, either way, with one before them.
 *
 * @param vectors - descriptors of every molecule of the space, all of one length; finite
 * @param members - places of the molecules that the table is for
 */
export function descriptorTable(vectors: readonly Float64Array[], members: readonly number[]): DescriptorTable {
  const kept: { readonly entries: Float64Array; readonly centred: Float64Array; readonly norm: number }[] = [];
  for (let at = 0; at < (vectors[0]?.length ?? 0); at++) {
    const entries = Float64Array.from(members, (m) => vectors[m]![at]!);
    const [low, high] = [Math.min(...entries), Math.max(...entries)];
    if (!(high - low > constant * Math.max(Math.abs(low), Math.abs(high)))) continue;
    const mean = entries.reduce((sum, value) => sum + value / entries.length, 0);
    const centred = entries.map((value) => value - mean);
    const norm = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
    const isNews = kept.every((other) => {
      const product = other.centred.reduce((sum, value, i) => sum + value * centred[i]!, 0);
      return Math.abs(product) <= mostCorrelation * other.norm * norm;
    });
    if (isNews) kept.push({ entries: entries.map((value) => (value - low) / (high - low)), centred, norm });
  }
  const width = kept.length;
  const values = new Float64Array(vectors.length * width);
  kept.forEach(({ entries }, t) => {
    members.forEach((m, i) => {
      values[m * width + t] = entries[i]!;
    });
  });
  return { width, values };
}
