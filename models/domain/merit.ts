/** How several objectives become one number, where a campaign does not seek their front. */
export const combinations = ['desirability', 'lexicographic'] as const;
/** One of them. */
export type Combination = (typeof combinations)[number];

/** What an objective is worth beside others. */
export interface Wish {
  /** Losses at which it is worth nothing, and from which on it is all that is wanted; the first is the larger. */
  readonly from: number;
  readonly to: number;
  /** Of desirability; positive. */
  readonly weight: number;
}

/**
 * What losses come to together, lower being better.
 *
 * `desirability`: 1 − Π_k d_k^(w_k/Σw), d_k from 0 at `from` to 1 at `to`, straight between (Derringer and Suich).
 *
 * `lexicographic`: in the order of the objectives, the first that is not at `to` counts, by x/(1 + x), x how far it is from there in units
 * of `from` − `to`; each one before it that is there takes a whole number off. Where all are, the first counts beyond `to`.
 *
 * @param losses - by objective, in their order
 * @returns 0 to 1; in lexicographic order −1 to the number of objectives
 * @see Derringer and Suich 1980, J. Qual. Technol. 12, 214; Häse, Roch and Aspuru-Guzik 2018, Chem. Sci. 9, 7642 (Chimera)
 */
export function meritOf(combine: Combination, wishes: readonly Wish[], losses: ArrayLike<number>): number {
  return combine === 'desirability' ? 1 - desirability(wishes, losses) : lexicographic(wishes, losses);
}

function desirability(wishes: readonly Wish[], losses: ArrayLike<number>): number {
  const total = wishes.reduce((sum, { weight }) => sum + weight, 0);
  return wishes.reduce((product, { from, to, weight }, k) => {
    const share = Math.min(1, Math.max(0, (from - losses[k]!) / (from - to)));
    return product * share ** (weight / total);
  }, 1);
}

function lexicographic(wishes: readonly Wish[], losses: ArrayLike<number>): number {
  const distance = (k: number) => (losses[k]! - wishes[k]!.to) / (wishes[k]!.from - wishes[k]!.to);
  for (let k = 0; k < wishes.length; k++) {
    const x = distance(k);
    if (x > 0) return wishes.length - 1 - k + x / (1 + x);
  }
  const beyond = -distance(0);
  return -beyond / (1 + beyond);
}

/** How many objectives, from the first on, are where they are wanted, by a lexicographic merit of so many. */
export function metOf(merit: number, count: number): number {
  return merit <= 0 ? count : count - Math.ceil(merit);
}
