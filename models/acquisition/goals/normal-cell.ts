import { erfcx } from '../../stats/erfcx.js';
import { cdf, log1mexp, logDensity, logImprovement } from '../../stats/normal.js';
import { type Logged, nothing } from './logged.js';

/** Nodes in (0, 1/2) and weights of the Gauss-Legendre rule of 8 points on [0, 1]. */
const half = [
  [0.019855071751231884, 0.05061426814518813],
  [0.10166676129318664, 0.11119051722668724],
  [0.2372337950418355, 0.15685332293894363],
  [0.40828267875217511, 0.181341891689181],
] as const;
const points = half.flatMap(([node, weight]) => [[node, weight] as const, [1 - node, weight] as const]);

/** How much the log density may change over a cell that is summed at points, which is then exact to rounding. */
const smooth = 2;

/**
 * log E[(high − x)·1(low ≤ x ≤ high)] of a normal x, which is log ∫ P(low ≤ x ≤ t) dt from low to high, with its derivatives.
 *
 * With h(u) = φ(u) + u·Φ(u), a = (low − μ)/σ and b = (high − μ)/σ it is σ·[h(b) − h(a) − (b − a)·Φ(a)] = σ·[(b − a)·Φ(−a) − h(−a) + h(−b)]:
 * by the tail that is the smaller, in units of the density at its near end, so that what is small is no difference of what is large. Cells
 * over which the density hardly changes are summed at points, all terms being positive.
 *
 * @param variance - positive
 * @remarks Accuracy: relative 1e-12 wherever the cell lies, its logarithm within the rounding of its own size.
 */
export function normalCell(low: number, high: number, mean: number, variance: number): Logged {
  if (!(high > low)) return nothing;
  const sigma = Math.sqrt(variance);
  const [a, b] = [(low - mean) / sigma, (high - mean) / sigma];
  const width = b - a;
  if (width * Math.max(1, Math.abs(a), Math.abs(b)) <= smooth) return atPoints(a, width, sigma);
  // Values in units of exp(unit): the cell, the probability within it, and the densities at its ends.
  const { unit, cell, within, atLow, atHigh } = a >= 1 ? above(a, b) : b <= -1 ? below(a, b) : around(a, b);
  const log = unit + Math.log(cell) + Math.log(sigma);
  if (!(log > Number.NEGATIVE_INFINITY)) return nothing;
  return {
    log,
    byMean: (width * atLow - within) / (cell * sigma),
    byVariance: (atHigh - atLow + width * a * atLow) / (2 * variance * cell),
  };
}

function atPoints(a: number, width: number, sigma: number): Logged {
  let [sum, first, second] = [0, 0, 0];
  for (const [node, weight] of points) {
    const x = a + width * node;
    const term = weight * (1 - node) * Math.exp((-width * node * (x + a)) / 2);
    sum += term;
    first += term * x;
    second += term * (x * x - 1);
  }
  const log = logDensity(a) + 2 * Math.log(width) + Math.log(sum) + Math.log(sigma);
  if (!(log > Number.NEGATIVE_INFINITY)) return nothing;
  return { log, byMean: first / (sum * sigma), byVariance: second / (2 * sum * sigma * sigma) };
}

/** 1 ≤ a < b. */
function above(a: number, b: number) {
  const drop = Math.exp((-(b - a) * (b + a)) / 2);
  return {
    unit: logDensity(a),
    cell: (b - a) * mills(a) - rest(a) + drop * rest(b),
    within: mills(a) - drop * mills(b),
    atLow: 1,
    atHigh: drop,
  };
}

/** a < b ≤ −1. */
function below(a: number, b: number) {
  const drop = Math.exp(((b - a) * (b + a)) / 2);
  return {
    unit: logDensity(b),
    // Where the lower end has no density, its distance may be infinite.
    cell: rest(-b) - (drop === 0 ? 0 : drop * (rest(-a) + (b - a) * mills(-a))),
    within: mills(-b) - drop * mills(-a),
    atLow: drop,
    atHigh: 1,
  };
}

/** a < 1 and b > −1. */
function around(a: number, b: number) {
  const h = (u: number) => Math.exp(logImprovement(u));
  const isHigh = a + b > 0;
  return {
    unit: 0,
    cell: isHigh ? (b - a) * cdf(-a) - h(-a) + h(-b) : h(b) - h(a) - (b - a) * cdf(a),
    within: isHigh ? cdf(-a) - cdf(-b) : cdf(b) - cdf(a),
    atLow: Math.exp(logDensity(a)),
    atHigh: Math.exp(logDensity(b)),
  };
}

/** Φ(−u)/φ(u), for u ≥ 1. */
function mills(u: number): number {
  return Math.sqrt(Math.PI / 2) * erfcx(u * Math.SQRT1_2);
}

/** h(−u)/φ(u) = 1 − u·Φ(−u)/φ(u), for u ≥ 1; 1/u² far out. */
function rest(u: number): number {
  return u > 1e6 ? 1 / (u * u) : Math.exp(log1mexp(Math.log(u * mills(u))));
}
