/** Counts of atom environments: ascending feature numbers with how often each occurs. */
export interface Fingerprint {
  readonly features: Int32Array;
  readonly counts: Int32Array;
}

/**
 * Tanimoto similarity of count vectors: Σ min(a, b) / Σ max(a, b); 1 for two empty ones.
 *
 * @returns from 0 to 1; positive definite as a kernel (Ralaivola et al. 2005, Neural Networks 18, 1093)
 */
export function tanimoto(a: Fingerprint, b: Fingerprint): number {
  let shared = 0;
  let total = 0;
  let i = 0;
  let j = 0;
  while (i < a.features.length || j < b.features.length) {
    const fa = i < a.features.length ? a.features[i]! : Number.POSITIVE_INFINITY;
    const fb = j < b.features.length ? b.features[j]! : Number.POSITIVE_INFINITY;
    if (fa === fb) {
      const ca = a.counts[i++]!;
      const cb = b.counts[j++]!;
      shared += Math.min(ca, cb);
      total += Math.max(ca, cb);
    } else if (fa < fb) total += a.counts[i++]!;
    else total += b.counts[j++]!;
  }
  return total === 0 ? 1 : shared / total;
}
