import { openScreen, type Screen } from './screen.js';
import {
  coordinatesAt,
  errorAt,
  measuredSlack,
  type PoolQuery,
  type Slack,
  screenedBounds,
  selectBest,
} from './screen-pool.js';

/** Rows that are computed exactly at first; four times as many each time that does not settle it. */
const firstKept = 512;

/** Rows up to which that goes on; then double precision costs less, and after it the whole pool. */
const mostKept = { float32: 8192, float64: 32_768 } as const;

/** What is maximised, with its exact values. */
export interface BestQuery extends PoolQuery {
  /** Values at rows, in double precision. */
  readonly exact: (rows: Int32Array) => Float64Array;
}

/**
 * The rows of a pool at which the exact value is highest, in the order of their numbers: branch and bound.
 *
 * Every row has an upper bound from moments in single precision and their measured error. Exact values are computed in
 * the order of the bounds until the best of them is above the bound of every row that is left. If rows turn out to be
 * further off than was measured, the pool is screened again with that slack; and in double precision where single
 * precision leaves too many rows, as with nearly noiseless data that tell almost all.
 *
 * The result is that of computing every row exactly, unless an error of the screen is larger than four times the largest
 * among the rows that were checked: 512 of the pool, the training rows, and all that come into question.
 *
 * @param open - how a screen is had
 * @returns empty if every row is excluded; null if ONNX Runtime cannot be loaded, or the bounds do not settle it:
 *   then every row is to be computed
 */
export async function bestOfPool(query: BestQuery, open: typeof openScreen = openScreen): Promise<Int32Array | null> {
  const known = new Map<number, number>();
  for (const precision of ['float32', 'float64'] as const) {
    const screens: Screen[] = [];
    let slacks: Slack[] = [];
    for (const { model } of query.members) {
      const screen = await open(model, precision);
      if (screen === null) return null;
      screens.push(screen);
      slacks.push(await measuredSlack(model, screen, query.pool));
    }
    for (let attempt = 0; attempt < 3; attempt++) {
      const ways = screens.map(({ moments }, m) => ({ momentsOf: moments, slack: slacks[m]! }));
      const bounds = await screenedBounds(query, ways);
      const found = await search(query, screens, { bounds, slacks, known });
      if (found === null) break;
      if (found instanceof Int32Array) return found;
      slacks = found;
    }
  }
  return null;
}

interface Search {
  readonly bounds: Float32Array;
  readonly slacks: readonly Slack[];
  /** Exact values so far, by row; more are added. */
  readonly known: Map<number, number>;
}

/** The best rows; wider slacks if these proved too narrow; null if the bounds leave too many rows. */
async function search(
  { members, pool, exact }: BestQuery,
  screens: readonly Screen[],
  { bounds, slacks, known }: Search,
): Promise<Int32Array | Slack[] | null> {
  for (let keep = firstKept, checked = 0; keep <= mostKept[screens[0]!.precision]; keep *= 4) {
    const { rows, next } = selectBest(bounds, keep);
    const fresh = rows.subarray(checked);
    checked = rows.length;
    const wider: Slack[] = [];
    for (const [m, { model }] of members.entries()) {
      const error = await errorAt(model, coordinatesAt(pool, fresh, model.d), screens[m]!);
      wider.push(widened(slacks[m]!, error));
    }
    if (wider.some((slack, m) => slack !== slacks[m])) return wider;
    const unknown = fresh.filter((row) => !known.has(row));
    exact(unknown).forEach((value, i) => {
      known.set(unknown[i]!, value);
    });
    const best = rows.reduce((highest, row) => Math.max(highest, known.get(row)!), Number.NEGATIVE_INFINITY);
    // At least as high would do for the value, but not for the number of the row.
    if (best > next || next === Number.NEGATIVE_INFINITY) return rows.filter((row) => known.get(row) === best).sort();
  }
  return null;
}

/** The slack itself where the error is within it. */
function widened(slack: Slack, error: Slack): Slack {
  if (error.mean <= slack.mean && error.variance <= slack.variance) return slack;
  return { mean: Math.max(slack.mean, 4 * error.mean), variance: Math.max(slack.variance, 4 * error.variance) };
}
