import { designRowKey, type EncodedDesigns } from '../../encode/encoded-designs.js';
import { WithinGroups } from '../../linalg/within-groups.js';

/** Degrees of freedom that the pooled variance counts for in the variance of each group. */
const priorFreedom = 4;

/** Ratios of the noise variances of rows to what is usual at their level, with derivatives. */
export interface NoiseRatios {
  /** [n]; 1 where a row has no replicate. */
  readonly ratios: Float64Array;
  /** By the parameter by which the values move, [n]. */
  readonly byParameter: Float64Array;
}

/**
 * Rows that repeat a design at a level, in whatever surroundings, and what their spread tells of the noise there.
 *
 * With s_g² the sample variance of the m_g values of a group, of f_g = m_g − 1 degrees of freedom, and s² that of all groups of its level
 * pooled, the variance of the group, by a scaled inverse-χ² prior of ν = 4 degrees of freedom about s², is
 * σ_g² = (ν·s² + f_g·s_g²)/(ν + f_g), and the ratio of each of its rows σ_g²/s². Where contexts differ within groups, what they explain
 * straight is not noise: it is taken off the values, and off the f_g (see `WithinGroups`).
 *
 * A ratio leaves how large noise is to the fit, and says only where there is more of it. One group at a level has
 * nothing to be compared with, and replicates that do not differ at all tell nothing.
 *
 * @see Gelman et al. 2013, Bayesian Data Analysis, 3rd ed., section 2.6; Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3, 3
 *   (variances moderated by what is pooled)
 */
export class Replicates {
  private constructor(
    private readonly n: number,
    /** Groups of rows, by level. */
    private readonly byLevel: readonly WithinGroups[],
  ) {}

  /**
   * @param known - noise variances, [n]; a row that has one needs no replicates
   * @returns null where no level has two groups to compare
   */
  static of(designs: EncodedDesigns, levels: Int32Array, known: Float64Array | undefined): Replicates | null {
    const groups = new Map<string, number[]>();
    for (let row = 0; row < designs.n; row++) {
      if (known !== undefined && !Number.isNaN(known[row]!)) continue;
      const key = `${levels[row]}|${designRowKey(designs, row)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    const byLevel = new Map<number, number[][]>();
    for (const group of groups.values()) {
      if (group.length < 2) continue;
      const level = levels[group[0]!]!;
      byLevel.set(level, [...(byLevel.get(level) ?? []), group]);
    }
    const columns = contextColumns(designs);
    const compared = [...byLevel.values()].flatMap((some) =>
      some.length > 1 ? [new WithinGroups(some, columns)] : [],
    );
    return compared.length === 0 ? null : new Replicates(designs.n, compared);
  }

  /**
   * @param values - of the rows, on the scale on which noise is to be compared, [n]
   * @param slopes - their derivatives by a parameter, [n]; none where they do not move
   */
  ratios(values: Float64Array, slopes?: Float64Array): NoiseRatios {
    const ratios = new Float64Array(this.n).fill(1);
    const byParameter = new Float64Array(this.n);
    for (const within of this.byLevel) {
      const { groups, rank, taken } = within;
      const apart = within.left(values);
      // That means move too adds nothing, as deviations from them add up to 0; that slopes of contexts do, does.
      const moved = slopes === undefined || rank === 0 ? null : within.left(slopes);
      let at = 0;
      const squares = groups.map((group, g) => {
        let [value, slope] = [0, 0];
        for (const row of group) {
          value += apart[at]! * apart[at]!;
          slope += 2 * apart[at]! * (moved?.[at] ?? slopes?.[row] ?? 0);
          at++;
        }
        return { value, slope, freedom: Math.max(0, group.length - 1 - taken[g]!) };
      });
      const freedom = groups.reduce((sum, { length }) => sum + length - 1, 0) - rank;
      if (freedom === 0) continue;
      const pooled = squares.reduce((sum, one) => sum + one.value, 0) / freedom;
      const pooledSlope = squares.reduce((sum, one) => sum + one.slope, 0) / freedom;
      if (!(pooled > 0)) continue;
      groups.forEach((group, g) => {
        const { value, slope, freedom: own } = squares[g]!;
        const weight = priorFreedom + own;
        for (const row of group) {
          ratios[row] = (priorFreedom + value / pooled) / weight;
          byParameter[row] = (slope - (value * pooledSlope) / pooled) / (pooled * weight);
        }
      });
    }
    return { ratios, byParameter };
  }
}

/** Columns of the surroundings: each number, and of each name whether it is that; none where there are no contexts. */
function contextColumns({ n, encoding, numeric, categories }: EncodedDesigns): Float64Array[] {
  const { contexts, numeric: numbers, categories: names } = encoding;
  if (contexts === undefined) return [];
  const column = (of: (row: number) => number) => Float64Array.from({ length: n }, (_, row) => of(row));
  const columns: Float64Array[] = [];
  for (let t = numbers - contexts.numeric; t < numbers; t++) columns.push(column((row) => numeric[row * numbers + t]!));
  for (let t = names - contexts.categories; t < names; t++) {
    const of = (row: number) => categories[row * names + t]!;
    const seen = new Set(Array.from({ length: n }, (_, row) => of(row)));
    // The first follows from the others.
    for (const name of [...seen].slice(1)) columns.push(column((row) => (of(row) === name ? 1 : 0)));
  }
  return columns;
}
