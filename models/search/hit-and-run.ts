import type { Block } from '../optimiser/block.js';
import type { Generator } from '../random/generator.js';

/** Slack, in parts of about a unit box, below which a bound counts as one that all points lie on. */
const tight = 1e-9;

/** Steps before the first point, and between two points, for each dimension of its affine hull. */
const [burnIn, thinning] = [40, 6];

/**
 * A walk through a block of a polytope whose points are uniform in it in the long run: from where it is, in a random direction within the affine
 * hull, to a random point of the chord.
 *
 * @see Smith 1984, Operations Research 32, 1296
 */
export class HitAndRun {
  /** Orthonormal directions of the affine hull, each [d]; empty where it is a point. */
  private readonly directions: readonly Float64Array[];
  private readonly bounds: Block['bounds'];
  private here: Float64Array;
  private isFresh = true;

  /** @param inner - a point that lies on a bound only where all do, see `Block.inner` */
  constructor(
    block: Block,
    inner: Float64Array,
    private readonly random: Generator,
  ) {
    const slack = (a: Float64Array, least: number) => a.reduce((sum, one, i) => sum + one * inner[i]!, -least);
    const isTight = ({ a, least }: Block['bounds'][number]) => slack(a, least) <= tight;
    this.bounds = block.bounds.filter((bound) => !isTight(bound));
    this.directions = nullSpace(
      block.d,
      [...block.equalities, ...block.bounds.filter(isTight)].map(({ a }) => a),
    );
    this.here = inner;
  }

  /** Dimension of the affine hull. */
  get dimension(): number {
    return this.directions.length;
  }

  /** The next point. */
  next(): Float64Array {
    const steps = this.dimension * (this.isFresh ? burnIn : thinning);
    this.isFresh = false;
    for (let i = 0; i < steps; i++) this.step();
    return this.here.slice();
  }

  private step(): void {
    const d = this.here.length;
    const along = new Float64Array(d);
    for (const direction of this.directions) {
      const weight = this.random.normal();
      for (let i = 0; i < d; i++) along[i] = along[i]! + weight * direction[i]!;
    }
    let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const { a, least } of this.bounds) {
      let [slack, speed] = [-least, 0];
      for (let i = 0; i < d; i++) {
        slack += a[i]! * this.here[i]!;
        speed += a[i]! * along[i]!;
      }
      const end = -Math.max(0, slack) / speed;
      if (speed > 0) from = Math.max(from, end);
      else if (speed < 0) to = Math.min(to, end);
    }
    const length = from + this.random.uniform() * (to - from);
    if (!Number.isFinite(length)) return;
    this.here = this.here.map((value, i) => value + length * along[i]!);
  }
}

/** Orthonormal directions along which none of the rows changes, by Gram and Schmidt, twice over for the last digits. */
function nullSpace(d: number, rows: readonly Float64Array[]): Float64Array[] {
  const spanned: Float64Array[] = [];
  const rest = (given: Float64Array, basis: readonly Float64Array[]): Float64Array | null => {
    const left = given.slice();
    const before = Math.hypot(...left);
    for (let pass = 0; pass < 2; pass++)
      for (const one of basis) {
        let share = 0;
        for (let i = 0; i < d; i++) share += one[i]! * left[i]!;
        for (let i = 0; i < d; i++) left[i] = left[i]! - share * one[i]!;
      }
    const length = Math.hypot(...left);
    return length > 1e-8 * before ? left.map((value) => value / length) : null;
  };
  for (const row of rows) {
    const own = rest(row, spanned);
    if (own !== null) spanned.push(own);
  }
  const directions: Float64Array[] = [];
  for (let i = 0; i < d && spanned.length + directions.length < d; i++) {
    const unit = new Float64Array(d);
    unit[i] = 1;
    const own = rest(unit, [...spanned, ...directions]);
    if (own !== null) directions.push(own);
  }
  return directions;
}
