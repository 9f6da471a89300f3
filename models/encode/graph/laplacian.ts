import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Eigenvectors that are taken, of the lowest eigenvalues. */
export const eigenvectorCount = 8;

/** Difference up to which eigenvalues count as one, and length up to which what is left of a vector counts as nothing. */
const [sameValue, nothing] = [1e-6, 1e-4];

/** Eigenvalues and eigenvectors at each atom, row-major, [atoms, eigenvectorCount] each. */
export interface Spectrum {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/**
 * The lowest eigenvalues of a graph's Laplacian, degrees less neighbours, and their unit vectors; of each connected part by
 * itself. Where a part has fewer, both are 0.
 *
 * An eigenvector may have either sign, and those of one eigenvalue may be any that are orthogonal. Here the first is the axis of
 * the first atom that it can be seen from, projected on them; the next that of the next atom, projected on what is left; and so on.
 * This depends on the order of the atoms, and not on how the vectors were found.
 *
 * @param around - neighbours of each atom
 */
export function laplacianSpectrum(around: readonly (readonly number[])[]): Spectrum {
  const values = new Float64Array(around.length * eigenvectorCount);
  const vectors = new Float64Array(around.length * eigenvectorCount);
  for (const part of connectedParts(around)) {
    const place = new Map(part.map((atom, i) => [atom, i]));
    const laplacian = Matrix.zeros(part.length, part.length);
    part.forEach((atom, i) => {
      laplacian.set(i, i, around[atom]!.length);
      for (const neighbour of around[atom]!) laplacian.set(i, place.get(neighbour)!, -1);
    });
    const found = new EigenvalueDecomposition(laplacian, { assumeSymmetric: true });
    const columns = found.eigenvectorMatrix.transpose().to2DArray();
    lowest(found.realEigenvalues, columns).forEach(({ value, vector }, k) => {
      part.forEach((atom, i) => {
        values[atom * eigenvectorCount + k] = value;
        vectors[atom * eigenvectorCount + k] = vector[i]!;
      });
    });
  }
  return { values, vectors };
}

/** @param values - ascending, with the vector of each */
function lowest(values: readonly number[], vectors: readonly number[][]) {
  const taken: { readonly value: number; readonly vector: readonly number[] }[] = [];
  for (let from = 0; from < values.length && taken.length < eigenvectorCount; ) {
    let to = from + 1;
    while (to < values.length && values[to]! - values[to - 1]! < sameValue) to++;
    const basis = placedBasis(vectors.slice(from, to));
    taken.push(...basis.map((vector, i) => ({ value: values[from + i]!, vector })));
    from = to;
  }
  return taken.slice(0, eigenvectorCount);
}

/** Orthonormal vectors that span what the given ones do: axes, from the first on, projected on what is left of that. */
function placedBasis(given: readonly number[][]): number[][] {
  const basis: number[][] = [];
  for (let axis = 0; basis.length < given.length; axis++) {
    const projected = given[0]!.map((_, i) => given.reduce((sum, vector) => sum + vector[axis]! * vector[i]!, 0));
    for (const other of basis) {
      const along = dot(projected, other);
      other.forEach((entry, i) => {
        projected[i]! -= along * entry;
      });
    }
    const length = Math.sqrt(dot(projected, projected));
    if (length > nothing) basis.push(projected.map((entry) => entry / length));
  }
  return basis;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, entry, i) => sum + entry * b[i]!, 0);
}

/** Atoms that hang together, ascending, part by part. */
function connectedParts(around: readonly (readonly number[])[]): number[][] {
  const seen = new Set<number>();
  const parts: number[][] = [];
  around.forEach((_, start) => {
    if (seen.has(start)) return;
    const reached = [start];
    seen.add(start);
    for (const atom of reached)
      for (const neighbour of around[atom]!) {
        if (seen.has(neighbour)) continue;
        seen.add(neighbour);
        reached.push(neighbour);
      }
    parts.push(reached.sort((a, b) => a - b));
  });
  return parts;
}
