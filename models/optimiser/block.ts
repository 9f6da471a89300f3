import { type HalfSpace, quadraticMinimum } from './quadratic-program.js';

/** How far a point lies beyond a box of about unit size so that the one next to it is an end of the block. */
const far = 1e3;

/** Variables of a polytope that rows hold together, each free to move within bounds; places are those among all variables. */
export class Block {
  readonly d: number;
  readonly equalities: readonly HalfSpace[];
  /** Bounds of the box, then of rows. */
  readonly bounds: readonly HalfSpace[];
  private readonly middle: Float64Array;

  /** @param rows - by these variables */
  constructor(
    readonly places: readonly number[],
    [lower, upper]: readonly [Float64Array, Float64Array],
    rows: { readonly equalities: readonly HalfSpace[]; readonly bounds: readonly HalfSpace[] },
  ) {
    const d = places.length;
    this.d = d;
    const unit = (i: number, sign: number) => {
      const a = new Float64Array(d);
      a[i] = sign;
      return a;
    };
    this.middle = Float64Array.from(places, (at) => (lower[at]! + upper[at]!) / 2);
    this.equalities = rows.equalities;
    this.bounds = [
      ...places.flatMap((at, i) => [
        { a: unit(i, 1), least: lower[at]! },
        { a: unit(i, -1), least: -upper[at]! },
      ]),
      ...rows.bounds,
    ];
  }

  /** Text that blocks share that are the same. */
  get key(): string {
    const told = (rows: readonly HalfSpace[]) => rows.map(({ a, least }) => `${a.join()}:${least}`).join(';');
    return `${this.places.join()}|${told(this.equalities)}|${told(this.bounds)}`;
  }

  /** The point next to another; null where there is none. */
  nearest(x: Float64Array): Float64Array | null {
    return quadraticMinimum(
      null,
      x.map((one) => -one),
      this.equalities,
      this.bounds,
    );
  }

  /**
   * A point that lies on a bound only where all points do: the mean of the points next to far ones, one beyond each bound and one on
   * its inner side.
   *
   * @returns null where there is none
   */
  inner(): Float64Array | null {
    const first = this.nearest(this.middle);
    if (first === null) return null;
    const points = [first];
    for (const { a } of this.bounds)
      for (const sign of [far, -far]) {
        const point = this.nearest(this.middle.map((value, i) => value + sign * a[i]!));
        if (point !== null) points.push(point);
      }
    return first.map((_, i) => points.reduce((sum, point) => sum + point[i]!, 0) / points.length);
  }
}
