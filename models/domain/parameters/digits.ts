/** Most digits that tell two numbers in double precision apart. */
export const allDigits = 17;

/** Digits of the first of these that a value above 0 keeps, however wide its bounds. */
const leastDigits = 3;

/** The place of the first digit that is not zero, as a power of ten: 0 for 1 to 9, 2 for 100 to 999. */
export function leadingPlace(value: number): number {
  return Math.floor(Math.log10(Math.abs(value)));
}

/**
 * The number with so many digits after the point; where they are no more than its own digits, the number itself. A zero
 * has no sign.
 *
 * @param decimals - whole; below 0 they are digits before the point
 */
export function rounded(value: number, decimals: number): number {
  if (value === 0 || !Number.isFinite(value)) return value + 0;
  const digits = leadingPlace(value) + 1 + decimals;
  if (digits >= allDigits) return value;
  if (digits >= 1) return Number(value.toPrecision(digits));
  return decimals >= 0 && decimals <= 100 ? Number(value.toFixed(decimals)) + 0 : 0;
}

/**
 * A number of a range with the digits that matter there: at least a thousand steps across the range, whole numbers whole,
 * three digits of a value where the range begins above 0 (so that a small one does not vanish), and never outside.
 *
 * @param more - digits beyond these, 0 or more
 */
export function roundedIn(value: number, [low, high]: readonly [number, number], more = 0): number {
  const width = high - low;
  const byWidth = Number.isFinite(width) && width > 0 ? 3 - leadingPlace(width) : 0;
  const bySize = low > 0 && value > 0 ? leastDigits - 1 - leadingPlace(value) : byWidth;
  const shown = rounded(value, Math.max(byWidth, bySize, smallest(value)) + more);
  return Math.min(high, Math.max(low, shown));
}

/** Whole numbers are not cut before the point, unless they are longer than numbers are told. */
function smallest(value: number): number {
  return Math.abs(value) < 1e15 ? 0 : Number.NEGATIVE_INFINITY;
}
