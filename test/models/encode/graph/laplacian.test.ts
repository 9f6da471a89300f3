import { expect, it } from 'vitest';
import { eigenvectorCount, laplacianSpectrum } from '../../../../models/encode/graph/laplacian.js';
import { Generator } from '../../../../models/random/generator.js';

const ring = (n: number) => Array.from({ length: n }, (_, i) => [(i + n - 1) % n, (i + 1) % n]);
const column = (matrix: Float64Array, k: number) =>
  Array.from({ length: matrix.length / eigenvectorCount }, (_, i) => matrix[i * eigenvectorCount + k]!);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, entry, i) => sum + entry * b[i]!, 0);

it('a chain has the cosines that are known', () => {
  const n = 10;
  const chain = Array.from({ length: n }, (_, i) => [i - 1, i + 1].filter((j) => j >= 0 && j < n));
  const { values, vectors } = laplacianSpectrum(chain);
  for (let k = 0; k < eigenvectorCount; k++) {
    const known = Array.from({ length: n }, (_, i) => Math.cos((Math.PI * k * (i + 0.5)) / n));
    const length = Math.sqrt(dot(known, known));
    expect(values[k]).toBeCloseTo(2 - 2 * Math.cos((Math.PI * k) / n), 12);
    for (const [i, entry] of column(vectors, k).entries()) expect(entry).toBeCloseTo(known[i]! / length, 10);
  }
});

it('vectors of one eigenvalue are orthogonal, and of them those that the first atoms see', () => {
  const { values, vectors } = laplacianSpectrum(ring(6));
  for (const [k, value] of [0, 1, 1, 3, 3, 4].entries()) expect(values[k]).toBeCloseTo(value, 12);
  for (let a = 0; a < 6; a++)
    for (let b = 0; b < 6; b++) expect(dot(column(vectors, a), column(vectors, b))).toBeCloseTo(a === b ? 1 : 0, 12);
  // Of the pair at 1, cos(2πi/6) is the projection of the first atom's axis, and the second vector is 0 there.
  for (let i = 0; i < 6; i++) {
    expect(column(vectors, 1)[i]).toBeCloseTo(Math.cos((Math.PI * i) / 3) / Math.sqrt(3), 12);
    expect(column(vectors, 2)[i]).toBeCloseTo(Math.sin((Math.PI * i) / 3) / Math.sqrt(3), 12);
  }
  expect([...vectors.subarray(6, 8), ...values.subarray(6, 8)]).toEqual([0, 0, 0, 0]);
});

it('parts that do not hang together have eigenvalues of their own, in any order of the atoms', () => {
  const { values, vectors } = laplacianSpectrum([[3], [], [], [0]]);
  expect(column(values, 1)).toEqual([expect.closeTo(2, 12), 0, 0, expect.closeTo(2, 12)]);
  expect(column(vectors, 0)).toEqual([expect.closeTo(Math.SQRT1_2, 12), 1, 1, expect.closeTo(Math.SQRT1_2, 12)]);
});

it('another order of the same graph gives the same up to what an order decides: signs', () => {
  const random = new Generator(5, 'graphs');
  const n = 24;
  const around: number[][] = Array.from({ length: n }, () => []);
  const join = (a: number, b: number) => {
    around[a]!.push(b);
    around[b]!.push(a);
  };
  for (let i = 1; i < n; i++) join(i, Math.floor(random.uniform() * i));
  join(3, 20);
  const order = [...random.permutation(n)];
  const moved = Array.from({ length: n }, (_, i) => around[order[i]!]!.map((atom) => order.indexOf(atom)));
  const [a, b] = [laplacianSpectrum(around), laplacianSpectrum(moved)];
  for (let k = 0; k < eigenvectorCount; k++) {
    expect(b.values[k]).toBeCloseTo(a.values[k]!, 10);
    if (k > 0 && a.values[k]! - a.values[k - 1]! < 1e-6) continue;
    if (k + 1 < eigenvectorCount && a.values[k + 1]! - a.values[k]! < 1e-6) continue;
    const own = column(a.vectors, k);
    expect(
      Math.abs(
        dot(
          column(b.vectors, k),
          order.map((atom) => own[atom]!),
        ),
      ),
    ).toBeCloseTo(1, 8);
  }
});
