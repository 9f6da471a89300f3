import { AthanorError, NumericalError } from '../../domain/errors.js';
import type { Expression } from '../../onnx/expression.js';
import { add, div, exp, matmul, mul, scale, silu, stopped, sub, tanh } from '../../onnx/operators.js';
import { reshape, sum, transpose } from '../../onnx/shaping.js';
import { Training, type TrainingPlan } from '../../onnx/training.js';
import { Generator } from '../../random/generator.js';
import { type HeadShape, type HeadWeights, headParameters, initialWeights, parameterNames } from './heads.js';

/** Steps at most; after how many it is looked whether it became better; step length at the start, and at the end; decay of weights. */
const [stepCount, chunk, fastest, slowest, decay] = [300, 20, 0.01, 0.001, 0.02];

/** Power of the predicted variance by which a row's share in the loss is weighed. @see Seitzer et al. 2022, arXiv:2203.09168 */
const beta = 0.5;

/** Largest log variance of a standardised loss, either way. */
const widestLogVariance = 5;

/** What networks learn from. */
export interface HeadData {
  readonly n: number;
  /** Row-major [n × inputs]. */
  readonly rows: Float64Array;
  /** Standardised losses, [n]. */
  readonly y: Float64Array;
  /** Whether a row is left out by a network, [heads][n]. */
  readonly leftOut: readonly (readonly boolean[])[];
}

/**
 * Trains networks side by side, each on rows of its own with random weights (the Bayesian bootstrap), by β-NLL; each keeps the weights
 * that foretold the rows it left out best, by squared error: likelihood is soon worse there, as predicted variances are too small.
 *
 * @throws {AthanorError} where ONNX Runtime is not installed
 */
export async function trainHeads(shape: HeadShape, data: HeadData, seed: number): Promise<HeadWeights> {
  const training = await Training.open(headPlan(shape, data.n));
  if (training === null)
    throw new AthanorError('SURROGATE', 'neural surrogates need the package onnxruntime-node, which is not installed');
  try {
    const random = new Generator(seed, 'networks');
    const given = dataOf(shape, data, random.split('bootstrap'));
    let state = training.begin(initialWeights(shape, random.split('weights')));
    const best = { told: new Float64Array(shape.heads).fill(Number.POSITIVE_INFINITY), weights: [] as HeadWeights[] };
    for (let from = 0; from < stepCount; from += chunk) {
      const before = state.parameters as HeadWeights;
      const rates = Array.from({ length: chunk }, (_, i) => rateAt(from + i));
      const ran = await training.run(state, given, { rates, decay });
      // What is told of a step is of the weights before it.
      for (let k = 0; k < shape.heads; k++)
        if (ran.told[k]! < best.told[k]!) {
          best.told[k] = ran.told[k]!;
          best.weights[k] = before;
        }
      if (!ran.told.every(Number.isFinite))
        throw new NumericalError('the networks lost their way: a loss is not finite');
      state = ran.state;
    }
    return joined(shape, best.weights);
  } finally {
    await training.close();
  }
}

/** Falls from the fastest to the slowest along a cosine. */
function rateAt(step: number): number {
  return slowest + ((fastest - slowest) * (1 + Math.cos((Math.PI * step) / stepCount))) / 2;
}

function dataOf({ heads }: HeadShape, { n, rows, y, leftOut }: HeadData, random: Generator) {
  const inBag = new Float32Array(heads * n);
  const outside = new Float32Array(heads * n);
  for (let k = 0; k < heads; k++) {
    const stream = random.split(k);
    const drawn = Array.from({ length: n }, () => -Math.log(1 - stream.uniform()));
    const total = drawn.reduce((all, weight, i) => all + (leftOut[k]![i] ? 0 : weight), 0);
    const left = leftOut[k]!.filter(Boolean).length;
    for (let i = 0; i < n; i++)
      if (leftOut[k]![i]) outside[k * n + i] = 1 / left;
      else inBag[k * n + i] = drawn[i]! / total;
  }
  // Where nothing is left out a network is judged by what it has seen.
  const judged = outside.every((weight) => weight === 0) ? inBag : outside;
  return { x: Float32Array.from(rows), y: Float32Array.from(y), inBag, judged };
}

/** The training of networks on n rows. @param power - of the predicted variance, by which rows are weighed */
export function headPlan(
  shape: HeadShape,
  n: number,
  type: TrainingPlan['type'] = 'float32',
  power = beta,
): TrainingPlan {
  const { heads: K, inputs: D, hidden: H } = shape;
  return {
    type,
    parameters: headParameters(shape),
    data: { x: [n, D], y: [n], inBag: [K, n], judged: [K, n] },
    loss: ({ W1, b1, W2, b2, W3, b3 }, { x, y, inBag, judged }) => {
      const first = transpose(reshape(matmul(x!, W1!), [n, K, H]), [1, 0, 2]);
      const second = matmul(silu(add(first, b1!)), W2!);
      const outputs = transpose(add(matmul(silu(add(second, b2!)), W3!), b3!), [2, 0, 1]);
      const [mean, raw] = [at(outputs, 0), at(outputs, 1)];
      const logVariance = scale(tanh(scale(raw, 1 / widestLogVariance)), widestLogVariance);
      const error = sub(mean, y!);
      const nll = scale(add(logVariance, div(mul(error, error), exp(logVariance))), 0.5);
      const weighed = mul(stopped(exp(scale(logVariance, power))), nll);
      return { objective: sum(mul(inBag!, weighed)), told: sum(mul(judged!, mul(error, error)), [1]) };
    },
  };
}

/** Entry of the first axis. */
function at(x: Expression, index: number): Expression {
  const shape = x.shape.slice(1);
  const mask = x.tape.constant(
    Array.from({ length: x.shape[0]! }, (_, i) => (i === index ? 1 : 0)),
    [x.shape[0]!, ...shape.map(() => 1)],
  );
  return sum(mul(x, mask), [0]);
}

/** The weights of each network from where it was best. */
function joined({ heads, hidden }: HeadShape, chosen: readonly HeadWeights[]): HeadWeights {
  return Object.fromEntries(
    parameterNames.map((name) => {
      const values = Float32Array.from(chosen[0]![name]);
      const own = (at: number) =>
        name === 'W1' ? Math.floor((at % (heads * hidden)) / hidden) : Math.floor((at * heads) / values.length);
      return [name, values.map((_, at) => chosen[own(at)]![name][at]!)];
    }),
  ) as unknown as HeadWeights;
}
