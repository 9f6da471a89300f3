import { cholesky, solve } from '../linalg/cholesky.js';
import type { Expression } from '../onnx/expression.js';
import { add, div, exp, matmul, mul, scale, stopped, sub, tanh } from '../onnx/operators.js';
import { slice } from '../onnx/selecting.js';
import { sum } from '../onnx/shaping.js';
import type { Targets } from './targets.js';

/** What is made small: squared error, or the negative log likelihood of a normal, as it is or weighed by variance^β. */
export type Loss = { readonly kind: 'squared' } | { readonly kind: 'nll'; readonly beta: number };

/** Largest log variance of a standardised value, either way. */
const widestLogVariance = 5;

/** Shapes of the heads' parameters: for each level a mean and a log variance, linear in the standardised embedding. */
export function headParameters(width: number, levels: number): Record<string, readonly number[]> {
  return { 'head.weight': [width, 2 * levels], 'head.offset': [2 * levels] };
}

/** What the heads foretell of standardised embeddings [batch × width]: means and log variances, [batch × levels] both. */
export function foretold(embedding: Expression, parameters: Readonly<Record<string, Expression>>) {
  const outputs = add(matmul(embedding, parameters['head.weight']!), parameters['head.offset']!);
  const levels = outputs.shape[1]! / 2;
  const raw = slice(outputs, 1, levels, 2 * levels);
  return {
    mean: slice(outputs, 1, 0, levels),
    logVariance: scale(tanh(scale(raw, 1 / widestLogVariance)), widestLogVariance),
  };
}

/** Loss of a batch. @param weight - what each value counts, [batch × levels]; 0 where there is none */
export function lossOf(
  loss: Loss,
  { mean, logVariance }: ReturnType<typeof foretold>,
  { y, weight }: { readonly y: Expression; readonly weight: Expression },
): Expression {
  const error = sub(mean, y);
  const squared = mul(error, error);
  if (loss.kind === 'squared') return sum(mul(weight, squared));
  const nll = scale(add(logVariance, div(squared, exp(logVariance))), 0.5);
  // A stored weight, by which rows of large variance are not given up. @see Seitzer et al. 2022, arXiv:2203.09168
  const weighed = loss.beta === 0 ? nll : mul(stopped(exp(scale(logVariance, loss.beta))), nll);
  return sum(mul(weight, weighed));
}

/** Strengths of the ridge that are tried. */
const ridges = [0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000];

/**
 * Heads before the first step: ridge regression on the embeddings as they are, of the strength that foretells the molecules held out
 * best (100 where none are), so that learning begins where frozen embeddings end. The variance is that of what they leave.
 *
 * @param embeddings - standardised, [molecules × width]
 */
export function headsAtFirst(embeddings: Float32Array, width: number, targets: Targets): Record<string, Float32Array> {
  const { levels } = targets;
  const weight = new Float32Array(width * 2 * levels);
  const offset = new Float32Array(2 * levels);
  const row = (i: number) => embeddings.subarray(i * width, (i + 1) * width);
  for (let level = 0; level < levels; level++) {
    const value = (i: number) => targets.y[i * levels + level]!;
    const counted = (i: number) => targets.weight[i * levels + level]!;
    const [known, judged] = [targets.learned, targets.heldOut].map((all) => all.filter((i) => counted(i) > 0)) as [
      number[],
      number[],
    ];
    if (known.length === 0) continue;
    const { gram, moment } = normalEquations(
      known.map((i) => [row(i), value(i)] as const),
      width,
    );
    const tried = (judged.length > 0 ? ridges : [100]).map((ridge) => {
      const K = Float64Array.from(gram, (entry, at) => entry + (at % (width + 1) === 0 ? ridge : 0));
      const w = solve(cholesky(K, width), moment);
      const error = (of: readonly number[]) =>
        of.reduce((total, i) => total + (row(i).reduce((s, z, j) => s + z * w[j]!, 0) - value(i)) ** 2, 0) / of.length;
      return { w, error: error(judged.length > 0 ? judged : known) };
    });
    const best = tried.reduce((a, b) => (b.error < a.error ? b : a));
    best.w.forEach((entry, j) => {
      weight[j * 2 * levels + level] = entry;
    });
    const logVariance = Math.min(0.9, Math.max(-0.9, Math.log(Math.max(1e-4, best.error)) / widestLogVariance));
    offset[levels + level] = widestLogVariance * Math.atanh(logVariance);
  }
  return { 'head.weight': weight, 'head.offset': offset };
}

/** ZᵀZ and Zᵀy of rows z and values y. */
function normalEquations(rows: readonly (readonly [Float32Array, number])[], width: number) {
  const [gram, moment] = [new Float64Array(width * width), new Float64Array(width)];
  for (const [z, y] of rows)
    for (let a = 0; a < width; a++) {
      moment[a] = moment[a]! + z[a]! * y;
      for (let b = 0; b <= a; b++) gram[a * width + b] = gram[a * width + b]! + z[a]! * z[b]!;
    }
  for (let a = 0; a < width; a++) for (let b = 0; b < a; b++) gram[b * width + a] = gram[a * width + b]!;
  return { gram, moment };
}
