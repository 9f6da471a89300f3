import { designRowKey, type EncodedDesigns } from '../encode/encoded-designs.js';
import { allColumns, otherDistances } from '../kernel/columns.js';
import type { TrainingSet } from './contract.js';

/**
 * A representative subset of the rows where there are more than can be used: all if they are few enough, else as many as may be.
 *
 * Rows at the target come first, up to half of the places, or all that other levels leave; then those whose design was
 * also measured at the target, which tell how levels hang together; then others. Of a kind that does not find room, a
 * quarter of the places goes to the rows of lowest loss, a quarter to the newest, and the others, one after the other,
 * to the row that is farthest from all chosen ones, so that no region is left without.
 *
 * @param training - rows in the order in which they were measured
 * @param most - rows wanted at most, 4 or more
 * @returns in rising order; depends on nothing but the rows
 * @remarks Cost: O(n·most) distances.
 */
export function rowSubset(
  { designs, levels, losses, levelCount }: Pick<TrainingSet, 'designs' | 'levels' | 'losses' | 'levelCount'>,
  most: number,
): number[] {
  const all = Array.from({ length: designs.n }, (_, row) => row);
  if (designs.n <= most) return all;
  const isTarget = (row: number) => levels[row] === levelCount - 1;
  const target = all.filter(isTarget);
  const keys = new Set(target.map((row) => designRowKey(designs, row)));
  const lower = all.filter((row) => !isTarget(row));
  const paired = lower.filter((row) => keys.has(designRowKey(designs, row)));
  const single = lower.filter((row) => !keys.has(designRowKey(designs, row)));
  const forTarget = Math.max(Math.ceil(most / 2), most - lower.length);
  const chosen = thinned(designs, losses, target, forTarget);
  for (const rows of [paired, single]) chosen.push(...thinned(designs, losses, rows, most - chosen.length));
  return chosen.sort((a, b) => a - b);
}

/** At most so many of the rows. */
function thinned(designs: EncodedDesigns, losses: Float64Array, rows: readonly number[], most: number): number[] {
  if (rows.length <= most) return [...rows];
  const quarter = Math.floor(most / 4);
  const byLoss = [...rows].sort((a, b) => losses[a]! - losses[b]! || a - b);
  const chosen = [...new Set([...byLoss.slice(0, quarter), ...rows.slice(rows.length - quarter)])];
  return withFarthest(designs, rows, chosen, most);
}

/** The chosen rows, and of the others the farthest from all chosen ones, again and again; the first of equal ones. */
function withFarthest(
  designs: EncodedDesigns,
  rows: readonly number[],
  chosen: readonly number[],
  most: number,
): number[] {
  const between = squaredDistance(designs);
  const taken = new Set(chosen);
  const open = rows.filter((row) => !taken.has(row));
  const nearest = new Float64Array(open.length).fill(Number.POSITIVE_INFINITY);
  const approach = (row: number) =>
    open.forEach((other, at) => {
      if (nearest[at]! >= 0) nearest[at] = Math.min(nearest[at]!, between(other, row));
    });
  chosen.forEach(approach);
  const result = [...chosen];
  while (result.length < most) {
    const at = nearest.reduce((best, distance, i) => (distance > nearest[best]! ? i : best), 0);
    result.push(open[at]!);
    nearest[at] = -1;
    approach(open[at]!);
  }
  return result;
}

/** Distance of two rows with all lengthscales 1. */
function squaredDistance(designs: EncodedDesigns): (i: number, j: number) => number {
  const { encoding, numeric } = designs;
  const others = otherDistances(encoding, allColumns(encoding));
  const d = encoding.numeric;
  return (i, j) => {
    let sum = 0;
    for (let t = 0; t < d; t++) sum += (numeric[i * d + t]! - numeric[j * d + t]!) ** 2;
    for (const other of others) sum += other(designs, i, designs, j);
    return sum;
  };
}
