import { countOf, type LossPoints, nonDominated, selectPoints, within } from './non-dominated.js';

/** Boxes that do not overlap and together are what a front leaves to be won: below the reference, and dominated by no point. */
export interface Boxes {
  /** By objective, rising: −∞, the losses of the front that are told apart, and the reference. */
  readonly coordinates: readonly Float64Array[];
  /** Places among the coordinates, lower and upper by objective in turn, row-major [boxes × 2m]. */
  readonly ranges: Int32Array;
  readonly count: number;
}

/**
 * What a front leaves to be won, as boxes: Σ over them of Π_k max(0, u_k − max(y_k, l_k)) is by how much a point y adds to the
 * hypervolume.
 *
 * For two objectives the strips of the staircase, n + 1; for more a sweep by the last objective, the region in the others growing
 * smaller with each point: a box reaches from where its base appears to where it goes.
 *
 * @param points - lower being better, of which those count that none beats and that are below the reference
 * @param reference - [m]
 * @remarks About 2n boxes for three objectives; for four some n²/2.
 * @see Lacour, Klamroth and Fonseca 2017, Comput. Oper. Res. 79, 347; Yang et al. 2019, arXiv:1904.12672 (boxes for expected
 *   hypervolume improvement)
 */
export function boxesLeft(points: LossPoints, reference: ArrayLike<number>): Boxes {
  const inside = selectPoints(points, within(points, reference));
  const front = selectPoints(inside, nonDominated(inside));
  const { losses, m } = front;
  const n = countOf(front);
  const coordinates = Array.from({ length: m }, (_, k) => {
    const own = new Set(Array.from({ length: n }, (_, i) => losses[i * m + k]!));
    return Float64Array.from([Number.NEGATIVE_INFINITY, ...[...own].sort((a, b) => a - b), reference[k]!]);
  });
  const ranks = coordinates.map((own) => new Map([...own].map((value, place) => [value, place])));
  const ranked = Array.from({ length: n }, (_, i) => ranks.map((own, k) => own.get(losses[i * m + k]!)!));
  const found = left(
    ranked,
    coordinates.map((own) => own.length - 1),
  );
  return { coordinates, ranges: Int32Array.from(found.flat()), count: found.length };
}

/** Boxes as lower and upper places by objective in turn; points may beat one another. @param ends - place of the reference */
function left(points: readonly (readonly number[])[], ends: readonly number[]): number[][] {
  const m = ends.length;
  if (m === 1) return [[0, points.reduce((least, [own]) => Math.min(least, own!), ends[0]!)]];
  if (m === 2) return strips(points, ends);
  const sorted = [...points].sort((a, b) => a[m - 1]! - b[m - 1]!);
  const found: number[][] = [];
  let open = new Map<string, { readonly base: number[]; readonly from: number }>();
  const lower = ends.slice(0, -1);
  const close = (at: number, next: ReadonlyMap<string, unknown>) => {
    for (const [key, { base, from }] of open) if (!next.has(key) && at > from) found.push([...base, from, at]);
  };
  for (let k = 0; k <= sorted.length; ) {
    const at = k === 0 ? 0 : sorted[k - 1]![m - 1]!;
    const bases = left(sorted.slice(0, k), lower);
    const next = new Map(bases.map((base) => [base.join(), { base, from: at }]));
    close(at, next);
    open = new Map([...next].map(([key, fresh]) => [key, open.get(key) ?? fresh]));
    // All that begin at the same height come together.
    k++;
    while (k < sorted.length && sorted[k]![m - 1] === sorted[k - 1]![m - 1]) k++;
  }
  close(ends[m - 1]!, new Map());
  return found;
}

/** Strips between the points by the first objective, each below the least of the second so far. */
function strips(points: readonly (readonly number[])[], [endX, endY]: readonly number[]): number[][] {
  const found: number[][] = [];
  let [from, ceiling] = [0, endY!];
  for (const [x, y] of [...points].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!)) {
    if (y! >= ceiling) continue;
    if (x! > from) found.push([from, x!, 0, ceiling]);
    [from, ceiling] = [x!, y!];
  }
  if (endX! > from) found.push([from, endX!, 0, ceiling]);
  return found;
}
