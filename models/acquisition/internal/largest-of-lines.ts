import { logsumexp } from '../../stats/logsumexp.js';
import { logCdf, logDensity, logImprovement } from '../../stats/normal.js';

/** Log of an expected rise of the largest line, with its derivatives by heights and slopes. */
export interface LogRise {
  readonly log: number;
  /** [n] */
  readonly byHeight: Float64Array;
  readonly bySlope: Float64Array;
}

/**
 * How much the largest of some lines is expected to rise when a standard normal z becomes known.
 *
 * log (E max_i (a_i + b_i·z) − max_i a_i) = log Σ_j (b_j+1 − b_j)·f(−|c_j|),  f(u) = φ(u) + u·Φ(u)
 *
 * over the lines of the upper envelope in the order of their slopes, c_j where line j+1 overtakes line j. In logarithms,
 * so that it ranks even where it rounds to zero. Exact: nothing is drawn.
 *
 * @param heights - a, [n]
 * @param slopes - b, [n]
 * @returns −∞, with zero derivatives, where one line is above all others for every z
 * @see Frazier, Powell and Dayanik 2009, INFORMS J. Comput. 21, 599
 * @remarks Cost: O(n log n).
 */
export function largestOfLines(heights: Float64Array, slopes: Float64Array): LogRise {
  const { lines, crossings } = envelope(heights, slopes);
  const byHeight = new Float64Array(heights.length);
  const bySlope = new Float64Array(heights.length);
  if (crossings.length === 0) return { log: Number.NEGATIVE_INFINITY, byHeight, bySlope };
  const terms = Float64Array.from(
    crossings,
    (c, j) => Math.log(slopes[lines[j + 1]!]! - slopes[lines[j]!]!) + logImprovement(-Math.abs(c)),
  );
  const log = logsumexp(terms);
  // E max = Σ_j over lines ∫ of their stretch: by height its probability, by slope its E z. The line that is largest at
  // z = 0 loses what all others gain.
  const at = Math.max(0, crossings.findLastIndex((c) => c <= 0) + 1);
  const tail = (c: number) => Math.exp(logCdf(-Math.abs(c)) - log);
  const density = (c: number | undefined) => (c === undefined ? 0 : Math.exp(logDensity(c) - log));
  let others = 0;
  lines.forEach((line, j) => {
    const [from, to] = [crossings[j - 1], crossings[j]];
    bySlope[line] = density(from) - density(to);
    if (j === at) return;
    const [near, beyond] = j > at ? [from, to] : [to, from];
    byHeight[line] = tail(near!) - (beyond === undefined ? 0 : tail(beyond));
    others += byHeight[line]!;
  });
  byHeight[lines[at]!] = -others;
  return { log, byHeight, bySlope };
}

/** Lines that are the largest somewhere, by rising slope, and where each is overtaken by the next. */
function envelope(heights: Float64Array, slopes: Float64Array): { lines: number[]; crossings: number[] } {
  const order = [...heights.keys()].sort((i, j) => slopes[i]! - slopes[j]! || heights[i]! - heights[j]!);
  const lines: number[] = [];
  const crossings: number[] = [];
  for (const line of order) {
    while (lines.length > 0) {
      const last = lines.at(-1)!;
      const steeper = slopes[line]! - slopes[last]!;
      const c = (heights[last]! - heights[line]!) / steeper;
      if (steeper > 0 && c > (crossings.at(-1) ?? Number.NEGATIVE_INFINITY)) {
        // Where it overtakes at infinity only, it is never the largest.
        if (Number.isFinite(c)) crossings.push(c);
        break;
      }
      crossings.pop();
      lines.pop();
    }
    if (lines.length === 0 || crossings.length === lines.length) lines.push(line);
  }
  return { lines, crossings };
}
