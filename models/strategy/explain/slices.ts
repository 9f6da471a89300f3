import type { Design, ParameterValue } from '../../domain/design.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import type { Factor } from './main-effects.js';

/** What is expected along one factor, all others standing as in one design. */
export interface Slice {
  readonly name: string;
  readonly points: readonly SlicePoint[];
}

/** A median and an interval that holds the value without measurement noise with probability 0.9, lower end first. */
export interface SlicePoint {
  readonly value: ParameterValue;
  readonly median: number;
  readonly interval: readonly [number, number];
}

/**
 * One-dimensional slices through a design, with their bands, at a level.
 *
 * @param own - turns a loss into a value of the objective, in its own unit
 * @returns in the order of the factors
 */
export function slicesThrough(
  ensemble: Ensemble,
  {
    factors,
    through,
    level,
  }: { readonly factors: readonly Factor[]; readonly through: Design; readonly level: number },
  encode: (designs: readonly Design[]) => EncodedDesigns,
  own: (loss: number) => number,
): Slice[] {
  return factors.map(({ name, values }) => {
    const designs = encode(values.map((value) => ({ ...through, [name]: value })));
    const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(designs));
    const points = values.map((value, candidate): SlicePoint => {
      const [low, median, high] = [0.05, 0.5, 0.95].map((p) =>
        own(ensemble.quantile(posteriors, { level, candidate }, p)),
      );
      return { value, median: median!, interval: [Math.min(low!, high!), Math.max(low!, high!)] };
    });
    return { name, points };
  });
}
