/**
 * Correlation matrix of L levels from L(L−1)/2 free numbers, with the target first, so that the first L−1 numbers are
 * the correlations with the target, R_i0 = tanh u_i0, and the rest are partial correlations.
 *
 * R = C·Cᵀ, C_i0 = z_i0, C_ij = z_ij·Π_{k<j} √(1 − z_ik²), C_ii = Π_{k<i} √(1 − z_ik²), z = tanh u
 *
 * @param u - row by row below the diagonal: u_10, u_20, u_21, u_30, …
 * @returns row-major [L × L], and its derivative by each u
 * @see Lewandowski, Kurowicka and Joe 2009, J. Multivar. Anal. 100, 1989
 */
export function levelCorrelation(u: ArrayLike<number>, L: number): { R: Float64Array; derivatives: Float64Array[] } {
  const C = new Float64Array(L * L);
  const rowDerivatives: { row: number; values: Float64Array }[] = [];
  C[0] = 1;
  let at = 0;
  for (let i = 1; i < L; i++) {
    const z = Array.from({ length: i }, (_, j) => Math.tanh(u[at + j]!));
    at += i;
    let rest = 1;
    for (let j = 0; j < i; j++) {
      C[i * L + j] = z[j]! * rest;
      rest *= Math.sqrt(1 - z[j]! * z[j]!);
    }
    C[i * L + i] = rest;
    rest = 1;
    for (let j = 0; j < i; j++) {
      const slope = 1 - z[j]! * z[j]!;
      const values = new Float64Array(L);
      values[j] = rest * slope;
      for (let m = j + 1; m <= i; m++) values[m] = -C[i * L + m]! * z[j]!;
      rowDerivatives.push({ row: i, values });
      rest *= Math.sqrt(slope);
    }
  }
  const R = new Float64Array(L * L);
  for (let i = 0; i < L; i++) for (let j = 0; j < L; j++) R[i * L + j] = rowProduct(C, i, C, j, L);
  const derivatives = rowDerivatives.map(({ row, values }) => {
    const dR = new Float64Array(L * L);
    for (let j = 0; j < L; j++) {
      if (j === row) continue;
      let sum = 0;
      for (let m = 0; m < L; m++) sum += values[m]! * C[j * L + m]!;
      dR[row * L + j] = sum;
      dR[j * L + row] = sum;
    }
    return dR;
  });
  return { R, derivatives };
}

function rowProduct(A: Float64Array, i: number, B: Float64Array, j: number, L: number): number {
  let sum = 0;
  for (let m = 0; m < L; m++) sum += A[i * L + m]! * B[j * L + m]!;
  return sum;
}
