/**
 * Σ a[at + k]·b[k] over the first n; four sums, as each waits for its last addition.
 *
 * @param at - place in a where the row begins
 */
export function dotRow(a: Float64Array, at: number, b: Float64Array, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < n; k += 4) {
    s0 += a[at + k]! * b[k]!;
    s1 += a[at + k + 1]! * b[k + 1]!;
    s2 += a[at + k + 2]! * b[k + 2]!;
    s3 += a[at + k + 3]! * b[k + 3]!;
  }
  for (; k < n; k++) s0 += a[at + k]! * b[k]!;
  return s0 + s2 + (s1 + s3);
}

/** a·b */
export function dot(a: Float64Array, b: Float64Array): number {
  return dotRow(a, 0, b, a.length);
}
