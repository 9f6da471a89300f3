import { type EncodedDesigns, selectDesigns, sliceDesigns } from '../../models/encode/encoded-designs.js';
import { Generator } from '../../models/random/generator.js';
import { bestOfPool } from '../../models/screen/best-of-pool.js';
import { logEiScore, valueBy } from '../../models/screen/screen-pool.js';
import { logImprovement } from '../../models/stats/normal.js';
import type { FittedSurrogate } from '../../models/surrogate/contract.js';
import { gp } from '../../models/surrogate/surrogates.js';
import { cpuSeconds } from './cpu-seconds.js';
import { encodedPoints, latencyData, trainingSet } from './latency-data.js';

/** CPU seconds to score a whole pool. */
export interface PoolLatency {
  readonly candidates: number;
  readonly n: number;
  readonly d: number;
  readonly path: string;
  readonly seconds: number;
}

/** Ways of finding the best row of a pool; a new one is one line here. */
const paths: Readonly<Record<string, PoolPath>> = { posterior: bestByPosterior, screen: bestByScreen };

/** @returns the row, or null where this way is not to be had */
type PoolPath = (
  surrogate: FittedSurrogate,
  pool: EncodedDesigns,
  incumbent: number,
) => number | null | Promise<number | null>;

const n = 200;
const d = 20;
const chunk = 2048;

/** Posterior and log expected improvement of a Gaussian process of 200 trials over pools in 20 dimensions. */
export async function poolLatencies(sizes: readonly number[]): Promise<PoolLatency[]> {
  const training = trainingSet(latencyData(n, d, 0));
  const surrogate = gp.fit(training, { seed: 0, previous: null, optimise: true });
  const incumbent = surrogate.scale.toLatent(training.losses.reduce((a, b) => Math.min(a, b)));
  const random = new Generator(0, 'pool');
  const figures: PoolLatency[] = [];
  for (const candidates of sizes) {
    const pool = encodedPoints({
      n: candidates,
      d,
      x: filled(candidates * d, () => random.uniform()),
    });
    for (const [path, best] of Object.entries(paths)) {
      const first = await best(surrogate, sliceDesigns(pool, 0, Math.min(candidates, chunk)), incumbent);
      if (first === null) continue;
      const { seconds } = await cpuSeconds(() => best(surrogate, pool, incumbent));
      figures.push({ candidates, n, d, path, seconds });
    }
  }
  return figures;
}

/** The same row by a screen in single precision, with exact values where it may be; null without ONNX Runtime. */
async function bestByScreen(surrogate: FittedSurrogate, pool: EncodedDesigns, incumbent: number) {
  const score = logEiScore(incumbent);
  const exact = (rows: Int32Array) => {
    const { mean, variance } = surrogate.posterior(selectDesigns(pool, [...rows]));
    return mean.at(-1)!.map((value, i) => score(value, variance.at(-1)![i]!, { mean: 0, variance: 0 }));
  };
  const value = valueBy(surrogate.screen!, score);
  return (await bestOfPool({ ...value, pool: pool.numeric, excluded: new Uint8Array(pool.n), exact }))?.[0] ?? null;
}

/** The row of the largest log expected improvement by the exact posterior of every row, a chunk at a time. */
function bestByPosterior(surrogate: FittedSurrogate, pool: EncodedDesigns, incumbent: number): number {
  let best = { row: -1, value: Number.NEGATIVE_INFINITY };
  for (let from = 0; from < pool.n; from += chunk) {
    const part = sliceDesigns(pool, from, Math.min(chunk, pool.n - from));
    const posterior = surrogate.posterior(part);
    const [mean, variance] = [posterior.mean.at(-1)!, posterior.variance.at(-1)!];
    for (let i = 0; i < part.n; i++) {
      const sd = Math.sqrt(variance[i]!);
      const value = Math.log(sd) + logImprovement((incumbent - mean[i]!) / sd);
      if (value > best.value) best = { row: from + i, value };
    }
  }
  return best.row;
}

/** As Float64Array.from does it, without a list of all numbers in between. */
function filled(length: number, next: () => number): Float64Array {
  const numbers = new Float64Array(length);
  for (let i = 0; i < length; i++) numbers[i] = next();
  return numbers;
}
