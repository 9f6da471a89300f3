import { dot } from '../linalg/dot.js';
import { type Curvature, type Pair, pairOf, quasiNewtonStep } from './quasi-newton.js';

/** A function to be minimised: its value, with the gradient written into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** When to stop, and what is known beforehand. */
export interface LbfgsOptions {
  /** Steps at most. */
  readonly maxIterations: number;
  /** Stops when the projected gradient's largest entry falls below. */
  readonly gradientTolerance?: number;
  /**
   * Stops when a step lowers the value by less than this share of max(|f|, 1), or where a measured curvature was given,
   * when a step promises no more than that.
   */
  readonly valueTolerance?: number;
  /** The first steps are made by it; where absent, the first one goes down the gradient, by 1 at most. */
  readonly curvature?: Curvature | null;
  /** Change of a coordinate in one step at most; of any size where absent. */
  readonly longestStep?: number;
}

/** Where the search ended, and what it took. */
export interface LbfgsResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Its last steps, after those that were given. */
  readonly pairs: readonly Pair[];
  readonly iterations: number;
  readonly evaluations: number;
}

const memory = 10;

/** Share of the promised gain that a step must bring. */
const armijo = 1e-4;

/** A place with what is known of it. */
interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/**
 * Minimum of a smooth function within a box, by L-BFGS on the variables that are not held at a bound, with projected
 * backtracking to the minimum of a parabola (Armijo constant 1e-4). A value that is not finite counts as too long a step.
 *
 * @param start - [d]; moved into the box first
 * @param lower @param upper - bounds, [d]
 * @see Bertsekas 1982, SIAM J. Control Optim. 20, 221 (projected Newton); Liu and Nocedal 1989 (two-loop recursion)
 */
export function minimise(
  objective: Objective,
  start: Float64Array,
  [lower, upper]: readonly [Float64Array, Float64Array],
  options: LbfgsOptions,
): LbfgsResult {
  const d = start.length;
  const { gradientTolerance = 1e-5, valueTolerance = 2.22e-9, curvature = null, longestStep } = options;
  const hessian = curvature?.hessian ?? null;
  const clip = (value: number, i: number) => Math.min(upper[i]!, Math.max(lower[i]!, value));
  let evaluations = 0;
  const evaluate = (x: Float64Array): Point => {
    const gradient = new Float64Array(d);
    evaluations++;
    return { x, value: objective(x, gradient), gradient };
  };
  let here = evaluate(start.map(clip));
  let iterations = 0;
  let pairs = curvature?.pairs ?? [];
  while (iterations < options.maxIterations && Number.isFinite(here.value)) {
    const { x, value, gradient } = here;
    const least = valueTolerance * Math.max(Math.abs(value), 1);
    const free = new Uint8Array(d);
    let largest = 0;
    for (let i = 0; i < d; i++) {
      const isHeld = (x[i]! <= lower[i]! && gradient[i]! > 0) || (x[i]! >= upper[i]! && gradient[i]! < 0);
      free[i] = isHeld ? 0 : 1;
      if (!isHeld) largest = Math.max(largest, Math.abs(clip(x[i]! - gradient[i]!, i) - x[i]!));
    }
    if (largest < gradientTolerance) break;
    let direction = quasiNewtonStep(gradient, free, hessian, pairs);
    let isNewton = hessian !== null || pairs.length > 0;
    if (!(dot(direction, gradient) < 0)) {
      pairs = [];
      isNewton = false;
      direction = gradient.map((g, i) => (free[i] ? -g : 0));
    }
    if (curvature?.measured && isNewton && -0.5 * dot(direction, gradient) <= least) break;
    let length = isNewton ? 1 : Math.min(1, 1 / Math.sqrt(dot(direction, direction)));
    if (longestStep !== undefined) length = Math.min(length, longestStep / largestOf(direction));
    let accepted: Point | null = null;
    for (let trial = 0; trial < 30 && accepted === null; trial++) {
      const there = evaluate(x.map((xi, i) => clip(xi + length * direction[i]!, i)));
      let slope = 0;
      for (let i = 0; i < d; i++) slope += gradient[i]! * (there.x[i]! - x[i]!);
      if (!Number.isFinite(there.value)) length *= 0.1;
      else if (there.value <= value + armijo * slope) accepted = there;
      else length *= Math.min(0.5, Math.max(0.1, (-0.5 * slope) / (there.value - value - slope)));
    }
    if (accepted === null) {
      if (pairs.length === 0) break;
      pairs = [];
      continue;
    }
    const pair = pairOf(difference(accepted.x, x), difference(accepted.gradient, gradient));
    if (pair !== null) pairs = [...pairs.slice(1 - memory), pair];
    here = accepted;
    iterations++;
    if (value - here.value <= least) break;
  }
  return { ...here, pairs, iterations, evaluations };
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! - b[i]!;
  return result;
}

function largestOf(direction: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < direction.length; i++) largest = Math.max(largest, Math.abs(direction[i]!));
  return largest;
}
