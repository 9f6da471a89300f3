import type { Pooling } from './manifest.js';

/**
 * Numbers of tokens as one row for each text.
 *
 * @param hidden - [texts × tokens × width], row-major
 * @param lengths - tokens of each text; those beyond only fill it up
 * @returns [texts × width]: the mean over the text's own tokens, added up in order in 64-bit numbers, or its first token
 */
export function pool(hidden: ArrayLike<number>, { lengths, tokens, width, pooling }: PoolShape): Float32Array {
  const rows = new Float32Array(lengths.length * width);
  const sums = new Float64Array(width);
  for (const [b, length] of lengths.entries()) {
    const counted = pooling === 'cls' ? 1 : length;
    sums.fill(0);
    for (let t = 0; t < counted; t++)
      for (let j = 0; j < width; j++) sums[j] = sums[j]! + hidden[(b * tokens + t) * width + j]!;
    for (let j = 0; j < width; j++) rows[b * width + j] = sums[j]! / counted;
  }
  return rows;
}

/** What of a batch is pooled, and how. */
export interface PoolShape {
  readonly lengths: readonly number[];
  /** Of each text, with those that fill it up. */
  readonly tokens: number;
  readonly width: number;
  readonly pooling: Pooling;
}
