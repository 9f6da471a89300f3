import type { Generator } from '../../models/random/generator.js';
import { pick, size, weighted } from './random.js';
import { strangeTexts } from './values.js';

/** No input is longer, bytes: how long a longer one may take is for the limits of its reader. */
export const longestInput = 3_000_000;

const encoder = new TextEncoder();
/** Beginnings that say how the rest is to be read, and bytes that no encoding of text has. */
const signs: readonly Uint8Array[] = [
  [0xef, 0xbb, 0xbf],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0],
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0x1f, 0x8b],
  [0x50, 0x4b, 3, 4],
  [13],
  [0x85],
  [0xa0],
  [0xe9],
  [0x1a],
].map((bytes) => Uint8Array.from(bytes));

/** The bytes with one change: a bit, a piece put in, taken out, doubled, or moved. */
function changedOnce(draw: Generator, bytes: Uint8Array): Uint8Array {
  const at = draw.below(bytes.length + 1);
  const length = Math.min(bytes.length - at, size(draw, 4096));
  const [before, piece, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  return weighted(draw, [
    [
      3,
      () => {
        const copy = bytes.slice();
        if (at < copy.length) copy[at]! ^= 1 << draw.below(8);
        return copy;
      },
    ],
    [3, () => joined(before, pick(draw, signs), bytes.subarray(at))],
    [4, () => joined(before, encoder.encode(pick(draw, strangeTexts)), bytes.subarray(at))],
    [
      2,
      () => joined(before, encoder.encode(pick(draw, [...'{}[]()<>:,;"\'\\&*!|%@`#-?=\n\r\t '])), bytes.subarray(at)),
    ],
    [2, () => joined(before, after)],
    [2, () => joined(before, piece, piece, after)],
    [1, () => joined(before, ...Array<Uint8Array>(pick(draw, [10, 100, 1000])).fill(piece), after)],
    [1, () => before.slice()],
    [1, () => bytes.slice(at)],
    [1, () => joined(after, piece, before)],
    [
      1,
      () =>
        joined(
          before,
          Uint8Array.from(piece, () => draw.below(256)),
          after,
        ),
    ],
    [
      1,
      () =>
        joined(before, encoder.encode(pick(draw, ['[', '{', '- ', '"', '(', '<']).repeat(size(draw, 20_000))), after),
    ],
  ]);
}

/** The bytes with a few changes, wherever they fall. */
export function changedBytes(draw: Generator, bytes: Uint8Array): Uint8Array {
  let changed = bytes;
  for (let n = size(draw, 8); n > 0; n--) changed = changedOnce(draw, changed).subarray(0, longestInput);
  return changed;
}

/** All of them in one. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
