/** First rows of cyclic designs, by their runs. */
const firstRows: Readonly<Record<number, string>> = {
  4: '++-',
  8: '+++-+--',
  12: '++-+++---+-',
  16: '++++-+-++--+---',
  20: '++--++++-+-+----++-',
  24: '+++++-+-++--++--+-+----',
};

/** Factors up to which there is a design. */
export const mostPlackettBurman = 23;

/**
 * Signs of a design of Plackett and Burman for k factors, a row for each of its runs: the next multiple of 4 above k. Its columns are
 * orthogonal; each main effect is mixed with parts of the interactions of others.
 *
 * @param k - 1 to `mostPlackettBurman`
 * @see Plackett & Burman 1946, Biometrika 33, 305
 */
export function plackettBurmanSigns(k: number): number[][] {
  const runs = 4 * Math.floor(k / 4 + 1);
  const first = [...firstRows[runs]!].map((sign) => (sign === '+' ? 1 : -1));
  const n = runs - 1;
  const cyclic = Array.from({ length: n }, (_, run) => Array.from({ length: k }, (_, i) => first[(i - run + n) % n]!));
  return [...cyclic, new Array(k).fill(-1)];
}
