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
  /** Candidates that are not to be chosen beside one, itself among them. */
  near(place: number): readonly number[];
}

/** Gain, in parts, below which an exchange is rounding. */
const least = 1e-9;
/** Part of the determinant below which too little is left to divide by. */
const singular = 1e-9;
/** Rounds of exchanges after which it is left as it is; they end by themselves long before. */
const mostRounds = 50;
/** Variance of what nothing is known of. */
const unknown = 1e4;

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
  const closed = new Int32Array(rows.length);
  const count = (place: number, by: 1 | -1) => {
    for (const j of choices.near(place)) closed[j] = closed[j]! + by;
  };
  for (const place of chosen) count(place, 1);
  const X = () => [...given, ...chosen.map((place) => rows[place]!)];
  let good: readonly number[] | null = null;
  for (let round = 0; round < mostRounds; round++) {
    // Within a round what an exchange changes is added up; from the rows themselves it is exact again.
    const state = measured(X(), choices, criterion);
    if (state === null) return good === null ? null : [...good];
    good = [...chosen];
    let isBetter = false;
    for (let i = 0; i < n; i++) {
      const before = chosen[i]!;
      count(before, -1);
      const best = bestExchange(state, choices, before, closed);
      if (best !== null) {
        const steps = exchange(state, rows[before]!, rows[best]!);
        for (const step of steps) follow(state, choices, step);
        chosen[i] = best;
        isBetter = true;
      }
      count(chosen[i]!, 1);
    }
    if (!isBetter) break;
  }
  return chosen;
}

/** What a design tells, by which exchanges are judged; changed in place by them. */
export interface Told {
  /** Inverse of XᵀX, and A·moments·A; null without moments. */
  readonly A: Float64Array;
  readonly AWA: Float64Array | null;
  /** Mean variance of a prediction; 0 without moments. */
  trace: number;
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

/** What it gains, in parts, to have other rows in the place of one; above 0 where the design becomes better. */
export function gainsOf({ A, AWA, trace }: Told, out: Float64Array): (row: Float64Array) => number {
  const own = times(A, out);
  const b = dot(own, out);
  const ownW = AWA === null ? null : times(AWA, out);
  return (row) => {
    const c = dot(own, row);
    const d = square(A, row);
    const det = (1 + d) * (1 - b) + c * c;
    if (AWA === null || ownW === null) return det - 1;
    if (det < singular) return Number.NEGATIVE_INFINITY;
    return ((1 - b) * square(AWA, row) + 2 * c * dot(ownW, row) - (1 + d) * dot(ownW, out)) / det / trace;
  };
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
  const d = Float64Array.from(rows, (row) => square(A, row));
  return { ...told, d, phi: AWA === null ? null : Float64Array.from(rows, (row) => square(AWA, row)) };
}

/** By how much the numbers of a design change with one row more (1) or less (-1): A by by·u·uᵀ, and v = A·W·u. */
interface Step {
  readonly by: number;
  readonly u: Float64Array;
  readonly v: Float64Array | null;
  /** uᵀWu */
  readonly own: number;
}

/** Has one row stand in the place of another, in O(p²). */
export function exchange(told: Told, out: Float64Array, row: Float64Array): readonly Step[] {
  return [stepped(told, row, 1), stepped(told, out, -1)];
}

function stepped(told: Told, row: Float64Array, sign: 1 | -1): Step {
  const { A, AWA } = told;
  const p = row.length;
  const u = times(A, row);
  const by = -sign / (1 + sign * dot(u, row));
  const v = AWA === null ? null : times(AWA, row);
  const own = v === null ? 0 : dot(v, row);
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) {
      const at = i * p + j;
      A[at] = A[at]! + by * u[i]! * u[j]!;
      if (AWA !== null && v !== null)
        AWA[at] = AWA[at]! + by * (v[i]! * u[j]! + u[i]! * v[j]!) + by ** 2 * own * u[i]! * u[j]!;
    }
  told.trace += by * own;
  return { by, u, v, own };
}

/** What candidates tell after a step. */
function follow({ d, phi }: Measured, { rows }: Choices, { by, u, v, own }: Step): void {
  for (let j = 0; j < rows.length; j++) {
    const along = dot(u, rows[j]!);
    d[j] = d[j]! + by * along ** 2;
    if (phi !== null && v !== null) phi[j] = phi[j]! + 2 * by * dot(v, rows[j]!) * along + by ** 2 * own * along ** 2;
  }
}

/** The candidate in whose favour a chosen one is best given up; null where none is better. */
function bestExchange(state: Measured, { rows }: Choices, out: number, closed: Int32Array): number | null {
  const { A, AWA, d, phi, trace } = state;
  const own = times(A, rows[out]!);
  const ownW = AWA === null ? null : times(AWA, rows[out]!);
  const b = d[out]!;
  let [best, most] = [null as number | null, least];
  for (let j = 0; j < rows.length; j++) {
    if (closed[j]! > 0) continue;
    const row = rows[j]!;
    const c = dot(own, row);
    const det = (1 + d[j]!) * (1 - b) + c * c;
    let gain = det - 1;
    if (ownW !== null && phi !== null) {
      if (det < singular) continue;
      gain = ((1 - b) * phi[j]! + 2 * c * dot(ownW, row) - (1 + d[j]!) * phi[out]!) / det / trace;
    }
    if (gain > most) [best, most] = [j, gain];
  }
  return best;
}

/** Rows taken one after the other, two at random, then each the one of which least is known; null where there are too few. */
function greedy({ p, rows, given, near }: Choices, n: number, random: Generator): number[] | null {
  // A little is known from the start, so that there is an inverse.
  const A = new Float64Array(p * p);
  for (let i = 0; i < p; i++) A[i * p + i] = unknown;
  const d = Float64Array.from(rows, (row) => unknown * dot(row, row));
  const take = (row: Float64Array) => {
    const along = times(A, row);
    const by = 1 + dot(along, row);
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) A[i * p + j] = A[i * p + j]! - (along[i]! * along[j]!) / by;
    for (let j = 0; j < rows.length; j++) d[j] = d[j]! - dot(along, rows[j]!) ** 2 / by;
  };
  for (const row of given) take(row);
  const chosen: number[] = [];
  const closed = new Uint8Array(rows.length);
  while (chosen.length < n) {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    if (chosen.length < 2) {
      const open = [...closed.keys()].filter((j) => closed[j] === 0);
      if (open.length > 0) best = open[random.below(open.length)]!;
    } else for (let j = 0; j < rows.length; j++) if (closed[j] === 0 && d[j]! > most) [best, most] = [j, d[j]!];
    if (best < 0) return null;
    chosen.push(best);
    take(rows[best]!);
    for (const j of near(best)) closed[j] = 1;
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

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
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

/** xᵀAx of a symmetric A, of which the lower triangle is read. */
export function square(A: Float64Array, x: Float64Array): number {
  const p = x.length;
  let sum = 0;
  for (let i = 0; i < p; i++) {
    const row = i * p;
    let below = 0;
    for (let j = 0; j < i; j++) below += A[row + j]! * x[j]!;
    sum += x[i]! * (2 * below + A[row + i]! * x[i]!);
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
