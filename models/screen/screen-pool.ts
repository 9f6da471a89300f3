import { ShapeError } from '../domain/errors.js';
import { logImprovement } from '../stats/normal.js';
import type { ScreenModel } from '../surrogate/contract.js';
import { type Moments, plainMoments } from '../surrogate/process/plain-moments.js';
import type { Screen } from './screen.js';

/** By how much computed moments may differ from the true ones, in either direction. */
export interface Slack {
  readonly mean: number;
  readonly variance: number;
}

/** The highest value that moments within the slack of the given ones may have; larger is better. */
export type PoolScore = (mean: number, variance: number, slack: Slack) => number;

/** A model, and the value of a row by it. */
export interface PoolMember {
  readonly model: ScreenModel;
  readonly score: PoolScore;
}

/** What is looked for: the value by one model, or by several as one. */
export interface PoolValue {
  /** One or more models over the same columns. */
  readonly members: readonly PoolMember[];
  /** The values by all members as one; rises with each. */
  readonly together: (values: Float64Array) => number;
}

/** The value by one model alone. */
export function valueBy(model: ScreenModel, score: PoolScore): PoolValue {
  return { members: [{ model, score }], together: (values) => values[0]! };
}

/** A pool, and what is looked for in it. */
export interface PoolQuery extends PoolValue {
  /** Coordinates in [0, 1], row-major [N × d]. */
  readonly pool: Float32Array | Float64Array;
  /** Not 0 at rows that are left out, [N]. */
  readonly excluded: Uint8Array;
}

/** The way in which moments of rows are computed. */
export type MomentsOf = (rows: Float64Array, m: number) => Moments | Promise<Moments>;

/** Rows computed together: bounds the working memory, and fits the processor's cache. */
export const chunkRows = 2048;

/** Variances are never taken to be less; the surrogates have the same floor. */
const leastVariance = 1e-10;

/** Rows of the pool at which the error is measured, besides the training rows. */
const probedRows = 512;

/** Slack for each unit of the largest error that was measured. */
const safety = 4;

/** Least slack, in units of the prior sd and variance. */
const leastSlack = { float32: 1e-6, float64: 1e-10 } as const;

/** log EI below the incumbent, at the lowest mean and the highest variance within the slack. */
export function logEiScore(incumbent: number): PoolScore {
  return (mean, variance, slack) => {
    const sigma = Math.sqrt(Math.max(variance + slack.variance, leastVariance));
    return Math.log(sigma) + logImprovement((incumbent - mean + slack.mean) / sigma);
  };
}

/** How the moments by a member are had, and how far off they may be. */
export interface ScreenWay {
  readonly momentsOf: MomentsOf;
  readonly slack: Slack;
}

/**
 * Upper bound on the value of every row; −∞ where excluded, and never less than the true value by rounding.
 *
 * @param ways - one a member
 */
export async function screenedBounds(
  { members, together, pool, excluded }: PoolQuery,
  ways: readonly ScreenWay[],
): Promise<Float32Array> {
  const { d } = members[0]!.model;
  const rows = excluded.length;
  const values = new Float64Array(members.length);
  if (pool.length !== rows * d) throw new ShapeError(`${pool.length} coordinates for ${rows} rows of ${d} columns`);
  const bounds = new Float32Array(rows);
  for (let from = 0; from < rows; from += chunkRows) {
    const m = Math.min(chunkRows, rows - from);
    const coordinates = doubles(pool.subarray(from * d, (from + m) * d));
    const moments: Moments[] = [];
    for (const { momentsOf } of ways) moments.push(await momentsOf(coordinates, m));
    for (let c = 0; c < m; c++) {
      if (excluded[from + c] !== 0) {
        bounds[from + c] = Number.NEGATIVE_INFINITY;
        continue;
      }
      members.forEach(({ score }, at) => {
        const { mean, variance } = moments[at]!;
        const value = score(mean[c]!, variance[c]!, ways[at]!.slack);
        values[at] = Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
      });
      const value = together(values);
      // What cannot be judged is not ruled out either. 2⁻²² is more than a 32-bit number loses.
      bounds[from + c] = Number.isNaN(value) ? Number.POSITIVE_INFINITY : value + Math.abs(value) * 2 ** -22;
    }
  }
  return bounds;
}

/** The best rows, best first, equal ones by their number; and the highest bound among all others, −∞ if there are none. */
export function selectBest(bounds: Float32Array, keep: number): { rows: Int32Array; next: number } {
  const sorted = bounds.slice().sort();
  const least = sorted[sorted.length - keep] ?? Number.NEGATIVE_INFINITY;
  const next = sorted[sorted.length - keep - 1] ?? Number.NEGATIVE_INFINITY;
  const rows: number[] = [];
  let equal = keep;
  for (let row = 0; row < bounds.length; row++) if (bounds[row]! > least) equal--;
  for (let row = 0; row < bounds.length; row++) {
    const bound = bounds[row]!;
    if (bound > least || (bound === least && bound > Number.NEGATIVE_INFINITY && equal-- > 0)) rows.push(row);
  }
  return { rows: Int32Array.from(rows.sort((a, b) => bounds[b]! - bounds[a]! || a - b)), next };
}

/**
 * The slack of a screen: four times the largest error against double precision, at the training rows,
 * where cancellation is worst, and at rows spread evenly over the pool.
 */
export async function measuredSlack(model: ScreenModel, screen: Screen, pool: PoolQuery['pool']): Promise<Slack> {
  const { d } = model;
  const rows = pool.length / d;
  const some = Math.min(probedRows, rows);
  const spread = coordinatesAt(
    pool,
    Int32Array.from({ length: some }, (_, i) => Math.floor((i * rows) / some)),
    d,
  );
  let worst: Slack = { mean: 0, variance: 0 };
  for (const probe of [spread, model.inputs]) worst = larger(worst, await errorAt(model, probe, screen));
  const prior = (model.signalVariance + model.constantVariance) * model.sd * model.sd;
  return {
    mean: safety * worst.mean + leastSlack[screen.precision] * Math.sqrt(prior),
    variance: safety * worst.variance + leastSlack[screen.precision] * prior,
  };
}

/** The largest error against double precision at rows given by their coordinates. */
export async function errorAt(model: ScreenModel, coordinates: Float64Array, screen: Screen): Promise<Slack> {
  const { d } = model;
  let worst: Slack = { mean: 0, variance: 0 };
  for (let from = 0; from < coordinates.length; from += chunkRows * d) {
    const part = coordinates.subarray(from, from + chunkRows * d);
    const m = part.length / d;
    const found = await screen.moments(part, m);
    const exact = plainMoments(model, part, m);
    for (let c = 0; c < m; c++)
      worst = larger(worst, {
        mean: Math.abs(found.mean[c]! - exact.mean[c]!),
        variance: Math.abs(found.variance[c]! - exact.variance[c]!),
      });
  }
  return worst;
}

/** Coordinates of the given rows, [rows.length × d]. */
export function coordinatesAt(pool: PoolQuery['pool'], rows: Int32Array, d: number): Float64Array {
  const result = new Float64Array(rows.length * d);
  rows.forEach((row, i) => {
    result.set(pool.subarray(row * d, (row + 1) * d), i * d);
  });
  return result;
}

function larger(a: Slack, b: Slack): Slack {
  return { mean: Math.max(a.mean, b.mean), variance: Math.max(a.variance, b.variance) };
}

function doubles(values: PoolQuery['pool']): Float64Array {
  return values instanceof Float64Array ? values : Float64Array.from(values);
}
