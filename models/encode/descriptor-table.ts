import type { DescriptorTable } from './encoded-designs.js';

/** Largest correlation of a descriptor with one that is kept already; one beyond it tells too little that is new. */
const mostCorrelation = 0.9;

/** The same for the descriptors of stereo: two that differ at all may tell two isomers apart. */
const mostStereoCorrelation = 1 - 1e-9;

/** Spread, relative to the size of an entry, up to which it counts as constant: rounding. */
const constant = 1e-9;

/** Which descriptors are of stereo: the last ones, of which the very last only serve to tell apart what is alike without. */
export interface StereoColumns {
  readonly columns: number;
  readonly tieBreakers: number;
  /** A text for each molecule, which those share that only their stereo tells apart. */
  readonly skeletons: readonly string[];
}

/** A descriptor that a table has: its place among all, and the values that became 0 and 1. */
export interface DescriptorColumn {
  readonly at: number;
  readonly low: number;
  readonly high: number;
}

interface Kept extends DescriptorColumn {
  readonly entries: Float64Array;
  readonly centred: Float64Array;
  readonly norm: number;
}

/**
 * The descriptors that tell molecules apart, each scaled to [0, 1] over them. Left out are those that do not vary, and
 * those that correlate by more than 0.9, either way, with one before them. Of those of stereo, only what says the same as
 * another of stereo is left out, and tie breakers where there is no tie: they vary from molecule to molecule and hide what
 * R and S have in common.
 *
 * @param vectors - descriptors of every molecule of the space, all of one length; finite
 * @param members - places of the molecules that the table is for
 * @param stereo - none where absent
 */
export function descriptorTable(
  vectors: readonly Float64Array[],
  members: readonly number[],
  stereo: StereoColumns = { columns: 0, tieBreakers: 0, skeletons: [] },
): DescriptorTable & { readonly columns: readonly DescriptorColumn[] } {
  const total = vectors[0]?.length ?? 0;
  const from = total - stereo.columns;
  const kept: Kept[] = [];
  for (let at = 0; at < total; at++) {
    const entries = Float64Array.from(members, (m) => vectors[m]![at]!);
    const [low, high] = [Math.min(...entries), Math.max(...entries)];
    if (!(high - low > constant * Math.max(Math.abs(low), Math.abs(high)))) continue;
    const mean = entries.reduce((sum, value) => sum + value / entries.length, 0);
    const centred = entries.map((value) => value - mean);
    const norm = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
    const [rivals, most] =
      at < from ? [kept, mostCorrelation] : [kept.filter((other) => other.at >= from), mostStereoCorrelation];
    const isNews = rivals.every((other) => {
      const product = other.centred.reduce((sum, value, i) => sum + value * centred[i]!, 0);
      return Math.abs(product) <= most * other.norm * norm;
    });
    if (!isNews) continue;
    const scaled = { at, low, high, entries: entries.map((value) => (value - low) / (high - low)), centred, norm };
    const skeletons = members.map((m) => stereo.skeletons[m]!);
    if (at < total - stereo.tieBreakers || breaksTie(scaled, rivals, skeletons)) kept.push(scaled);
  }
  const width = kept.length;
  const values = new Float64Array(vectors.length * width);
  kept.forEach(({ entries }, t) => {
    members.forEach((m, i) => {
      values[m * width + t] = entries[i]!;
    });
  });
  const columns = kept.map(({ at, low, high }) => ({ at, low, high }));
  return { width, stereo: kept.filter(({ at }) => at >= from).length, values, columns };
}

/** Whether a column tells apart molecules of one skeleton that no other column does. */
function breaksTie({ entries }: Kept, others: readonly Kept[], skeletons: readonly string[]): boolean {
  const seen = new Map<string, number>();
  return skeletons.some((skeleton, i) => {
    const key = [skeleton, ...others.map((other) => other.entries[i]!)].join('|');
    const first = seen.get(key);
    if (first === undefined) seen.set(key, entries[i]!);
    return first !== undefined && Math.abs(first - entries[i]!) > constant;
  });
}
