import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Directions in which rows differ most. */
export interface PrincipalAxes {
  /** Shares of the variance, largest first. */
  readonly shares: readonly number[];
  /** Of each axis its weights by column, of unit length; the largest is positive. */
  readonly weights: readonly (readonly number[])[];
  /** Of each axis the coordinates of the rows, in standard deviations of the columns. */
  readonly scores: readonly (readonly number[])[];
}

/**
 * The first principal components of standardised columns.
 *
 * R = ZᵀZ/n = WΛWᵀ, Z the columns with mean 0 and variance 1; scores ZW, shares λ/Σλ. A column that does not vary has weight 0.
 *
 * @param rows - [n][p], finite, all of the same length
 * @param most - axes wanted
 * @returns null where fewer than two columns vary
 * @see Jolliffe 2002, Principal Component Analysis, section 2.3 (on the correlation matrix)
 */
export function principalAxes(rows: readonly (readonly number[])[], most: number): PrincipalAxes | null {
  if (rows.length < 2) return null;
  const Z = new Matrix(rows as number[][]);
  const centre = Z.mean('column');
  const spread = Z.standardDeviation('column', { unbiased: false });
  const varies = spread.map((sd, j) => sd > 1e-9 * Math.max(1, Math.abs(centre[j]!)));
  if (varies.filter(Boolean).length < 2) return null;
  Z.subRowVector(centre).mulRowVector(spread.map((sd, j) => (varies[j] ? 1 / sd : 0)));
  const correlation = Z.transpose().mmul(Z).div(rows.length);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(correlation, { assumeSymmetric: true });
  const order = [...realEigenvalues.keys()].sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!).slice(0, most);
  const total = realEigenvalues.reduce((sum, value) => sum + value, 0);
  const weights = order.map((at) => {
    const column = eigenvectorMatrix.getColumn(at);
    const largest = column.reduce((best, value) => (Math.abs(value) > Math.abs(best) + 1e-12 ? value : best), 0);
    return column.map((value) => (largest < 0 ? -value : value));
  });
  return {
    shares: order.map((at) => Math.max(0, realEigenvalues[at]!) / total),
    weights,
    scores: weights.map((axis) => Z.mmul(Matrix.columnVector(axis)).to1DArray()),
  };
}
