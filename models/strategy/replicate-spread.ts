import type { CampaignSpec } from '../domain/campaign.js';
import { WithinGroups } from '../linalg/within-groups.js';
import type { Visit } from './history.js';

/** A variance, and the degrees of freedom it is estimated with. */
export interface Spread {
  readonly variance: number;
  readonly freedom: number;
}

/**
 * By how much values of one design differ, for each of several designs and all of them together, of one outcome. Where contexts
 * differ between the trials of a design, what they explain straight (the same at all designs) is no difference, and takes freedom.
 *
 * Whether the values of a design fit those elsewhere is asked as by Chow: its own spread is what the sum of squares of all, explained
 * together, has beyond that of the others. So a design that alone was measured in some batch has no freedom left to disagree with.
 *
 * @see Chow 1960, Econometrica 28, 591 (fewer new values than parameters)
 */
export class ReplicateSpread {
  private readonly within: WithinGroups;
  private readonly left: Float64Array;
  /** Place among the groups of `within` by that among those given; absent of one with a single value. */
  private readonly place: ReadonlyMap<number, number>;
  /** Squares of what is left of each, and sums of those before and after each. */
  private readonly squares: readonly number[];
  private readonly before: readonly number[];
  private readonly after: readonly number[];

  /**
   * @param groups - trials of each design
   * @param outcome - among the modelled ones
   */
  constructor(spec: CampaignSpec, groups: readonly (readonly Visit[])[], outcome: number) {
    const rows: Visit[] = [];
    const repeated: number[][] = [];
    const place = new Map<number, number>();
    groups.forEach((group, g) => {
      const told = group.filter(({ turned }) => turned[outcome] != null);
      if (told.length < 2) return;
      place.set(g, repeated.length);
      repeated.push(told.map((visit) => rows.push(visit) - 1));
    });
    this.place = place;
    this.within = new WithinGroups(repeated, contextColumns(spec, rows));
    this.left = this.within.left(rows.map(({ turned }) => turned[outcome]!));
    let at = 0;
    this.squares = repeated.map((group) => group.reduce((sum) => sum + this.left[at++]! ** 2, 0));
    this.before = sumsBefore(this.squares);
    this.after = sumsBefore([...this.squares].reverse()).reverse();
  }

  /** Of all designs together; null where none has several values that can be compared. */
  get pooled(): Spread | null {
    const all = this.squares.reduce((sum, one) => sum + one, 0);
    return spread(all, this.freedom);
  }

  /** Of the g-th design, and of all others together; null where one of them has nothing to compare. */
  beside(g: number): { readonly own: Spread; readonly others: Spread } | null {
    const at = this.place.get(g);
    if (at === undefined) return null;
    const { squares, freedom } = this.within.added(at, this.left);
    const pulled = squares - this.squares[at]!;
    const own = spread(squares, freedom);
    const others = spread(Math.max(0, this.before[at]! + this.after[at]! - pulled), this.freedom - freedom);
    return own === null || others === null ? null : { own, others };
  }

  private get freedom(): number {
    return this.within.groups.reduce((sum, { length }) => sum + length - 1, 0) - this.within.rank;
  }
}

function spread(squares: number, freedom: number): Spread | null {
  return freedom === 0 ? null : { variance: squares / freedom, freedom };
}

/** Of each place the sum of what comes before it. */
function sumsBefore(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    const before = sum;
    sum += value;
    return before;
  });
}

/** Each number, and of each name that was seen whether it was that. */
function contextColumns({ contexts = [] }: CampaignSpec, visits: readonly Visit[]): number[][] {
  return contexts.flatMap((context) => {
    const told = visits.map((visit) => visit.contexts![context.name]!);
    if (context.type === 'continuous') return [told.map(Number)];
    return [...new Set(told)].map((name) => told.map((one) => (one === name ? 1 : 0)));
  });
}
