import { cholesky, solve } from '../../models/linalg/cholesky.js';
import { type RadialKernelName, radialKernels } from '../../models/linalg/radial/radial-kernels.js';
import { GraphBuilder } from '../../models/onnx/graph-builder.js';
import { openSession } from '../../models/onnx/runtime.js';
import { Generator } from '../../models/random/generator.js';
import type { ScreenModel } from '../../models/surrogate/contract.js';

/** What a model is made from. */
export interface ModelShape {
  readonly radial: RadialKernelName;
  readonly n: number;
  readonly d: number;
  readonly lengthscale: number;
  readonly noise: number;
  readonly constantVariance?: number;
  readonly signalVariance?: number;
  readonly mean?: number;
  readonly sd?: number;
  /** How near the training rows are to their centre; 1 where absent. */
  readonly spread?: number;
}

/** A Gaussian process on random rows, by the textbook; with the losses it learned from. */
export function someScreenModel(shape: ModelShape, seed: number): ScreenModel & { readonly losses: Float64Array } {
  const {
    radial,
    n,
    d,
    lengthscale,
    noise,
    constantVariance = 0,
    signalVariance = 1,
    mean = 0,
    sd = 1,
    spread = 1,
  } = shape;
  const random = new Generator(seed, 'screen model');
  const inputs = Float64Array.from({ length: n * d }, () => 0.5 + spread * (random.uniform() - 0.5));
  const inverseLengthscales = Float64Array.from({ length: d }, () => (0.5 + random.uniform()) / lengthscale);
  const losses = Float64Array.from({ length: n }, (_, i) => {
    const x = inputs.subarray(i * d, (i + 1) * d);
    return mean + Math.sin(5 * x[0]!) + x[d - 1]! ** 2 + Math.sqrt(noise) * random.normal();
  });
  const K = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      let squared = 0;
      for (let j = 0; j < d; j++) squared += ((inputs[i * d + j]! - inputs[k * d + j]!) * inverseLengthscales[j]!) ** 2;
      K[i * n + k] = signalVariance * radialKernels[radial](squared).value + constantVariance + (i === k ? noise : 0);
    }
  const factor = cholesky(K, n);
  const alpha = solve(
    factor,
    losses.map((loss) => (loss - mean) / sd),
  ).map((value) => value * sd);
  return {
    radial,
    d,
    n,
    inputs,
    inverseLengthscales,
    alpha,
    factor,
    signalVariance,
    constantVariance,
    mean,
    sd,
    losses,
  };
}

/** Coordinates of a pool: half of it anywhere, half close to the training rows, and some of these themselves. */
export function somePoolOf({ d, n, inputs }: ScreenModel, rows: number, seed: number): Float64Array {
  const random = new Generator(seed, 'screened pool');
  return Float64Array.from({ length: rows * d }, (_, at) => {
    const [row, j] = [Math.floor(at / d), at % d];
    if (row % 2 === 0) return random.uniform();
    const near = inputs[(row % n) * d + j]!;
    return Math.min(1, Math.max(0, near + (row % 10 === 1 ? 0 : 10 ** -(1 + (row % 5)) * random.normal())));
  });
}

/** Whether ONNX Runtime, an optional dependency, can be loaded here; says so if not. */
export async function hasOnnxRuntime(): Promise<boolean> {
  const graph = new GraphBuilder('probe');
  graph.output('y', graph.input('x', 'float32', [1]), 'float32', [1]);
  const session = await openSession(graph.model());
  if (session === null) console.warn('onnxruntime-node cannot be loaded: its tests are skipped');
  return session !== null;
}
