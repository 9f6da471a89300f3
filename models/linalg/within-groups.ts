import { dot } from './dot.js';

/** Share of a column's length below which what is left of it follows from the columns before. */
const dependent = 1e-9;

/** Share of the length of values below which what is left of them is rounding. */
const rounding = 1e-12;

/** What of a degree of freedom is none. */
const none = 1e-8;

/**
 * How far values of rows that are alike lie from one another, apart from what else was seen of these rows explains.
 *
 * Of groups of rows y_gi = a_g + x_gi·b + noise, with a level a_g of each group and slopes b that all share: what is left of values after
 * least squares in a and b. Columns that do not vary within groups, or follow from others there, explain nothing and take no freedom.
 *
 * @see Davidson and MacKinnon 2004, Econometric Theory and Methods, section 2.4 (what is left once others are projected off)
 */
export class WithinGroups {
  /** Orthonormal columns that span the deviations of what explains, each [rows of all groups, in their order]. */
  private readonly basis: readonly Float64Array[];
  /** Where the rows of each group begin among those of all. */
  private readonly starts: readonly number[];
  /** What the slopes take of the degrees of freedom of each group, [groups]; the sum is `rank`. */
  readonly taken: Float64Array;

  /**
   * @param groups - rows of each, two or more
   * @param columns - what explains, each by row
   */
  constructor(
    readonly groups: readonly (readonly number[])[],
    columns: readonly ArrayLike<number>[],
  ) {
    let start = 0;
    this.starts = groups.map(({ length }) => {
      start += length;
      return start - length;
    });
    const basis: Float64Array[] = [];
    for (const column of columns) {
      const own = this.deviations(column);
      const length = norm(own);
      if (length === 0) continue;
      // Twice, as once leaves what rounding has left of nearly dependent ones.
      for (let pass = 0; pass < 2; pass++) for (const one of basis) subtract(own, one, dot(own, one));
      const left = norm(own);
      if (left > dependent * length) basis.push(own.map((value) => value / left));
    }
    this.basis = basis;
    this.taken = Float64Array.from(groups, () => 0);
    for (const one of basis) {
      let at = 0;
      groups.forEach((group, g) => {
        for (let i = 0; i < group.length; i++, at++) this.taken[g]! += one[at]! ** 2;
      });
    }
  }

  /** Number of slopes that were told apart. */
  get rank(): number {
    return this.basis.length;
  }

  /** What is left of values, in the order of the groups and their rows. @param values - by row */
  left(values: ArrayLike<number>): Float64Array {
    const own = this.deviations(values);
    if (this.rank === 0) return own;
    const length = norm(own);
    for (const one of this.basis) subtract(own, one, dot(own, one));
    return norm(own) > rounding * length ? own : own.fill(0);
  }

  /**
   * What a group adds to the squares of what is left, and to their freedom: what all groups leave together beyond what all others leave without it.
   * With r what is left of it and H the part of the projection onto levels and slopes that its rows have, r'·(I − H)⁺·r, of the rank of I − H.
   *
   * @param left - of all groups: see `left`
   * @see Cook and Weisberg 1982, Residuals and Influence in Regression, section 2.2 (sums of squares without some cases)
   */
  added(g: number, left: Float64Array): { readonly squares: number; readonly freedom: number } {
    const m = this.groups[g]!.length;
    const from = this.starts[g]!;
    const own = left.slice(from, from + m);
    if (this.rank === 0) return { squares: own.reduce((sum, one) => sum + one ** 2, 0), freedom: m - 1 };
    const free = Array.from({ length: m }, (_, i) =>
      Float64Array.from(own, (__, j) =>
        this.basis.reduce((sum, one) => sum - one[from + i]! * one[from + j]!, (i === j ? 1 : 0) - 1 / m),
      ),
    );
    // By elimination, the largest pivot first; what is left has no part where none is left.
    let squares = 0;
    let freedom = 0;
    for (const open = new Set(free.keys()); open.size > 0; ) {
      const pivot = [...open].reduce((most, i) => (free[i]![i]! > free[most]![most]! ? i : most));
      const size = free[pivot]![pivot]!;
      if (size <= none) break;
      open.delete(pivot);
      squares += own[pivot]! ** 2 / size;
      freedom++;
      for (const i of open) {
        const factor = free[i]![pivot]! / size;
        own[i]! -= factor * own[pivot]!;
        for (const j of open) free[i]![j]! -= factor * free[pivot]![j]!;
      }
    }
    return { squares, freedom };
  }

  private deviations(values: ArrayLike<number>): Float64Array {
    const own = new Float64Array(this.groups.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const group of this.groups) {
      const mean = group.reduce((sum, row) => sum + values[row]!, 0) / group.length;
      for (const row of group) own[at++] = values[row]! - mean;
    }
    return own;
  }
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function subtract(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i]! -= factor * b[i]!;
}
