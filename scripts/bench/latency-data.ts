import { blankDesigns, type EncodedDesigns, type Encoding } from '../../models/encode/encoded-designs.js';
import { Generator } from '../../models/random/generator.js';
import type { TrainingSet } from '../../models/surrogate/contract.js';
import { standardGp } from '../../models/surrogate/kinds/gp.js';
import { icmLayout } from '../../models/surrogate/process/icm-hyperparameters.js';
import { icmObjective } from '../../models/surrogate/process/icm-likelihood.js';

/** Points of the unit cube with noisy values of a smooth function, to be maximised. */
export interface LatencyData {
  readonly n: number;
  readonly d: number;
  /** Row-major [n × d]. */
  readonly x: Float64Array;
  /** [n] */
  readonly y: Float64Array;
}

/** The function without noise: sin(3·Σx) + cos(5·x₁)/2. */
export function latencyValue(x: readonly number[]): number {
  return Math.sin(3 * x.reduce((a, b) => a + b, 0)) + 0.5 * Math.cos(5 * x[0]!);
}

/** n uniform points in d dimensions with the function's values and noise of s.d. 0.05. */
export function latencyData(n: number, d: number, seed: number): LatencyData {
  const random = new Generator(seed, 'latency');
  const x = Float64Array.from({ length: n * d }, () => random.uniform());
  const y = Float64Array.from({ length: n }, (_, i) => {
    return latencyValue([...x.subarray(i * d, (i + 1) * d)]) + 0.05 * random.normal();
  });
  return { n, d, x, y };
}

/** The data with one more point. */
export function withPoint({ n, d, x, y }: LatencyData, point: readonly number[]): LatencyData {
  return { n: n + 1, d, x: Float64Array.from([...x, ...point]), y: Float64Array.from([...y, latencyValue(point)]) };
}

/** The points as kernels read them. */
export function encodedPoints({ n, d, x }: Pick<LatencyData, 'n' | 'd' | 'x'>): EncodedDesigns {
  const encoding: Encoding = {
    numeric: d,
    categories: 0,
    substances: 0,
    coded: 0,
    fingerprints: [],
    descriptors: [],
    codes: [],
    vectors: [],
  };
  return { ...blankDesigns(0, encoding), n, numeric: x };
}

/** The data as a surrogate learns from it. */
export function trainingSet(data: LatencyData): TrainingSet {
  return {
    designs: encodedPoints(data),
    levels: new Int32Array(data.n),
    losses: data.y.map((value) => -value),
    levelCount: 1,
    finite: false,
  };
}

/** One evaluation of a Gaussian process's log posterior density with its gradient, at the values that a fit starts from. */
export function likelihoodWithGradient({ designs, levels, losses }: TrainingSet): () => number {
  const layout = icmLayout({ ...standardGp(designs.encoding), levels: 1 });
  const objective = icmObjective(layout, { designs, levels, noise: null }, losses);
  const start = Float64Array.from(layout.all, (hyperparameter) => hyperparameter.start);
  const gradient = new Float64Array(layout.size);
  return () => objective(start, gradient);
}
