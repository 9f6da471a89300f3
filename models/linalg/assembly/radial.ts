// AssemblyScript: radial correlations of many pairs of points, and their derivatives by lengthscales. Twin of the same
// functions in ../plain-radial.ts; what is said there holds here, with byte addresses in place of indices.

/** Numbers that take several instructions to write down and one to load. */
const numbers = memory.data<f64>([
  // 1/k! from 0 to 13
  1.0,
  1.0,
  0.5,
  0.16666666666666666,
  4.1666666666666664e-2,
  8.333333333333333e-3,
  1.388888888888889e-3,
  1.984126984126984e-4,
  2.48015873015873e-5,
  2.7557319223985893e-6,
  2.755731922398589e-7,
  2.505210838544172e-8,
  2.08767569878681e-9,
  1.6059043836821613e-10,
  // the lowest argument of the exponential, 1/ln 2, and ln 2 in two parts
  -700.0,
  Math.LOG2E,
  0.6931471803691238,
  1.9082149292705877e-10,
  // 1.5·2^52: adding it rounds to a whole number, which then stands in the lowest bits
  6755399441055744.0,
]);

const lowest: usize = 14;
const log2e: usize = 15;
const ln2High: usize = 16;
const ln2Low: usize = 17;
const rounder: usize = 18;

/** Number at a place of the list, in both lanes. */
function number(place: usize): v128 {
  return v128.load64_splat(numbers + (place << 3));
}

/** a + b·r for the numbers at a place and the next */
function two(place: usize, r: v128): v128 {
  return f64x2.add(number(place), f64x2.mul(number(place + 1), r));
}

/** a + b·r + (c + d·r)·r² for the numbers at a place and the next three */
function four(place: usize, r: v128, r2: v128): v128 {
  return f64x2.add(two(place, r), f64x2.mul(two(place + 2, r), r2));
}

/** eˣ for x ≤ 0, two at a time; in pairs and fours, as what does not wait for each other is done at the same time. */
function exp(given: v128): v128 {
  const x = f64x2.max(given, number(lowest));
  const shifted = f64x2.add(f64x2.mul(x, number(log2e)), number(rounder));
  const k = f64x2.sub(shifted, number(rounder));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(k, number(ln2High))), f64x2.mul(k, number(ln2Low)));
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const high = f64x2.add(four(8, r, r2), f64x2.mul(two(12, r), r4));
  const p = f64x2.add(four(0, r, r2), f64x2.mul(f64x2.add(four(4, r, r2), f64x2.mul(high, r4)), r4));
  return i64x2.add(p, i64x2.shl(shifted, 52));
}

/** r² at C to correlations at C and slopes at S, two at a time. */
function evaluate(kind: i32, squared: v128, c: usize, s: usize): void {
  if (kind === 2) {
    const value = exp(f64x2.mul(squared, f64x2.splat(-0.5)));
    v128.store(c, value);
    v128.store(s, value);
    return;
  }
  const root = f64x2.sqrt(squared);
  const scaled = f64x2.mul(root, f64x2.splat(kind === 0 ? 1.7320508075688772 : 2.23606797749979));
  const decay = exp(f64x2.neg(scaled));
  const linear = f64x2.add(scaled, f64x2.splat(1.0));
  if (kind === 0) {
    v128.store(c, f64x2.mul(linear, decay));
    v128.store(s, f64x2.mul(f64x2.splat(3.0), decay));
  } else {
    const third = f64x2.splat(1.6666666666666667);
    v128.store(c, f64x2.mul(f64x2.add(linear, f64x2.mul(third, squared)), decay));
    v128.store(s, f64x2.mul(f64x2.mul(third, linear), decay));
  }
}

/** C = correlation, S = slope at the squared distance C + Σ_t (A[i, t] − B[t, j])². */
export function correlate(
  kind: i32,
  C: usize,
  S: usize,
  A: usize,
  B: usize,
  stride: usize,
  rows: usize,
  columns: usize,
  depth: usize,
  triangular: i32,
): void {
  const step = stride << 3;
  for (let i: usize = 0; i < rows; i++) {
    const a = A + ((i * depth) << 3);
    const c = C + i * step;
    const s = S + i * step;
    const end = triangular !== 0 ? (i + 4) & ~3 : columns;
    for (let j: usize = 0; j < end; j += 4) {
      const at = c + (j << 3);
      let low = v128.load(at);
      let high = v128.load(at, 16);
      let b = B + (j << 3);
      for (let t: usize = 0; t < depth; t++) {
        const x = v128.load64_splat(a + (t << 3));
        const d0 = f64x2.sub(x, v128.load(b));
        const d1 = f64x2.sub(x, v128.load(b, 16));
        low = f64x2.add(low, f64x2.mul(d0, d0));
        high = f64x2.add(high, f64x2.mul(d1, d1));
        b += step;
      }
      const slope = s + (j << 3);
      evaluate(kind, low, at, slope);
      evaluate(kind, high, at + 16, slope + 16);
    }
  }
}

/** G[t] += Σ_{i, j ≤ i} V[i, j]·(A[i, t] − B[t, j])². */
export function gather(G: usize, V: usize, A: usize, B: usize, stride: usize, rows: usize, depth: usize): void {
  const step = stride << 3;
  for (let i: usize = 0; i < rows; i++) {
    const v = V + i * step;
    const end = v + (((i + 4) & ~3) << 3);
    for (let t: usize = 0; t < depth; t++) {
      const x = v128.load64_splat(A + ((i * depth + t) << 3));
      let b = B + t * step;
      let low = f64x2.splat(0);
      let high = f64x2.splat(0);
      for (let at = v; at < end; at += 32) {
        const d0 = f64x2.sub(x, v128.load(b));
        const d1 = f64x2.sub(x, v128.load(b, 16));
        low = f64x2.add(low, f64x2.mul(v128.load(at), f64x2.mul(d0, d0)));
        high = f64x2.add(high, f64x2.mul(v128.load(at, 16), f64x2.mul(d1, d1)));
        b += 32;
      }
      const sum = f64x2.add(low, high);
      const g = G + (t << 3);
      store<f64>(g, load<f64>(g) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
    }
  }
}
