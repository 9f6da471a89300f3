/** A fraction of the two-level factorial of k factors, in 2^base runs. */
export interface Fraction {
  readonly base: number;
  /** Of each factor after the first `base`: the set of those of whose signs its sign is the product, as bits. */
  readonly generators: readonly number[];
  /** Length of the shortest word of the defining relation. */
  readonly resolution: number;
  /** Words of the defining relation by their length. */
  readonly lengths: readonly number[];
}

/** Factors up to which fractions are known. */
export const mostFractionFactors = 16;
/** Runs, as a power of two, up to which there are fractions. */
export const mostBase = 7;

/** Generators that are tried before the best so far is taken. */
const mostTried = 20_000;

const known = new Map<string, Fraction | null>();

/**
 * The fraction of minimum aberration: of highest resolution, then of fewest words of that length, then of the next, and so on.
 *
 * @param k - factors, up to `mostFractionFactors`
 * @param base - log2 of its runs, less than k
 * @returns null where so few runs have no fraction of resolution III
 * @see Fries & Hunter 1980, Technometrics 22, 601
 */
export function fractionOf(k: number, base: number): Fraction | null {
  const key = `${k}/${base}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = search(k, base);
  known.set(key, found);
  return found;
}

/** Signs of the runs, -1 and 1, a row each. */
export function fractionSigns({ base, generators }: Pick<Fraction, 'base' | 'generators'>): number[][] {
  return Array.from({ length: 2 ** base }, (_, run) => {
    const own = Array.from({ length: base }, (_, i): number => ((run >> i) & 1 ? 1 : -1));
    const made = generators.map((set) => own.reduce((sign, one, i) => ((set >> i) & 1 ? sign * one : sign), 1));
    return [...own, ...made];
  });
}

interface Word {
  readonly set: number;
  /** Generated factors in it. */
  readonly made: number;
}

function search(k: number, base: number): Fraction | null {
  const wanted = k - base;
  const all = Array.from({ length: 2 ** base }, (_, set) => set)
    .filter((set) => bits(set) >= 2)
    .sort((a, b) => bits(b) - bits(a) || a - b);
  if (all.length < wanted) return null;
  // Where there are too many to try all, words of even length alone give resolution IV.
  const odd = all.filter((set) => bits(set) % 2 === 1);
  const found = [all, odd].flatMap((columns) => (columns.length < wanted ? [] : [best(k, wanted, columns)]));
  const [least] = found.sort((a, b) => compared(a.lengths, b.lengths));
  if (least === undefined) return null;
  return { base, ...least, resolution: least.lengths.findIndex((count) => count > 0) };
}

/** Takes generators one after the other, in the order of the columns, for as long as that may be better than the best so far. */
function best(k: number, wanted: number, columns: readonly number[]): Pick<Fraction, 'generators' | 'lengths'> {
  let least: { generators: readonly number[]; lengths: readonly number[] } | null = null;
  let tried = 0;
  const further = (from: number, chosen: readonly number[], words: readonly Word[], lengths: readonly number[]) => {
    if (least !== null && compared(lengths, least.lengths) >= 0) return;
    if (chosen.length === wanted) {
      least = { generators: chosen, lengths };
      return;
    }
    for (let c = from; c <= columns.length - (wanted - chosen.length); c++) {
      if (least !== null && ++tried > mostTried) return;
      const set = columns[c]!;
      const more = [{ set, made: 1 }, ...words.map((word) => ({ set: word.set ^ set, made: word.made + 1 }))];
      const counted = [...lengths];
      for (const word of more) counted[bits(word.set) + word.made]!++;
      further(c + 1, [...chosen, set], [...words, ...more], counted);
    }
  };
  further(0, [], [], new Array(k + 1).fill(0));
  return least!;
}

/** Which of two has fewer words of the shortest length in which they differ. */
function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((count, i) => count !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function bits(set: number): number {
  let count = 0;
  for (let left = set; left > 0; left >>= 1) count += left & 1;
  return count;
}
