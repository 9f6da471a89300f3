// AssemblyScript, not TypeScript: `npm run build:wasm` compiles it with `asc` into ../kernel-bytes.ts. Its twin in
// TypeScript is ../plain-kernel.ts, which does the same operations in the same order and gives the same bits; what is
// said there of the three functions holds here, with byte addresses in place of indices.

export { correlate, gather } from './radial';

/** Depth of one pass of `subtract`: 64 rows of so many numbers stay in the second-level cache. */
const passDepth: usize = 256;

/** Rows that `solve` takes at a time, so that they stay in the first-level cache. */
const tileRows: usize = 64;

/** C -= A·Bᵀ; C [rows × columns], A [rows × depth], B [columns × depth], all multiples of 4. */
export function subtract(C: usize, A: usize, B: usize, stride: usize, rows: usize, columns: usize, depth: usize): void {
  for (let done: usize = 0; done < depth; done += passDepth) {
    const rest = depth - done;
    pass(C, A + (done << 3), B + (done << 3), stride, rows, columns, rest < passDepth ? rest : passDepth);
  }
}

/** Four rows of A with two of B at a time: eight sums and six loaded pairs fit the sixteen registers of x64. */
function pass(C: usize, A: usize, B: usize, stride: usize, rows: usize, columns: usize, depth: usize): void {
  const step = stride << 3;
  for (let i: usize = 0; i < rows; i += 4) {
    const rowA = A + i * step;
    const rowC = C + i * step;
    for (let j: usize = 0; j < columns; j += 2) {
      let a = rowA;
      let b = B + j * step;
      const end = a + (depth << 3);
      let s00 = f64x2.splat(0);
      let s01 = f64x2.splat(0);
      let s10 = f64x2.splat(0);
      let s11 = f64x2.splat(0);
      let s20 = f64x2.splat(0);
      let s21 = f64x2.splat(0);
      let s30 = f64x2.splat(0);
      let s31 = f64x2.splat(0);
      while (a < end) {
        const b0 = v128.load(b);
        const b1 = v128.load(b + step);
        const a0 = v128.load(a);
        s00 = f64x2.add(s00, f64x2.mul(a0, b0));
        s01 = f64x2.add(s01, f64x2.mul(a0, b1));
        const a1 = v128.load(a + step);
        s10 = f64x2.add(s10, f64x2.mul(a1, b0));
        s11 = f64x2.add(s11, f64x2.mul(a1, b1));
        const a2 = v128.load(a + 2 * step);
        s20 = f64x2.add(s20, f64x2.mul(a2, b0));
        s21 = f64x2.add(s21, f64x2.mul(a2, b1));
        const a3 = v128.load(a + 3 * step);
        s30 = f64x2.add(s30, f64x2.mul(a3, b0));
        s31 = f64x2.add(s31, f64x2.mul(a3, b1));
        a += 16;
        b += 16;
      }
      const c = rowC + (j << 3);
      takeAway(c, s00, s01);
      takeAway(c + step, s10, s11);
      takeAway(c + 2 * step, s20, s21);
      takeAway(c + 3 * step, s30, s31);
    }
  }
}

/** Subtracts the sums of both lanes of `first` and `second` from two neighbours in memory. */
function takeAway(at: usize, first: v128, second: v128): void {
  const even = v128.shuffle<f64>(first, second, 0, 2);
  const odd = v128.shuffle<f64>(first, second, 1, 3);
  v128.store(at, f64x2.sub(v128.load(at), f64x2.add(even, odd)));
}

/** Cholesky factor of the block D [size × size] in place; the place of the first bad pivot, or -1. */
export function factorise(D: usize, stride: usize, size: usize): i32 {
  const step = stride << 3;
  for (let j: usize = 0; j < size; j += 4) {
    const row = D + j * step;
    const corner = row + (j << 3);
    subtract(corner, row, row, stride, size - j, 4, j);
    for (let r: usize = 0; r < 4; r++) {
      const rowR = corner + r * step;
      for (let c: usize = 0; c < r; c++) {
        const rowC = corner + c * step;
        let sum = load<f64>(rowR + (c << 3));
        for (let k: usize = 0; k < c; k++) sum -= load<f64>(rowR + (k << 3)) * load<f64>(rowC + (k << 3));
        store<f64>(rowR + (c << 3), sum * (1.0 / load<f64>(rowC + (c << 3))));
      }
      let pivot = load<f64>(rowR + (r << 3));
      for (let k: usize = 0; k < r; k++) pivot -= load<f64>(rowR + (k << 3)) * load<f64>(rowR + (k << 3));
      if (!(pivot > 0)) return <i32>(j + r);
      store<f64>(rowR + (r << 3), sqrt(pivot));
    }
    solveFour(corner + 4 * step, corner, step, size - j - 4);
  }
  return -1;
}

/** X·Dᵀ = X₀ in place; X [rows × size], D the lower triangular block [size × size]. */
export function solve(X: usize, D: usize, stride: usize, rows: usize, size: usize): void {
  const step = stride << 3;
  for (let done: usize = 0; done < rows; done += tileRows) {
    const tile = X + done * step;
    const rest = rows - done;
    const count = rest < tileRows ? rest : tileRows;
    for (let j: usize = 0; j < size; j += 4) {
      const row = D + j * step;
      subtract(tile + (j << 3), tile, row, stride, count, 4, j);
      solveFour(tile + (j << 3), row + (j << 3), step, count);
    }
  }
}

/** The same for four columns, by forward substitution along each row. */
function solveFour(X: usize, D: usize, step: usize, rows: usize): void {
  const d1 = D + step;
  const d2 = d1 + step;
  const d3 = d2 + step;
  const r0 = 1.0 / load<f64>(D);
  const r1 = 1.0 / load<f64>(d1, 8);
  const r2 = 1.0 / load<f64>(d2, 16);
  const r3 = 1.0 / load<f64>(d3, 24);
  const l10 = load<f64>(d1);
  const l20 = load<f64>(d2);
  const l21 = load<f64>(d2, 8);
  const l30 = load<f64>(d3);
  const l31 = load<f64>(d3, 8);
  const l32 = load<f64>(d3, 16);
  for (let i: usize = 0; i < rows; i++) {
    const x = X + i * step;
    const x0 = load<f64>(x) * r0;
    const x1 = (load<f64>(x, 8) - x0 * l10) * r1;
    const x2 = (load<f64>(x, 16) - x0 * l20 - x1 * l21) * r2;
    const x3 = (load<f64>(x, 24) - x0 * l30 - x1 * l31 - x2 * l32) * r3;
    store<f64>(x, x0);
    store<f64>(x, x1, 8);
    store<f64>(x, x2, 16);
    store<f64>(x, x3, 24);
  }
}
