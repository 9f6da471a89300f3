import type { Compiled } from '../domain/constraints/contract.js';
import type { Design } from '../domain/design.js';
import type { Interval } from '../domain/expression/interval.js';

/** Boxes of numbers that are looked at, at most. */
const mostBoxes = 1_000;

/**
 * Whether no numbers of a box keep a constraint, for certain: the box is split, each time in the direction in which it is widest
 * relative to the whole, until of every part it is sure.
 *
 * @param design - all else
 * @param whole - ranges of the numbers, by name
 * @returns false where some numbers may keep it, or it was not settled within 1,000 boxes
 */
export function keepsNone(constraint: Compiled, design: Design, whole: ReadonlyMap<string, Interval>): boolean {
  let boxes: ReadonlyMap<string, Interval>[] = [whole];
  for (let looked = 0; boxes.length > 0; ) {
    const halves: ReadonlyMap<string, Interval>[] = [];
    for (const box of boxes) {
      looked += 1;
      if (looked > mostBoxes) return false;
      const answer = constraint.surely!(design, box);
      if (answer === true) return false;
      if (answer === 'maybe') halves.push(...split(box, whole));
    }
    boxes = halves;
  }
  return true;
}

function split(
  box: ReadonlyMap<string, Interval>,
  whole: ReadonlyMap<string, Interval>,
): ReadonlyMap<string, Interval>[] {
  let [widest, size] = ['', -1];
  for (const [name, [low, high]] of box) {
    const [from, to] = whole.get(name)!;
    const share = (high - low) / (to - from);
    if (share > size) [widest, size] = [name, share];
  }
  const [low, high] = box.get(widest)!;
  const middle = low + (high - low) / 2;
  return [new Map(box).set(widest, [low, middle]), new Map(box).set(widest, [middle, high])];
}
