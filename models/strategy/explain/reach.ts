import type { Design } from '../../domain/design.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import type { Factor } from './main-effects.js';

/** What the learned lengthscales say of a factor. */
export interface Reach {
  readonly name: string;
  /** Half the expected squared difference of two designs that differ in this factor alone, over the variance: 0 where it does nothing. */
  readonly variation: number;
  /** Variation as a part of that of all factors; 0 where none has any. */
  readonly share: number;
  /**
   * How far a number must change, all else equal, until half of the correlation is left, in its own unit: a lengthscale that kernels of
   * all kinds have in common. Null of what is no number, and where the whole range is not enough.
   */
  readonly half: number | null;
}

/**
 * The importance of factors by the lengthscales of the surrogates, which need no measured design to lie anywhere.
 *
 * V_p = 1 − mean over v ≠ v' of ρ(x with x_p = v, x with x_p = v')
 *
 * ρ is the prior correlation with the learned hyperparameters, averaged over the surrogates by weight. A radial kernel depends
 * on distance over lengthscale alone, so that V falls as the lengthscale grows; categories, molecules and sums of kernels are on the same
 * scale.
 *
 * @param base - a design at which the other factors stand
 * @returns in the order of the factors; none where no surrogate has lengthscales
 */
export function reaches(
  { members }: Ensemble,
  encode: (designs: readonly Design[]) => EncodedDesigns,
  factors: readonly Factor[],
  base: Design,
): Reach[] {
  const known = members.flatMap(({ weight, surrogate: { priorCorrelation } }) =>
    priorCorrelation === undefined ? [] : [{ weight, priorCorrelation }],
  );
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  if (!(total > 0)) return [];
  const variations = factors.map(({ name, values }) => {
    const designs = encode(values.map((value) => ({ ...base, [name]: value })));
    const mixed = new Float64Array(designs.n * designs.n);
    for (const { weight, priorCorrelation } of known)
      priorCorrelation(designs, designs).forEach((value, at) => {
        mixed[at] = mixed[at]! + (weight / total) * value;
      });
    return { variation: 1 - offDiagonal(mixed, designs.n), half: halfAt(values, mixed) };
  });
  const sum = variations.reduce((all, { variation }) => all + variation, 0);
  return variations.map((one, p) => ({ name: factors[p]!.name, ...one, share: sum > 0 ? one.variation / sum : 0 }));
}

function offDiagonal(correlations: Float64Array, n: number): number {
  if (n < 2) return 1;
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sum += correlations[i * n + j]!;
  return Math.min(1, sum / (n * (n - 1)));
}

/** Distance from the first value at which half of the correlation is left, by straight lines between values; null where there is none. */
function halfAt(values: Factor['values'], correlations: Float64Array): number | null {
  for (let j = 1; j < values.length; j++) {
    const [first, before, value] = [values[0]!, values[j - 1]!, values[j]!];
    if (typeof first !== 'number' || typeof before !== 'number' || typeof value !== 'number') return null;
    const [left, right] = [correlations[j - 1]!, correlations[j]!];
    if (right <= 0.5) return Math.abs(before + ((left - 0.5) / (left - right)) * (value - before) - first);
  }
  return null;
}
