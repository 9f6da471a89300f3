/** A function to be minimised: its value, with the gradient written into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** When to stop. */
export interface LbfgsOptions {
  /** Steps at most. */
  readonly maxIterations: number;
  /** Stops when the projected gradient's largest entry falls below. */
  readonly gradientTolerance?: number;
  /** Stops when a step lowers the value by less than this share of max(|f|, 1). */
  readonly valueTolerance?: number;
}

/** Where the search ended, and what it took. */
export interface LbfgsResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly evaluations: number;
}

const memory = 10;

/**
 * Minimum of a smooth function within a box, by L-BFGS on the variables that are not held at a bound, with projected
 * backtracking (Armijo constant 1e-4). A value that is not finite counts as too long a step.
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
  const gradientTolerance = options.gradientTolerance ?? 1e-5;
  const valueTolerance = options.valueTolerance ?? 2.22e-9;
  const clip = (value: number, i: number) => Math.min(upper[i]!, Math.max(lower[i]!, value));
  let x: Float64Array = Float64Array.from(start, clip);
  let gradient: Float64Array = new Float64Array(d);
  let value = objective(x, gradient);
  let evaluations = 1;
  let iterations = 0;
  let pairs: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  while (iterations < options.maxIterations && Number.isFinite(value)) {
    const free = Uint8Array.from(x, (xi, i) =>
      (xi <= lower[i]! && gradient[i]! > 0) || (xi >= upper[i]! && gradient[i]! < 0) ? 0 : 1,
    );
    let largest = 0;
    for (let i = 0; i < d; i++)
      if (free[i]) largest = Math.max(largest, Math.abs(clip(x[i]! - gradient[i]!, i) - x[i]!));
    if (largest < gradientTolerance) break;
    let direction = quasiNewton(gradient, free, pairs);
    if (dot(direction, gradient) >= 0) {
      pairs = [];
      direction = gradient.map((g, i) => (free[i] ? -g : 0));
    }
    let length = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(direction, direction)));
    let accepted: { x: Float64Array; gradient: Float64Array; value: number } | null = null;
    for (let halving = 0; halving < 30 && accepted === null; halving++) {
      const trial = x.map((xi, i) => clip(xi + length * direction[i]!, i));
      const trialGradient = new Float64Array(d);
      const trialValue = objective(trial, trialGradient);
      evaluations++;
      let slope = 0;
      for (let i = 0; i < d; i++) slope += gradient[i]! * (trial[i]! - x[i]!);
      if (Number.isFinite(trialValue) && trialValue <= value + 1e-4 * slope)
        accepted = { x: trial, gradient: trialGradient, value: trialValue };
      else length *= Number.isFinite(trialValue) ? 0.5 : 0.1;
    }
    if (accepted === null) {
      if (pairs.length === 0) break;
      pairs = [];
      continue;
    }
    const s = accepted.x.map((xi, i) => xi - x[i]!);
    const y = accepted.gradient.map((g, i) => g - gradient[i]!);
    const curvature = dot(s, y);
    if (curvature > 1e-10 * Math.sqrt(dot(s, s) * dot(y, y)))
      pairs = [...pairs.slice(1 - memory), { s, y, rho: 1 / curvature }];
    const gain = value - accepted.value;
    ({ x, gradient, value } = accepted);
    iterations++;
    if (gain <= valueTolerance * Math.max(Math.abs(value), 1)) break;
  }
  return { x, value, iterations, evaluations };
}

/** Two-loop recursion on the free variables. */
function quasiNewton(
  gradient: Float64Array,
  free: Uint8Array,
  pairs: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((g, i) => (free[i] ? g : 0));
  const alphas: number[] = [];
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    const alpha = rho * dot(s, q);
    alphas[k] = alpha;
    for (let i = 0; i < q.length; i++) q[i] = q[i]! - alpha * y[i]!;
  }
  const last = pairs.at(-1);
  const scale = last === undefined ? 1 : 1 / (last.rho * dot(last.y, last.y));
  for (let i = 0; i < q.length; i++) q[i] = q[i]! * scale;
  pairs.forEach(({ s, y, rho }, k) => {
    const beta = rho * dot(y, q);
    for (let i = 0; i < q.length; i++) q[i] = q[i]! + (alphas[k]! - beta) * s[i]!;
  });
  return q.map((value, i) => (free[i] ? -value : 0));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
