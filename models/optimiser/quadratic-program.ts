import { cholesky, inverseLower } from '../linalg/cholesky.js';

/** A bound aᵀx ≥ least, or where it stands among the equalities aᵀx = least. */
export interface HalfSpace {
  /** [d], of length about 1. */
  readonly a: Float64Array;
  readonly least: number;
}

/** By how much a bound may be broken, in units of x: rounding. */
const tolerance = 1e-12;

/** Squared share of a row that is not a combination of the active ones below which it counts as one. */
const dependent = 1e-18;

/**
 * Minimum of ½·xᵀG·x + gᵀx within half-spaces, by the dual active-set method: it starts at the minimum without bounds and adds
 * the bound that is broken most until none is.
 *
 * @param G - positive definite, row-major [d × d]; null for the unit matrix
 * @param g - [d]
 * @returns [d]; null if there is no such point
 * @remarks Cost: O(d²) for each bound added or dropped, beside O(d³) once.
 * @see Goldfarb and Idnani 1983, Mathematical Programming 27, 1
 */
export function quadraticMinimum(
  G: Float64Array | null,
  g: Float64Array,
  equalities: readonly HalfSpace[],
  bounds: readonly HalfSpace[],
): Float64Array | null {
  const search = new DualSearch(G, g);
  for (const row of equalities) if (!search.hold(row)) return null;
  // Each pass adds a bound at a larger value of the objective; a cycle could only come of rounding.
  for (let pass = 0; pass < 50 * (bounds.length + g.length); pass++) {
    let worst = -1;
    let least = -tolerance;
    for (let i = 0; i < bounds.length; i++) {
      const slack = search.slack(bounds[i]!);
      if (slack < least && !search.holds(bounds[i]!)) [worst, least] = [i, slack];
    }
    if (worst < 0) return search.x;
    if (!search.keep(bounds[worst]!)) return null;
  }
  return null;
}

/**
 * The active set with its factors: J = L⁻ᵀ·Q, where G = L·Lᵀ and Q turns L⁻¹·N, N the active rows as columns, into the upper
 * triangle R.
 */
class DualSearch {
  readonly x: Float64Array;
  private readonly d: number;
  private readonly J: Float64Array;
  /** Columns of R, each [d]. */
  private readonly R: Float64Array[] = [];
  private readonly active: HalfSpace[] = [];
  private readonly multipliers: number[] = [];
  /** How many of the active rows are equalities, which stay. */
  private equalities = 0;

  constructor(G: Float64Array | null, g: Float64Array) {
    const d = g.length;
    this.d = d;
    this.J = new Float64Array(d * d);
    if (G === null) {
      for (let i = 0; i < d; i++) this.J[i * d + i] = 1;
      this.x = g.map((value) => -value);
      return;
    }
    const inverse = inverseLower(cholesky(G, d));
    for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) this.J[j * d + i] = inverse[i * d + j]!;
    this.x = this.along(this.turned(g), 0).map((value) => -value);
  }

  slack({ a, least }: HalfSpace): number {
    let sum = -least;
    for (let i = 0; i < this.d; i++) sum += a[i]! * this.x[i]!;
    return sum;
  }

  holds(row: HalfSpace): boolean {
    return this.active.includes(row);
  }

  /** Adds an equality; false if those before contradict it. */
  hold(row: HalfSpace): boolean {
    const turned = this.turned(row.a);
    const length = squares(turned, this.active.length);
    if (length <= dependent * squares(turned, 0)) return Math.abs(this.slack(row)) <= 1e3 * tolerance;
    const step = -this.slack(row) / length;
    this.move(turned, step);
    this.multipliers.push(step);
    this.add(row, turned);
    this.equalities++;
    return true;
  }

  /** Adds a broken bound, and drops those that then need not hold; false if it cannot be kept with the others. */
  keep(row: HalfSpace): boolean {
    let own = 0;
    for (;;) {
      const turned = this.turned(row.a);
      const length = squares(turned, this.active.length);
      const isFree = length > dependent * squares(turned, 0);
      const falls = this.falls(turned);
      let drop = -1;
      let partial = Number.POSITIVE_INFINITY;
      for (let k = this.equalities; k < this.active.length; k++) {
        if (!(falls[k]! > 1e-14)) continue;
        const ratio = this.multipliers[k]! / falls[k]!;
        if (ratio < partial) [drop, partial] = [k, ratio];
      }
      const full = isFree ? -this.slack(row) / length : Number.POSITIVE_INFINITY;
      const step = Math.min(partial, full);
      if (!Number.isFinite(step)) return false;
      if (isFree) this.move(turned, step);
      for (let k = 0; k < this.active.length; k++) this.multipliers[k] = this.multipliers[k]! - step * falls[k]!;
      own += step;
      if (full <= partial) {
        this.multipliers.push(own);
        this.add(row, turned);
        return true;
      }
      this.drop(drop);
    }
  }

  /** Jᵀ·a. */
  private turned(a: Float64Array): Float64Array {
    const { d, J } = this;
    const result = new Float64Array(d);
    for (let i = 0; i < d; i++) {
      const ai = a[i]!;
      if (ai !== 0) for (let j = 0; j < d; j++) result[j] = result[j]! + J[i * d + j]! * ai;
    }
    return result;
  }

  /** J·t of the entries from one on. */
  private along(turned: Float64Array, from: number): Float64Array {
    const { d, J } = this;
    const result = new Float64Array(d);
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = from; j < d; j++) sum += J[i * d + j]! * turned[j]!;
      result[i] = sum;
    }
    return result;
  }

  private move(turned: Float64Array, step: number): void {
    const direction = this.along(turned, this.active.length);
    for (let i = 0; i < this.d; i++) this.x[i] = this.x[i]! + step * direction[i]!;
  }

  /** How fast the multipliers fall as that of a new row grows: R⁻¹ of the first entries. */
  private falls(turned: Float64Array): Float64Array {
    const q = this.active.length;
    const r = turned.slice(0, q);
    for (let i = q - 1; i >= 0; i--) {
      for (let k = i + 1; k < q; k++) r[i] = r[i]! - this.R[k]![i]! * r[k]!;
      r[i] = r[i]! / this.R[i]![i]!;
    }
    return r;
  }

  /** Turns the new column so that it ends at its place, and J with it. */
  private add(row: HalfSpace, turned: Float64Array): void {
    const q = this.active.length;
    for (let j = this.d - 1; j > q; j--) this.rotate(turned, j, [], 0);
    this.R.push(turned);
    this.active.push(row);
  }

  private drop(k: number): void {
    this.active.splice(k, 1);
    this.multipliers.splice(k, 1);
    this.R.splice(k, 1);
    for (let j = k; j < this.R.length; j++) this.rotate(this.R[j]!, j + 1, this.R, j + 1);
  }

  /** Turns entries j − 1 and j of a column so that entry j is 0; columns of R from `from` on, and J, with it. */
  private rotate(column: Float64Array, j: number, R: readonly Float64Array[], from: number): void {
    const { d, J } = this;
    const length = Math.hypot(column[j - 1]!, column[j]!);
    if (column[j] === 0 || length === 0) return;
    const [c, s] = [column[j - 1]! / length, column[j]! / length];
    column[j - 1] = length;
    column[j] = 0;
    for (let k = from; k < R.length; k++) turn(R[k]!, j - 1, j, c, s);
    for (let i = 0; i < d; i++) turn(J, i * d + j - 1, i * d + j, c, s);
  }
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const [a, b] = [values[i]!, values[j]!];
  values[i] = c * a + s * b;
  values[j] = c * b - s * a;
}

function squares(values: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < values.length; i++) sum += values[i]! ** 2;
  return sum;
}
