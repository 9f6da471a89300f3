import { type Fractions, isElement } from '../domain/formula.js';
import { elementStatistics } from './elements.js';
import { standardiserOf } from './standardise.js';

/** Turns the mixtures of one parameter into entries of a vector column. */
export interface MixtureEncoder {
  /** Number of entries, 1 or more. */
  readonly width: number;
  /** What each entry is, as a text that two encoders share exactly if their entries mean the same. */
  readonly entries: string;
  /** @returns [width] */
  encode(fractions: Fractions): Float64Array;
}

/**
 * Entries of a mixture, learned from all mixtures that a parameter may take: the fraction of each component that occurs,
 * and, where all components are chemical elements, the statistics of their properties. Each entry is standardised over the
 * given mixtures; entries that do not vary are left out.
 *
 * With elements, all entries are clipped to ±4: an element that few of many formulas hold would else outweigh all others
 * where it occurs. Fractions of other components are not clipped, so that different mixtures keep different entries.
 *
 * @param mixtures - one or more; components are told apart by name
 */
export function mixtureEncoderOf(mixtures: readonly Fractions[]): MixtureEncoder {
  const components = [...new Set(mixtures.flatMap((fractions) => Object.keys(fractions)))].sort();
  const chemical = components.every(isElement);
  const raw = (fractions: Fractions): Float64Array => {
    const shares = components.map((name) => fractions[name] ?? 0);
    return Float64Array.from(chemical ? [...shares, ...elementStatistics(fractions)] : shares);
  };
  const limit = chemical ? undefined : Number.POSITIVE_INFINITY;
  const { width, kept, standardise } = standardiserOf(mixtures.map(raw), limit);
  const entries = JSON.stringify([components, kept]);
  // Of mixtures that are all alike nothing is left; a column must have an entry.
  if (width === 0) return { width: 1, entries, encode: () => new Float64Array(1) };
  return { width, entries, encode: (fractions) => standardise(raw(fractions)) };
}
