import { dot } from '../linalg/dot.js';
import type { Objective } from './lbfgs.js';
import type { Polytope } from './polytope.js';
import type { HalfSpace } from './quadratic-program.js';

/** When to stop, and what is known beforehand. */
export interface ConstrainedOptions {
  readonly maxIterations: number;
  /** Stops when a step lowers the value, or promises to, by less than this share of max(|f|, 1). */
  readonly valueTolerance?: number;
  /** Change of a coordinate in one step at most; of any size where absent. */
  readonly longestStep?: number;
  /** Approximate second derivatives to begin with, positive definite, row-major [d × d]. */
  readonly hessian?: Float64Array | null;
  /** By how much a point breaks what rows cannot say, 0 where it is kept; nothing where absent. */
  readonly excess?: ((x: Float64Array) => number) | null;
}

/** Where the search ended. */
export interface ConstrainedResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly hessian: Float64Array | null;
  readonly evaluations: number;
}

const armijo = 1e-4;

/** Bounds found on the way that are kept in mind, the latest ones. */
const mostCuts = 12;

/** Step of finite differences of the excess. */
const differenceStep = 1e-6;

/**
 * Minimum of a smooth function within a polytope, by sequential quadratic programming: each step minimises a quadratic model,
 * whose second derivatives are learned from the gradients (BFGS, damped so that they stay positive), within the rows
 * themselves, and is backtracked until the value falls enough (Armijo constant 1e-4). All points on the way lie in the polytope.
 *
 * What is not linear is asked of points alone: one that breaks it counts as too long a step, and the tangent of its excess there,
 * by finite differences, is a row of the steps that follow.
 *
 * @param start - [d]; the point of the polytope next to it is begun from
 * @returns null if the polytope is empty, or the start breaks what is not linear
 * @see Powell 1978, Lecture Notes in Mathematics 630, 144 (damping)
 */
export function minimiseWithin(
  objective: Objective,
  start: Float64Array,
  polytope: Polytope,
  options: ConstrainedOptions,
): ConstrainedResult | null {
  const { maxIterations, valueTolerance = 2.22e-9, longestStep, excess = null } = options;
  const d = start.length;
  const first = polytope.nearest(start);
  if (first === null || (excess !== null && excess(first) > 0)) return null;
  let x: Float64Array = first;
  let evaluations = 1;
  let gradient: Float64Array = new Float64Array(d);
  let value = objective(x, gradient);
  let hessian = options.hessian ?? null;
  let cuts: HalfSpace[] = [];
  for (let iteration = 0; iteration < maxIterations && Number.isFinite(value); iteration++) {
    const least = valueTolerance * Math.max(Math.abs(value), 1);
    const steepness = Math.sqrt(dot(gradient, gradient));
    if (steepness === 0) break;
    // The first step goes down the gradient by 1 at most.
    const B: Float64Array = hessian ?? scaledIdentity(d, Math.max(1, steepness));
    const from: Float64Array = x;
    let direction = polytope.step(B, gradient, from, cuts);
    if (direction === null && cuts.length > 0) {
      cuts = [];
      direction = polytope.step(B, gradient, from, cuts);
    }
    if (direction === null) break;
    const slope = dot(direction, gradient);
    if (!(slope < 0) || -slope <= least) {
      // What a wrong curvature promises is not believed at once.
      if (hessian === null || !(slope < 0)) break;
      if (-slope <= 1e-2 * least) break;
    }
    const size = largestOf(direction);
    let length = longestStep === undefined ? 1 : Math.min(1, longestStep / size);
    let accepted: { x: Float64Array; value: number; gradient: Float64Array } | null = null;
    let isCut = false;
    for (let trial = 0; trial < 30 && accepted === null; trial++) {
      const there: Float64Array = from.map((xi, i) => xi + length * direction[i]!);
      const beyond = excess === null ? 0 : excess(there);
      if (beyond > 0) {
        if (!isCut) {
          const cut = tangent(excess!, there, from, beyond);
          if (cut !== null) cuts = [...cuts.slice(1 - mostCuts), cut];
          isCut = true;
        }
        length *= 0.5;
        continue;
      }
      const slopes = new Float64Array(d);
      evaluations++;
      const found = objective(there, slopes);
      if (!Number.isFinite(found)) length *= 0.1;
      else if (found <= value + armijo * length * slope) accepted = { x: there, value: found, gradient: slopes };
      else length *= Math.min(0.5, Math.max(0.1, (-0.5 * length * slope) / (found - value - length * slope)));
    }
    if (accepted === null) {
      if (hessian === null && !isCut) break;
      hessian = null;
      if (isCut && length * size < 1e-9) break;
      continue;
    }
    const gain = value - accepted.value;
    const s = accepted.x.map((xi, i) => xi - from[i]!);
    const y = accepted.gradient.map((gi, i) => gi - gradient[i]!);
    hessian = updated(hessian, s, y) ?? hessian;
    ({ x, value, gradient } = accepted);
    if (gain <= least && !isCut) break;
  }
  return { x: settled(x, polytope, excess), value, hessian, evaluations };
}

/** The point as the polytope has it to the last place, if what is not linear is kept there, too. */
function settled(x: Float64Array, polytope: Polytope, excess: ConstrainedOptions['excess']): Float64Array {
  const there = polytope.nearest(x);
  return there === null || (excess != null && excess(there) > 0) ? x : there;
}

/** The half-space beyond whose face a point is, by how its excess grows there; the point that it is left from stays inside. */
function tangent(
  excess: (x: Float64Array) => number,
  there: Float64Array,
  from: Float64Array,
  beyond: number,
): HalfSpace | null {
  const normal = there.map((xi, i) => {
    const moved = there.slice();
    moved[i] = xi + differenceStep;
    const up = excess(moved);
    moved[i] = xi - differenceStep;
    return (excess(moved) - up) / (2 * differenceStep);
  });
  const length = Math.sqrt(dot(normal, normal));
  if (!(length > 0) || !Number.isFinite(length)) return null;
  const a = normal.map((one) => one / length);
  return { a, least: Math.min(dot(a, from), dot(a, there) + beyond / length) };
}

/** B − (B·s·sᵀB)/(sᵀB·s) + (r·rᵀ)/(sᵀr), r between y and B·s so that sᵀr ≥ 0.2·sᵀB·s; null where the step is too short to tell. */
function updated(before: Float64Array | null, s: Float64Array, y: Float64Array): Float64Array | null {
  const d = s.length;
  const [ss, sy, yy] = [dot(s, s), dot(s, y), dot(y, y)];
  if (!(ss > 0)) return null;
  const unit = sy > 1e-10 * Math.sqrt(ss * yy) ? yy / sy : Math.sqrt(yy / ss);
  if (before === null && !(unit > 0 && Number.isFinite(unit))) return null;
  const B = before ?? scaledIdentity(d, unit);
  const Bs = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) Bs[i] = Bs[i]! + B[i * d + j]! * s[j]!;
  const sBs = dot(s, Bs);
  if (!(sBs > 0)) return null;
  const theta = sy >= 0.2 * sBs ? 1 : (0.8 * sBs) / (sBs - sy);
  const r = y.map((yi, i) => theta * yi + (1 - theta) * Bs[i]!);
  const sr = dot(s, r);
  const result = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) result[i * d + j] = B[i * d + j]! - (Bs[i]! * Bs[j]!) / sBs + (r[i]! * r[j]!) / sr;
  return result.every(Number.isFinite) ? result : null;
}

function scaledIdentity(d: number, diagonal: number): Float64Array {
  const matrix = new Float64Array(d * d);
  for (let i = 0; i < d; i++) matrix[i * d + i] = diagonal;
  return matrix;
}

function largestOf(direction: Float64Array): number {
  let largest = 0;
  for (const one of direction) largest = Math.max(largest, Math.abs(one));
  return largest;
}
