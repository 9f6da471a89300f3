import { type EncodedDesigns, rowKey } from '../../encode/encoded-designs.js';

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
 * Rows that repeat a design at a level, and what their spread tells of the noise there.
 *
 * With s_g² the sample variance of the m_g values of a group and s² that of all groups of its level pooled, the variance
 * of the group, by a scaled inverse-χ² prior of ν = 4 degrees of freedom about s², is
 * σ_g² = (ν·s² + (m_g − 1)·s_g²)/(ν + m_g − 1), and the ratio of each of its rows σ_g²/s².
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
    private readonly byLevel: readonly (readonly (readonly number[])[])[],
  ) {}

  /**
   * @param known - noise variances, [n]; a row that has one needs no replicates
   * @returns null where no level has two groups to compare
   */
  static of(designs: EncodedDesigns, levels: Int32Array, known: Float64Array | undefined): Replicates | null {
    const groups = new Map<string, number[]>();
    for (let row = 0; row < designs.n; row++) {
      if (known !== undefined && !Number.isNaN(known[row]!)) continue;
      const key = `${levels[row]}|${rowKey(designs, row)}`;
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
    const compared = [...byLevel.values()].filter((some) => some.length > 1);
    return compared.length === 0 ? null : new Replicates(designs.n, compared);
  }

  /**
   * @param values - of the rows, on the scale on which noise is to be compared, [n]
   * @param slopes - their derivatives by a parameter, [n]; none where they do not move
   */
  ratios(values: Float64Array, slopes?: Float64Array): NoiseRatios {
    const ratios = new Float64Array(this.n).fill(1);
    const byParameter = new Float64Array(this.n);
    for (const groups of this.byLevel) {
      const squares = groups.map((group) => sumOfSquares(group, values, slopes));
      const freedom = groups.reduce((sum, group) => sum + group.length - 1, 0);
      const pooled = squares.reduce((sum, one) => sum + one.value, 0) / freedom;
      const pooledSlope = squares.reduce((sum, one) => sum + one.slope, 0) / freedom;
      if (!(pooled > 0)) continue;
      groups.forEach((group, g) => {
        const weight = priorFreedom + group.length - 1;
        const { value, slope } = squares[g]!;
        for (const row of group) {
          ratios[row] = (priorFreedom + value / pooled) / weight;
          byParameter[row] = (slope - (value * pooledSlope) / pooled) / (pooled * weight);
        }
      });
    }
    return { ratios, byParameter };
  }
}

/** Sum of squares about the mean of a group, (m − 1)·s², and its derivative. */
function sumOfSquares(group: readonly number[], values: Float64Array, slopes: Float64Array | undefined) {
  const mean = group.reduce((sum, row) => sum + values[row]!, 0) / group.length;
  let [value, slope] = [0, 0];
  for (const row of group) {
    const apart = values[row]! - mean;
    value += apart * apart;
    // That the mean moves too adds nothing: deviations from it add up to 0.
    slope += 2 * apart * (slopes?.[row] ?? 0);
  }
  return { value, slope };
}
