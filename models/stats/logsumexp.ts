/**
 * log Σ exp(x_i), without overflow or underflow.
 *
 * m + log1p(Σ_{i ≠ first maximum} exp(x_i − m)),  m = max x
 *
 * The log of a mean of n terms is this minus log n.
 *
 * @param x - [n]
 * @returns −∞ if there is no term or all are −∞; +∞ if one is; NaN if one is NaN
 * @remarks Accuracy: absolute 1e-15·n of the sum beyond m, relative 1e-15 of m.
 */
export function logsumexp(x: ArrayLike<number>): number {
  let at = 0;
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i]!)) return Number.NaN;
    if (x[i]! > x[at]!) at = i;
  }
  const largest = x.length === 0 ? Number.NEGATIVE_INFINITY : x[at]!;
  if (!Number.isFinite(largest)) return largest;
  let rest = 0;
  for (let i = 0; i < x.length; i++) if (i !== at) rest += Math.exp(x[i]! - largest);
  return largest + Math.log1p(rest);
}
