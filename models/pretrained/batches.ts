/**
 * Texts in the order in which they are run: those of one length together, so that none is filled up to the length of another.
 * What comes of a text then depends on no other, and little is computed for nothing.
 *
 * @param lengths - tokens of each text
 * @param most - tokens of a batch, but for one text alone that has more
 * @param size - texts of every batch, where the network takes no other number; the last may be smaller here
 * @returns places in `lengths`, batch by batch, shortest texts first
 */
export function batchesOf(lengths: readonly number[], most: number, size?: number): readonly (readonly number[])[] {
  const byLength = new Map<number, number[]>();
  for (const [i, length] of lengths.entries()) {
    const same = byLength.get(length);
    if (same === undefined) byLength.set(length, [i]);
    else same.push(i);
  }
  const batches: number[][] = [];
  for (const [length, places] of [...byLength].sort(([a], [b]) => a - b)) {
    const step = size ?? Math.max(1, Math.floor(most / Math.max(1, length)));
    for (let from = 0; from < places.length; from += step) batches.push(places.slice(from, from + step));
  }
  return batches;
}
