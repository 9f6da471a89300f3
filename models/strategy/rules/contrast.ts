import { type Place, placeKey } from '../candidates.js';
import { primaryTurned, type Visit } from '../history.js';

/** Trials of a lower fidelity from which the first trials at the target are chosen by it. */
const fewest = 3;

/** Where a target trial of the initial sample goes, by what a lower fidelity says of the designs. */
export interface Contrast extends Place {
  /** Place of the lower fidelity in the list of fidelities. */
  readonly by: number;
  readonly as: 'best' | 'worst' | 'middle';
}

/**
 * The design of the next target trial of the initial sample by what was measured below the target: the best design of
 * the highest lower fidelity measured at three designs or more, then the worst, then the one in the middle, and so on.
 *
 * A good fidelity gives a good first target trial for nothing, and one that is turned round gives it second; the
 * correlation of the two is learned soonest from pairs that lie far apart; and where the fidelity says nothing, these
 * designs are as good as any others.
 *
 * @param asked - everything measured, in flight or just proposed; the target is the level `target`
 * @returns null where no lower fidelity has been measured at three designs that were not asked at the target
 */
export function contrast(asked: readonly (Place & Pick<Visit, 'level' | 'turned'>)[], target: number): Contrast | null {
  const atTarget = asked.filter((visit) => visit.level === target);
  const taken = new Set(atTarget.map(placeKey));
  for (let by = target - 1; by >= 0; by--) {
    const rows = asked
      .filter((visit) => visit.level === by && primaryTurned(visit) !== null && !taken.has(placeKey(visit)))
      .sort((a, b) => primaryTurned(a)! - primaryTurned(b)!);
    if (rows.length < fewest) continue;
    const as = (['best', 'worst', 'middle'] as const)[atTarget.length % 3]!;
    const { rowId, design } = rows[{ best: 0, worst: rows.length - 1, middle: rows.length >> 1 }[as]]!;
    return { rowId, design, by, as };
  }
  return null;
}
