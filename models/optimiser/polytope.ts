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

/** The points of a box that keep linear rows. */
export class Polytope {
  readonly d: number;
  readonly equalities: readonly HalfSpace[];
  /** Bounds of the box among them. */
  readonly bounds: readonly HalfSpace[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  private readonly rows: readonly Row[];

  /** Rows of a single variable narrow the box, so that they are kept to the bit. */
  constructor([lower, upper]: readonly [Float64Array, Float64Array], rows: readonly Row[]) {
    const d = lower.length;
    this.d = d;
    this.lower = lower.slice();
    this.upper = upper.slice();
    const own: Row[] = [];
    for (const { a, min, max } of rows) {
      const places = [...a.keys()].filter((i) => a[i] !== 0);
      const length = Math.sqrt(a.reduce((sum, one) => sum + one * one, 0));
      if (places.length === 1) {
        const [i] = places as [number];
        const ends = [min / a[i]!, max / a[i]!];
        this.lower[i] = Math.max(this.lower[i]!, Math.min(...ends));
        this.upper[i] = Math.min(this.upper[i]!, Math.max(...ends));
      } else if (places.length > 1) own.push({ a: a.map((one) => one / length), min: min / length, max: max / length });
      // Nothing can be done about a row of no variable: it holds or it does not.
      else if (min > rounding || max < -rounding) own.push({ a, min, max });
    }
    this.rows = own;
    const isFixed = (i: number) => this.lower[i]! === this.upper[i]!;
    const unit = (i: number, sign: number) => {
      const a = new Float64Array(d);
      a[i] = sign;
      return a;
    };
    const all = [...lower.keys()];
    this.equalities = [
      ...all.filter(isFixed).map((i) => ({ a: unit(i, 1), least: this.lower[i]! })),
      ...own.filter(({ min, max }) => min === max).map(({ a, min }) => ({ a, least: min })),
    ];
    this.bounds = [
      ...all
        .filter((i) => !isFixed(i))
        .flatMap((i) => [
          { a: unit(i, 1), least: this.lower[i]! },
          { a: unit(i, -1), least: -this.upper[i]! },
        ]),
      ...own
        .filter(({ min, max }) => min !== max)
        .flatMap(({ a, min, max }) => [
          ...(Number.isFinite(min) ? [{ a, least: min }] : []),
          ...(Number.isFinite(max) ? [{ a: a.map((one) => -one), least: -max }] : []),
        ]),
    ];
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
    for (let i = 0; i < this.d; i++) if (this.lower[i]! > this.upper[i]!) return null;
    const clipped = this.clipped(x);
    if (this.rows.length === 0) return clipped;
    if (this.holds(clipped) && this.equalities.length === 0) return clipped;
    const found = quadraticMinimum(
      identity(this.d),
      x.map((one) => -one),
      this.equalities,
      this.bounds,
    );
    if (found === null) return null;
    const there = this.clipped(found);
    return this.holds(there) ? there : null;
  }

  /** The minimum of ½·pᵀB·p + gᵀp over steps p from a point that stay in it; further half-spaces are of points, too. */
  step(B: Float64Array, g: Float64Array, from: Float64Array, further: readonly HalfSpace[]): Float64Array | null {
    const moved = ({ a, least }: HalfSpace): HalfSpace => {
      let sum = 0;
      for (let i = 0; i < this.d; i++) sum += a[i]! * from[i]!;
      return { a, least: least - sum };
    };
    // A point on a bound, or a last place beyond it, is on it.
    const bound = (row: HalfSpace): HalfSpace => {
      const { a, least } = moved(row);
      return { a, least: Math.min(0, least) };
    };
    const kept = this.equalities.map(({ a }) => ({ a, least: 0 }));
    return quadraticMinimum(B, g, kept, [...this.bounds, ...further].map(bound));
  }

  /**
   * A point of it that lies on a bound only where all of its points do: the mean of the points next to far ones, one beyond each bound
   * and one on its inner side.
   *
   * @returns null where it is empty
   */
  inner(): Float64Array | null {
    const middle = this.lower.map((low, i) => (low + this.upper[i]!) / 2);
    const first = this.nearest(middle);
    if (first === null || this.rows.length === 0) return first;
    const points = [first];
    for (const { a } of this.bounds)
      for (const sign of [far, -far]) {
        const point = this.nearest(middle.map((value, i) => value + sign * a[i]!));
        if (point !== null) points.push(point);
      }
    return this.clipped(middle.map((_, i) => points.reduce((sum, point) => sum + point[i]!, 0) / points.length));
  }

  private clipped(x: Float64Array): Float64Array {
    return x.map((value, i) => Math.min(this.upper[i]!, Math.max(this.lower[i]!, value)) + 0);
  }
}

/** How far a point lies beyond a box of about unit size so that the one next to it is an end of the polytope. */
const far = 1e3;

function identity(d: number): Float64Array {
  const matrix = new Float64Array(d * d);
  for (let i = 0; i < d; i++) matrix[i * d + i] = 1;
  return matrix;
}
