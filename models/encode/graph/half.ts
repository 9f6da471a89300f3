const bits = new Uint32Array(1);
const number = new Float32Array(bits.buffer);

/** Adding and taking away as much leaves whole numbers, halves to even. */
const rounder = 1.5 * 2 ** 52;

/**
 * A number as one of 16 bits would hold it: 11 bits of precision, from 2⁻²⁴ to 65,504, rounded to even; from 32 bits, to which it is
 * rounded first.
 */
export function toHalf(value: number): number {
  number[0] = value;
  const exponent = Math.max(((bits[0]! >>> 23) & 255) - 127, -14);
  const unit = 2 ** (exponent - 10);
  return (number[0]! / unit + rounder - rounder) * unit;
}
