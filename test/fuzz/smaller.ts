import { joined } from './bytes.js';

/**
 * A smaller input that is found for the same reason, by taking out pieces, ever smaller ones, as long as that is so
 * (delta debugging, Zeller and Hildebrandt 2002).
 *
 * @param same - whether an input still shows it
 * @param tries - at most
 */
export async function smaller(
  bytes: Uint8Array,
  same: (candidate: Uint8Array) => Promise<boolean>,
  tries: number,
): Promise<Uint8Array> {
  let kept = bytes;
  let left = tries;
  for (
    let piece = Math.ceil(bytes.length / 2);
    piece >= 1 && left > 0;
    piece = piece === 1 ? 0 : Math.ceil(piece / 2)
  ) {
    for (let at = 0; at < kept.length && left > 0; ) {
      const candidate = joined(kept.subarray(0, at), kept.subarray(at + piece));
      left -= 1;
      if (await same(candidate)) kept = candidate;
      else at += piece;
    }
  }
  return kept;
}
