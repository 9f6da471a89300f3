import { type EncodedDesigns, vectorsWidth } from '../encode/encoded-designs.js';
import { atCurrent, encodedAt, type Listed, type PreparedSpace, takenLevels } from './candidates.js';
import { isUntaught, type Visit } from './history.js';

/** Share of a range that tells two designs apart: less can rarely be set, and hardly ever be seen in what is measured. */
const tellsApart = 1e-3;

/** Whether a design, a row of `designs`, is nearly one that is in flight, was rejected or taught nothing, at that level. */
export type Crowded = (designs: EncodedDesigns, row: number, level: number) => boolean;

/**
 * A last guard against batches that come down to one design: whether a candidate differs from a trial in flight at its level
 * by nothing that counts. Every number within 0.001 of its range (fractions of compositions alike), every category and
 * substance the same.
 *
 * Where acquisitions are right they hardly ever come so near. Late in a search, or where inferred noise is large, they
 * do, and two trials at once at one design tell little more than one.
 *
 * @param visits - everything run, running or just proposed; those in flight count, those that a person rejected, and those that
 *   ran and taught nothing: models want them again as they did before
 * @returns null where there are none
 */
export function crowding(prepared: PreparedSpace, visits: readonly Visit[]): Crowded | null {
  return closeTo(
    prepared,
    visits.filter((visit) => visit.pending || isUntaught(visit)),
    tellsApart,
  );
}

/** Whether a candidate is one of these at its level, or differs from one by nothing beyond a share of its range; null of none. */
export function closeTo(
  prepared: PreparedSpace,
  near: readonly Pick<Visit, 'design' | 'rowId' | 'level'>[],
  apart: number,
): Crowded | null {
  if (near.length === 0) return null;
  // What is near in other surroundings is as near: candidates are those of the current ones.
  const own = encodedAt(prepared, atCurrent(near));
  return (designs, row, level) =>
    near.some((visit, at) => visit.level === level && isNear(designs, row, own, at, apart));
}

function isNear(a: EncodedDesigns, i: number, b: EncodedDesigns, j: number, apart: number): boolean {
  const { numeric, categories, substances } = a.encoding;
  const vectors = vectorsWidth(a.encoding);
  for (let t = 0; t < categories; t++)
    if (a.categories[i * categories + t] !== b.categories[j * categories + t]) return false;
  for (let t = 0; t < substances; t++)
    if (a.substances[i * substances + t] !== b.substances[j * substances + t]) return false;
  for (let t = 0; t < numeric; t++)
    if (Math.abs(a.numeric[i * numeric + t]! - b.numeric[j * numeric + t]!) > apart) return false;
  for (let t = 0; t < vectors; t++)
    if (Math.abs(a.vectors[i * vectors + t]! - b.vectors[j * vectors + t]!) > apart) return false;
  return true;
}

/**
 * Which levels of which listed designs may not be proposed, [designs × levels] row-major: those of `takenLevels`, and those
 * where it is crowded, unless nothing else is left at that level.
 */
export function closedLevels(
  prepared: PreparedSpace,
  listed: Listed,
  visits: readonly Visit[],
  levels: number,
): Uint8Array {
  const taken = takenLevels(listed, levels, visits);
  const isCrowded = crowding(prepared, visits);
  if (isCrowded === null) return taken;
  const closed = taken.slice();
  for (let level = 0; level < levels; level++) {
    let isAnyOpen = false;
    for (let row = 0; row < listed.designs.length; row++) {
      const at = row * levels + level;
      if (closed[at] === 0 && isCrowded(listed.encoded, row, level)) closed[at] = 1;
      isAnyOpen ||= closed[at] === 0;
    }
    if (!isAnyOpen) for (let at = level; at < closed.length; at += levels) closed[at] = taken[at]!;
  }
  return closed;
}
