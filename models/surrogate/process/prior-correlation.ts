import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import type { FittedSurrogate } from '../contract.js';
import { crossTerms, ownTerms } from '../levels/level-terms.js';
import type { IcmLayout } from './icm-hyperparameters.js';

/** See `FittedSurrogate`. */
export type PriorCorrelation = NonNullable<FittedSurrogate['priorCorrelation']>;

/** A process without its rows. */
interface PriorProcess {
  readonly layout: IcmLayout;
  readonly theta: Float64Array;
  /** Covariance of the levels, by term, each row-major [L × L]. */
  readonly B: readonly Float64Array[];
}

/**
 * Prior correlation of what designs are worth at the target, the last level, beside a constant:
 *
 * ρ(x, x') = Σ_q B_q[T, T]·k_q(x, x')/√(Σ_q B_q[T, T]·k_q(x, x)·Σ_q B_q[T, T]·k_q(x', x'))
 *
 * @returns row-major [a.n × b.n]
 */
export function priorCorrelation(
  { layout, theta, B }: PriorProcess,
  a: EncodedDesigns,
  b: EncodedDesigns,
): Float64Array {
  const target = layout.levels * layout.levels - 1;
  const weighted = (values: readonly Float64Array[]) =>
    values[0]!.map((_, at) => values.reduce((sum, term, q) => sum + B[q]![target]! * term[at]!, 0));
  const cross = weighted(crossTerms(layout, theta, a, b));
  const [ownA, ownB] = [a, b].map((designs) => weighted(ownTerms(layout, theta, designs)));
  return cross.map((value, at) => value / Math.sqrt(ownA![Math.floor(at / b.n)]! * ownB![at % b.n]!));
}
