import { cholesky, inverse, logDeterminant } from '../linalg/cholesky.js';
import type { Generator } from '../random/generator.js';

/** What a choice of rows is to be best for. */
export interface Criterion {
  /** Mean of q·qᵀ over the space, [p, p]: the mean variance of a prediction is made small; null for the largest determinant. */
  readonly moments: Float64Array | null;
}

/** Rows among which some are chosen. */
export interface Choices {
  readonly p: number;
  /** [n][p] */
  readonly rows: readonly Float64Array[];
  /** Rows that are chosen in any case, [g][p]. */
  readonly given: readonly Float64Array[];
  /** Whether two candidates are not to be chosen both. */
  isNear(a: number, b: number): boolean;
}

/** Gain, in parts, below which an exchange is rounding. */
const least = 1e-9;
/** Part of the determinant below which too little is left to divide by. */
const singular = 1e-9;
/** Rounds of exchanges after which it is left as it is; they end by themselves long before. */
const mostRounds = 50;

/** What the choice of rows gives: the logarithm of det XᵀX, or with moments minus that of the mean variance. */
export function merit(X: readonly Float64Array[], p: number, { moments }: Criterion): number {
  const factor = cholesky(information(X, p), p);
  if (moments === null) return logDeterminant(factor);
  const A = inverse(factor);
  let trace = 0;
  for (let i = 0; i < p * p; i++) trace += A[i]! * moments[i]!;
  return -Math.log(trace);
}

/**
 * Chooses n rows, by exchanging one for the best other for as long as that is better.
 *
 * @returns places of the rows; null where there are not so many that are not near one another, or none make all terms estimable
 * @see Fedorov 1972, Theory of Optimal Experiments; Cook & Nachtsheim 1980, Technometrics 22, 315
 */
export function exchanged(choices: Choices, n: number, criterion: Criterion, random: Generator): number[] | null {
  const { rows, given } = choices;
  const chosen = greedy(choices, n, random);
  if (chosen === null) return null;
  const near = new Int32Array(rows.length);
  const count = (place: number, by: 1 | -1) => {
    for (let j = 0; j < rows.length; j++) if (choices.isNear(place, j)) near[j] = near[j]! + by;
  };
  for (const place of chosen) count(place, 1);
  const X = () => [...given, ...chosen.map((place) => rows[place]!)];
  let state = measured(X(), choices, criterion);
  if (state === null) return null;
  for (let round = 0; round < mostRounds; round++) {
    let isBetter = false;
    for (let i = 0; i < n; i++) {
      const before = chosen[i]!;
      count(before, -1);
      const best = bestExchange(state, choices, before, near);
      if (best !== null) {
        chosen[i] = best;
        const next = measured(X(), choices, criterion);
        if (next === null) chosen[i] = before;
        else [state, isBetter] = [next, true];
      }
      count(chosen[i]!, 1);
    }
    if (!isBetter) break;
  }
  return chosen;
}

/** What a design tells, by which exchanges are judged. */
export interface Told {
  /** Inverse of XᵀX, and A·moments·A; null without moments. */
  readonly A: Float64Array;
  readonly AWA: Float64Array | null;
  /** Mean variance of a prediction; 0 without moments. */
  readonly trace: number;
}

/** Null where not all terms can be told apart by the rows. */
export function toldBy(X: readonly Float64Array[], p: number, { moments }: Criterion): Told | null {
  const factor = cholesky(information(X, p), p);
  if (factor.jitter > 0) return null;
  const A = inverse(factor);
  if (moments === null) return { A, AWA: null, trace: 0 };
  let trace = 0;
  for (let i = 0; i < p * p; i++) trace += A[i]! * moments[i]!;
  return { A, AWA: product(A, product(moments, A, p), p), trace };
}

/** What it gains, in parts, to have one row in the place of another; above 0 where the design becomes better. */
export function gainOf({ A, AWA, trace }: Told, out: Float64Array, row: Float64Array): number {
  const b = form(A, out, out);
  const c = form(A, out, row);
  const d = form(A, row, row);
  const det = (1 + d) * (1 - b) + c * c;
  if (AWA === null) return det - 1;
  if (det < singular) return Number.NEGATIVE_INFINITY;
  return ((1 - b) * form(AWA, row, row) + 2 * c * form(AWA, out, row) - (1 + d) * form(AWA, out, out)) / det / trace;
}

interface Measured extends Told {
  /** Of each candidate qᵀAq, and qᵀAWAq. */
  readonly d: Float64Array;
  readonly phi: Float64Array | null;
}

function measured(X: readonly Float64Array[], { p, rows }: Choices, criterion: Criterion): Measured | null {
  const told = toldBy(X, p, criterion);
  if (told === null) return null;
  const { A, AWA } = told;
  const d = Float64Array.from(rows, (row) => form(A, row, row));
  return { ...told, d, phi: AWA === null ? null : Float64Array.from(rows, (row) => form(AWA, row, row)) };
}

/** The candidate in whose favour a chosen one is best given up; null where none is better. */
function bestExchange(state: Measured, { rows, p }: Choices, out: number, near: Int32Array): number | null {
  const { A, AWA, d, phi, trace } = state;
  const own = times(A, rows[out]!);
  const ownW = AWA === null ? null : times(AWA, rows[out]!);
  const b = d[out]!;
  let [best, most] = [null as number | null, least];
  for (let j = 0; j < rows.length; j++) {
    if (near[j]! > 0) continue;
    const row = rows[j]!;
    let [c, w] = [0, 0];
    for (let i = 0; i < p; i++) c += own[i]! * row[i]!;
    const det = (1 + d[j]!) * (1 - b) + c * c;
    let gain = det - 1;
    if (ownW !== null && phi !== null) {
      if (det < singular) continue;
      for (let i = 0; i < p; i++) w += ownW[i]! * row[i]!;
      gain = ((1 - b) * phi[j]! + 2 * c * w - (1 + d[j]!) * phi[out]!) / det / trace;
    }
    if (gain > most) [best, most] = [j, gain];
  }
  return best;
}

/** Rows taken one after the other, two at random, then each the one of which least is known; null where there are too few. */
function greedy({ p, rows, given, isNear }: Choices, n: number, random: Generator): number[] | null {
  // A little is known from the start, so that there is an inverse.
  let A = new Float64Array(p * p);
  for (let i = 0; i < p; i++) A[i * p + i] = 1e4;
  const take = (row: Float64Array) => {
    const along = times(A, row);
    let d = 1;
    for (let i = 0; i < p; i++) d += along[i]! * row[i]!;
    const next = A.slice();
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) next[i * p + j] = next[i * p + j]! - (along[i]! * along[j]!) / d;
    A = next;
  };
  for (const row of given) take(row);
  const chosen: number[] = [];
  const closed = new Uint8Array(rows.length);
  while (chosen.length < n) {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    if (chosen.length < 2) {
      const open = [...closed.keys()].filter((j) => closed[j] === 0);
      if (open.length > 0) best = open[random.below(open.length)]!;
    } else
      for (let j = 0; j < rows.length; j++) {
        if (closed[j] === 1) continue;
        const d = form(A, rows[j]!, rows[j]!);
        if (d > most) [best, most] = [j, d];
      }
    if (best < 0) return null;
    chosen.push(best);
    take(rows[best]!);
    for (let j = 0; j < rows.length; j++) if (isNear(best, j)) closed[j] = 1;
  }
  return chosen;
}

/** Σ q·qᵀ, [p, p]. */
export function information(X: readonly Float64Array[], p: number, weights?: ArrayLike<number>): Float64Array {
  const M = new Float64Array(p * p);
  X.forEach((row, r) => {
    const weight = weights === undefined ? 1 : weights[r]!;
    if (weight === 0) return;
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) M[i * p + j] = M[i * p + j]! + weight * row[i]! * row[j]!;
  });
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) M[j * p + i] = M[i * p + j]!;
  return M;
}

function times(A: Float64Array, x: Float64Array): Float64Array {
  const p = x.length;
  const y = new Float64Array(p);
  for (let i = 0; i < p; i++) {
    let sum = 0;
    for (let j = 0; j < p; j++) sum += A[i * p + j]! * x[j]!;
    y[i] = sum;
  }
  return y;
}

/** xᵀAy */
export function form(A: Float64Array, x: Float64Array, y: Float64Array): number {
  const p = x.length;
  let sum = 0;
  for (let i = 0; i < p; i++) {
    let own = 0;
    for (let j = 0; j < p; j++) own += A[i * p + j]! * y[j]!;
    sum += x[i]! * own;
  }
  return sum;
}

function product(A: Float64Array, B: Float64Array, p: number): Float64Array {
  const C = new Float64Array(p * p);
  for (let i = 0; i < p; i++)
    for (let k = 0; k < p; k++)
      for (let j = 0; j < p; j++) C[i * p + j] = C[i * p + j]! + A[i * p + k]! * B[k * p + j]!;
  return C;
}
