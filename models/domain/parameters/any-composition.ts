import { readAmounts, sumOf, textOf } from '../amounts.js';
import type { ParameterValue } from '../design.js';
import type { Feature } from './contract.js';
import { leadingPlace, rounded } from './digits.js';
import { unscaled } from './numbers.js';

/** What is asked of a composition of any amounts. */
export interface Amounted {
  readonly name: string;
  readonly components: readonly string[];
  readonly total: number;
}

/** By how much amounts may miss the total, as a part of it: rounding. */
export const amountRounding = 1e-9;

/** Places after the first one of the total to which amounts are written: few where that is enough, else as many as count. */
export const amountPlaces = { few: 7, all: 13 } as const;

/** How a composition behaves whose amounts may be any that add up to the total. */
export const anyComposition = {
  /** One of the compositions, which are spread evenly; 0 gives the first component alone. */
  fromUnit: (parameter: Amounted, u: number): string => {
    const { length } = parameter.components;
    // The digits of u in turn, far enough apart that those of one coordinate say nothing of another.
    const coordinates = Float64Array.from({ length: length - 1 }, (_, i) => (u * (1 + 1e5 * i * Math.SQRT2)) % 1);
    return compositionOf(parameter, simplexPoint(coordinates));
  },
  refuses: (parameter: Amounted, value: ParameterValue): string | null => {
    const { components, total } = parameter;
    const half = Number((total / 2).toPrecision(12));
    const wanted = `amounts of ${components.join(', ')} that add up to ${total}, such as '${components[0]}:${half} ${components[1]}:${half}'`;
    const amounts = typeof value === 'string' ? readAmounts(value) : 'no text';
    if (typeof amounts === 'string') return wanted;
    if ([...amounts.keys()].some((name) => !components.includes(name))) return wanted;
    if (Math.abs(sumOf(amounts) - total) > amountRounding * total) return wanted;
    const usual = textOf(components, amounts);
    return usual === value ? null : `written as '${usual}'`;
  },
  /**
   * The amounts with the digits that matter: a thousandth of the total, three digits of a smaller one, and so many more; the largest one
   * takes what that leaves of the total.
   */
  shortened: (parameter: Amounted, value: string, more: number): string => {
    const { components, total } = parameter;
    const amounts = readAmounts(value);
    if (typeof amounts === 'string') return value;
    const [largest] = [...amounts].reduce((a, b) => (b[1] > a[1] ? b : a));
    const short = new Map(
      [...amounts].map(([name, amount]) => {
        // What is no more than rounding is nothing.
        if (amount < amountRounding * total) return [name, 0] as const;
        return [name, rounded(amount, Math.max(3 - leadingPlace(total), 2 - leadingPlace(amount)) + more)] as const;
      }),
    );
    short.set(largest, 0);
    short.set(largest, Number((total - sumOf(short)).toPrecision(15)));
    const text = textOf(components, short);
    return anyComposition.refuses(parameter, text) === null ? text : value;
  },
  fromFeature: (parameter: Amounted, feature: Feature): string | undefined => {
    if (feature.kind !== 'mixture') return undefined;
    const { components, total } = parameter;
    if (Object.keys(feature.fractions).some((name) => !components.includes(name))) return undefined;
    const amounts = components.map((name) => [name, unscaled(feature.fractions[name] ?? 0, [0, total])] as const);
    if (amounts.some(([, amount]) => amount === undefined)) return undefined;
    const text = textOf(components, new Map(amounts as (readonly [string, number])[]));
    return anyComposition.refuses(parameter, text) === null ? text : undefined;
  },
};

/**
 * Fractions that add up to 1 from coordinates in [0, 1), one fewer; even coordinates give even fractions.
 *
 * x_i = (1 − Σ_{j<i} x_j)·(1 − u_i^(1/(k − i))), i from 1 to k − 1: what is left is broken off bit by bit.
 */
export function simplexPoint(coordinates: ArrayLike<number>): Float64Array {
  const k = coordinates.length + 1;
  const fractions = new Float64Array(k);
  let left = 1;
  for (let i = 0; i < k - 1; i++) {
    fractions[i] = left * (1 - coordinates[i]! ** (1 / (k - 1 - i)));
    left -= fractions[i]!;
  }
  fractions[k - 1] = Math.max(0, left);
  return fractions;
}

/**
 * The composition with such fractions, amounts rounded so that their sum is the total to the last digit: the largest one takes what
 * rounding leaves.
 *
 * @param fractions - by component, in order; rounding below 0 counts as 0
 */
export function compositionOf(
  { components, total }: Amounted,
  fractions: ArrayLike<number>,
  places: number = amountPlaces.all,
): string {
  const unit = 10 ** (Math.floor(Math.log10(total)) + 1 - places);
  const digits = Math.max(0, Math.round(-Math.log10(unit)));
  // By text, as a power of ten below 1 is no number of the computer.
  const rounded = (amount: number) =>
    unit < 1 ? Number(amount.toFixed(Math.min(100, digits))) : Math.round(amount / unit) * unit;
  const amounts = components.map((_, i) => Math.max(0, rounded(fractions[i]! * total)));
  const largest = amounts.reduce((best, amount, i) => (amount > amounts[best]! ? i : best), 0);
  const others = amounts.reduce((sum, amount, i) => (i === largest ? sum : sum + amount), 0);
  // Not in those places: the total may have more.
  amounts[largest] = Number((total - others).toPrecision(15));
  return textOf(components, new Map(components.map((name, i) => [name, amounts[i]!])));
}
