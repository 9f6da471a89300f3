import { Constraints } from '../domain/constraints/constraint.js';
import { keptWithin, type Presence } from '../domain/constraints/contract.js';
import type { Design } from '../domain/design.js';
import type { Space } from '../domain/space.js';
import type { Polytope } from '../optimiser/polytope.js';
import { FreeNumbers } from './free-numbers.js';

/** Polytopes that are remembered of a space; designs that differ in what is listed often share one. */
const mostKnown = 512;

/** Where the free numbers of a design may be, all else staying as it is. */
export interface Reach {
  readonly polytope: Polytope;
  /** By how much coordinates break what rows cannot say, 0 where they keep it; null where rows say everything. */
  readonly excess: ((x: Float64Array) => number) | null;
}

const regions = new WeakMap<Space, Region>();

/** The designs of a space that keep its constraints. */
export class Region {
  readonly numbers: FreeNumbers;
  readonly constraints: Constraints;
  /** What constraints ask of which free numbers are 0. */
  readonly presences: readonly Presence[];
  private readonly known = new Map<string, Polytope>();

  private constructor(readonly space: Space) {
    this.numbers = new FreeNumbers(space.parameters);
    this.constraints = Constraints.of(space);
    this.presences = this.constraints.each.flatMap(({ presence }) => (presence === undefined ? [] : [presence]));
  }

  /** That of a space; made once. */
  static of(space: Space): Region {
    const before = regions.get(space);
    if (before !== undefined) return before;
    const made = new Region(space);
    regions.set(space, made);
    return made;
  }

  /** Whether any combination of values of the parameters, each at a quantile of its own, is a design of it. */
  get isProduct(): boolean {
    return this.constraints.isEmpty && !this.hasAmounts;
  }

  /** Whether there is a composition of any amounts. */
  get hasAmounts(): boolean {
    return this.numbers.each.length > this.space.parameters.filter(({ type }) => type === 'continuous').length;
  }

  /** Whether a design keeps all constraints. */
  keeps(design: Design): boolean {
    return this.constraints.excess(design) <= keptWithin;
  }

  /** By how much a design breaks the constraints, all together. */
  excess(design: Design): number {
    return this.constraints.each.reduce((sum, one) => sum + one.excess(design), 0);
  }

  reach(design: Design): Reach {
    const beyond: (typeof this.constraints.each)[number][] = [];
    const rows = this.constraints.each.flatMap((one) => {
      const own = one.rows(design);
      if (own === null) beyond.push(one);
      return own ?? [];
    });
    const key = JSON.stringify(rows.map(({ coefficients, min, max }) => [coefficients, `${min}`, `${max}`]));
    let polytope = this.known.get(key);
    if (polytope === undefined) {
      polytope = this.numbers.within(rows);
      if (this.known.size >= mostKnown) this.known.clear();
      this.known.set(key, polytope);
    }
    const excess = (x: Float64Array) => {
      const there = this.numbers.write(design, x);
      const most = beyond.reduce((largest, one) => Math.max(largest, one.excess(there)), 0);
      return most <= keptWithin ? 0 : most;
    };
    return { polytope, excess: beyond.length === 0 ? null : excess };
  }

  /**
   * The design with its free numbers at coordinates, in few digits where constraints are kept so, else in all that count.
   *
   * @returns null where constraints are kept neither way
   */
  written(design: Design, x: ArrayLike<number>): Design | null {
    const short = this.numbers.write(design, x, 'few');
    if (this.keeps(short)) return short;
    const long = this.numbers.write(design, x);
    return this.keeps(long) ? long : null;
  }

  /** The design with its free numbers as near as constraints allow, all else staying as it is; null where they do not. */
  nearest(design: Design): Design | null {
    const settled = this.constraints.settled(design);
    if (this.keeps(settled)) return settled;
    if (this.numbers.each.length === 0) return null;
    const { polytope } = this.reach(settled);
    const there = polytope.nearest(this.numbers.read(settled));
    return there === null ? null : this.written(settled, there);
  }
}
