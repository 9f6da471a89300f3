import { Block } from './block.js';
import { type HalfSpace, quadraticMinimum } from './quadratic-program.js';

/** What a linear row asks: Σ a_i·x_i from `min` to `max`; an equality where both are the same, without end where infinite. */
export interface Row {
  /** [d] */
  readonly a: Float64Array;
  readonly min: number;
  readonly max: number;
}

/** By how much a row may be broken by rounding, in parts of its length. */
const rounding = 1e-10;

/** Distance from a bound of the box below which a number is on it. */
const onBound = 1e-13;

/** The points of a box that keep linear rows. */
export class Polytope {
  readonly d: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Variables that rows hold together, those that the box fixes left out. */
  readonly blocks: readonly Block[];
  /** Of length 1. */
  private readonly rows: readonly Row[];
  private readonly isEmptyBox: boolean;
  /** Places of the variables that the box does not fix. */
  private readonly loose: readonly number[];

  /** Rows of a single variable narrow the box, so that they are kept to the bit. */
  constructor([lower, upper]: readonly [Float64Array, Float64Array], rows: readonly Row[]) {
    this.d = lower.length;
    this.lower = lower.slice();
    this.upper = upper.slice();
    let left = [...rows];
    // A row of which the others are fixed has become one of a single variable.
    for (let before = -1; before !== left.length; ) {
      before = left.length;
      left = left.filter((row) => !this.narrow(row));
    }
    this.isEmptyBox = this.lower.some((low, i) => low > this.upper[i]!);
    this.rows = left.map(({ a, min, max }) => {
      const length = Math.sqrt(a.reduce((sum, one) => sum + one * one, 0)) || 1;
      return { a: a.map((one) => one / length), min: min / length, max: max / length };
    });
    this.loose = [...this.lower.keys()].filter((i) => this.lower[i] !== this.upper[i]);
    this.blocks = this.isEmptyBox ? [] : this.together().map((places) => this.blockOf(places));
  }

  /** Whether it is the box and nothing else. */
  get isBox(): boolean {
    return this.rows.length === 0;
  }

  /** Whether a point lies in it, but for rounding. */
  holds(x: Float64Array): boolean {
    for (let i = 0; i < this.d; i++)
      if (!(x[i]! >= this.lower[i]! - rounding && x[i]! <= this.upper[i]! + rounding)) return false;
    return this.rows.every(({ a, min, max }) => {
      let sum = 0;
      for (let i = 0; i < this.d; i++) sum += a[i]! * x[i]!;
      return sum >= min - rounding && sum <= max + rounding;
    });
  }

  /** The point of it next to another, bounds of the box to the bit; null where it is empty. */
  nearest(x: Float64Array): Float64Array | null {
    if (this.isEmptyBox) return null;
    const there = this.clipped(x);
    if (this.blocks.length === 0) return this.holds(there) ? there : null;
    if (this.blocks.every(({ equalities }) => equalities.length === 0) && this.holds(there)) return there;
    for (const block of this.blocks) {
      const own = block.nearest(Float64Array.from(block.places, (at) => x[at]!));
      if (own === null) return null;
      block.places.forEach((at, i) => {
        there[at] = own[i]!;
      });
    }
    const clipped = this.clipped(there);
    return this.holds(clipped) ? clipped : null;
  }

  /** The minimum of ½·pᵀB·p + gᵀp over steps p from a point that stay in it; further half-spaces are of points, too. */
  step(B: Float64Array, g: Float64Array, from: Float64Array, further: readonly HalfSpace[]): Float64Array | null {
    const { loose, d } = this;
    const bounds: HalfSpace[] = [];
    const equalities: HalfSpace[] = [];
    const add = (a: Float64Array, slack: number, into: HalfSpace[]) =>
      // A point on a bound, or a last place beyond it, is on it.
      into.push({ a: Float64Array.from(loose, (at) => a[at]!), least: Math.min(0, -slack) });
    loose.forEach((at, i) => {
      for (const [sign, bound] of [
        [1, this.lower[at]!],
        [-1, this.upper[at]!],
      ] as const) {
        const a = new Float64Array(loose.length);
        a[i] = sign;
        bounds.push({ a, least: Math.min(0, sign * (bound - from[at]!)) });
      }
    });
    const at = (a: Float64Array) => a.reduce((sum, one, i) => sum + one * from[i]!, 0);
    for (const { a, min, max } of this.rows) {
      if (min === max) {
        add(a, 0, equalities);
        continue;
      }
      const value = at(a);
      if (Number.isFinite(min)) add(a, value - min, bounds);
      if (Number.isFinite(max))
        add(
          a.map((one) => -one),
          max - value,
          bounds,
        );
    }
    for (const { a, least } of further) add(a, at(a) - least, bounds);
    const own = new Float64Array(loose.length ** 2);
    loose.forEach((row, i) => {
      loose.forEach((column, j) => {
        own[i * loose.length + j] = B[row * d + column]!;
      });
    });
    const found = quadraticMinimum(
      own,
      Float64Array.from(loose, (place) => g[place]!),
      equalities,
      bounds,
    );
    if (found === null) return null;
    const step = new Float64Array(d);
    loose.forEach((place, i) => {
      step[place] = found[i]!;
    });
    return step;
  }

  /** Takes a row of one loose variable, or of none that holds, into the box; false of others. */
  private narrow({ a, min, max }: Row): boolean {
    let [fixed, size, loose, count] = [0, 1e-300, -1, 0];
    for (let i = 0; i < this.d; i++) {
      if (a[i] === 0) continue;
      size = Math.max(size, Math.abs(a[i]!));
      if (this.lower[i] === this.upper[i]) fixed += a[i]! * this.lower[i]!;
      else [loose, count] = [i, count + 1];
    }
    if (count === 0) return fixed >= min - rounding * size && fixed <= max + rounding * size;
    if (count > 1) return false;
    const ends = [(min - fixed) / a[loose]!, (max - fixed) / a[loose]!];
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    this.lower[loose] = Math.max(this.lower[loose]!, low);
    this.upper[loose] = Math.min(this.upper[loose]!, high);
    // Bounds that only rounding has put beyond each other are one.
    const gap = this.lower[loose]! - this.upper[loose]!;
    if (gap > 0 && gap < rounding) this.lower[loose] = this.upper[loose]!;
    return true;
  }

  /** Places of the loose variables that rows hold together, directly or by way of others. */
  private together(): number[][] {
    const group = new Map<number, number[]>();
    for (const { a } of this.rows) {
      const members = this.loose.filter((i) => a[i] !== 0);
      const all = [...new Set(members.flatMap((i) => group.get(i) ?? [i]))].sort((x, y) => x - y);
      for (const i of all) group.set(i, all);
    }
    return [...new Set(group.values())];
  }

  private blockOf(places: readonly number[]): Block {
    const equalities: HalfSpace[] = [];
    const bounds: HalfSpace[] = [];
    for (const { a, min, max } of this.rows) {
      if (places.every((at) => a[at] === 0)) continue;
      let fixed = 0;
      for (let i = 0; i < this.d; i++) if (this.lower[i] === this.upper[i]) fixed += a[i]! * this.lower[i]!;
      const own = Float64Array.from(places, (at) => a[at]!);
      const length = Math.hypot(...own);
      const unit = own.map((one) => one / length);
      const [least, most] = [(min - fixed) / length, (max - fixed) / length];
      if (min === max) equalities.push({ a: unit, least });
      else {
        if (Number.isFinite(least)) bounds.push({ a: unit, least });
        if (Number.isFinite(most)) bounds.push({ a: unit.map((one) => -one), least: -most });
      }
    }
    return new Block(places, [this.lower, this.upper], { equalities, bounds });
  }

  private clipped(x: Float64Array): Float64Array {
    return x.map((value, i) => {
      const [low, high] = [this.lower[i]!, this.upper[i]!];
      return (value <= low + onBound ? low : value >= high - onBound ? high : value) + 0;
    });
  }
}
