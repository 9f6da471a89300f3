import { Matrix, SingularValueDecomposition } from 'ml-matrix';

/** What is left of rows when they are told by what they differ most in. */
export interface PrincipalComponents {
  /** Coordinates of each row, [components]. */
  readonly scores: readonly Float64Array[];
  /** Share of the variance that they explain. */
  readonly explained: number;
}

/**
 * Principal components of rows, as many as explain a share of their variance: x ≈ mean + Σ_c score_c·v_c, by the singular value
 * decomposition of the centred rows. The sign of each is such that the largest entry of v_c is positive.
 *
 * @param rows - two or more of one width; finite
 * @param most - components at most
 * @remarks Cost: O(n·p·min(n, p)).
 */
export function principalComponents(
  rows: readonly Float64Array[],
  { explained, most }: { readonly explained: number; readonly most: number },
): PrincipalComponents {
  const centred = new Matrix(rows.map((row) => [...row])).center('column');
  const {
    diagonal,
    leftSingularVectors: U,
    rightSingularVectors: V,
  } = new SingularValueDecomposition(centred, {
    autoTranspose: true,
  });
  const variances = diagonal.map((value) => value * value);
  const total = variances.reduce((sum, value) => sum + value, 0);
  let [count, share] = [0, 0];
  while (count < Math.min(most, variances.length) && share < explained && variances[count]! > 1e-12 * total)
    share += variances[count++]! / total;
  const scales = Array.from({ length: count }, (_, c) => {
    const column = V.getColumn(c);
    const largest = column.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    return diagonal[c]! * (largest < 0 ? -1 : 1);
  });
  const scores = rows.map((_, i) => Float64Array.from(scales, (scale, c) => U.get(i, c) * scale));
  return { scores, explained: share };
}
