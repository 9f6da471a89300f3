/** Limit on standardised entries where none is given: beyond it an outlier would outweigh all other entries together. */
const usualLimit = 4;

/** Spread, relative to the size of an entry, up to which it counts as constant: rounding of sums. */
const constant = 1e-9;

/** Turns vectors of one kind into entries of mean 0 and standard deviation 1. */
export interface Standardiser {
  /** Number of entries that vary. */
  readonly width: number;
  /** Those entries, by their place in the vectors, with what they are standardised by. */
  readonly kept: readonly { readonly at: number; readonly mean: number; readonly sd: number }[];
  /** @returns z = (x − mean)/sd of the entries that vary, each clipped to ±limit, [width] */
  standardise(vector: ArrayLike<number>): Float64Array;
}

/**
 * Learns mean and standard deviation of each entry over the given vectors; entries that do not vary are left out.
 *
 * @param vectors - all of one length; finite
 * @param limit - 4 where absent
 */
export function standardiserOf(vectors: readonly ArrayLike<number>[], limit = usualLimit): Standardiser {
  const kept = Array.from({ length: vectors[0]?.length ?? 0 }, (_, at) => {
    const mean = vectors.reduce((sum, vector) => sum + vector[at]!, 0) / vectors.length;
    const sd = Math.sqrt(vectors.reduce((sum, vector) => sum + (vector[at]! - mean) ** 2, 0) / vectors.length);
    return { at, mean, sd };
  }).filter(({ mean, sd }) => sd > constant * Math.abs(mean));
  return {
    width: kept.length,
    kept,
    standardise: (vector) =>
      Float64Array.from(kept, ({ at, mean, sd }) => Math.max(-limit, Math.min(limit, (vector[at]! - mean) / sd))),
  };
}
