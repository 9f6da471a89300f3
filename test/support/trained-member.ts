import { inverse, Matrix } from 'ml-matrix';
import { concatDesigns, type EncodedDesigns } from '../../models/encode/encoded-designs.js';
import { columnsOf } from '../../models/encode/plain-columns.js';
import {
  type FittedSurrogate,
  lossScale,
  type SurrogateType,
  type TrainingSet,
} from '../../models/surrogate/contract.js';

const steps = 200;
const penalty = 1e-3;
/** Standard deviation of the weights about the trained ones, in those of the noise. */
const looseness = 3;

/**
 * A linear surrogate whose weights are trained step by step and kept as an artefact: a ridge regression on the columns of the
 * encoder by descent, from the weights of the earlier fit, and then a posterior of weights about the trained ones. Of one level.
 */
export const trainedMember: SurrogateType<Promise<FittedSurrogate>> = {
  name: 'trained',
  description: 'ridge regression with trained weights',
  sees: 'target',
  fit: async (training, { artefact, optimise }) => {
    const start = artefact === undefined ? null : new Float64Array(artefact.slice().buffer);
    if (!optimise && start === null) throw new Error('trained weights are wanted, and none are given');
    const rows = rowsOf(training.designs);
    const weights = optimise ? await trained(rows, training.losses, start) : start!;
    return new TrainedPosterior(weights, training, training.designs, training.losses);
  },
};

/** Rows of columns, the first of which is 1. */
function rowsOf(designs: EncodedDesigns): number[][] {
  const columns = columnsOf(designs, []);
  const width = columns.length / Math.max(1, designs.n);
  return Array.from({ length: designs.n }, (_, i) => [1, ...columns.subarray(i * width, (i + 1) * width)]);
}

async function trained(rows: number[][], losses: Float64Array, start: Float64Array | null): Promise<Float64Array> {
  const n = rows.length;
  const weights = start ?? new Float64Array(rows[0]!.length);
  const rate = n / (rows.reduce((sum, row) => sum + row.reduce((a, b) => a + b * b, 0), 0) + n * penalty);
  for (let step = 0; step < steps; step++) {
    // Others have their turn, as while a session runs.
    if (step % 50 === 0) await new Promise<void>((done) => setImmediate(done));
    const slope = weights.map((weight) => penalty * weight);
    rows.forEach((row, i) => {
      const error = (dot(row, weights) - losses[i]!) / n;
      row.forEach((value, j) => {
        slope[j] = slope[j]! + error * value;
      });
    });
    slope.forEach((value, j) => {
      weights[j] = weights[j]! - rate * value;
    });
  }
  return weights;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

class TrainedPosterior implements FittedSurrogate {
  readonly hyperparameters: readonly number[] = [];
  readonly jitter = 0;
  readonly scale = lossScale;
  readonly screen = null;
  readonly noise: readonly number[];
  readonly logPosterior: number;
  private readonly mean: readonly number[];
  private readonly spread: Matrix;

  constructor(
    private readonly weights: Float64Array,
    private readonly training: TrainingSet,
    private readonly designs: EncodedDesigns,
    private readonly losses: Float64Array,
  ) {
    const own = rowsOf(training.designs);
    const errors = own.map((row, i) => (training.losses[i]! - dot(row, weights)) ** 2);
    const noise = Math.max(1e-8, errors.reduce((a, b) => a + b, 0) / own.length);
    const rows = new Matrix(rowsOf(designs));
    const prior = Matrix.eye(weights.length).div(looseness ** 2 * noise);
    this.spread = inverse(rows.transpose().mmul(rows).div(noise).add(prior));
    const residual = Matrix.columnVector(rows.to2DArray().map((row, i) => losses[i]! - dot(row, weights)));
    const shift = this.spread.mmul(rows.transpose()).mmul(residual).div(noise).to1DArray();
    this.mean = shift.map((value, j) => value + weights[j]!);
    this.noise = [noise];
    this.logPosterior = -own.length * Math.log(noise);
  }

  get artefact(): Uint8Array {
    return new Uint8Array(this.weights.slice().buffer);
  }

  posterior(candidates: EncodedDesigns) {
    const rows = rowsOf(candidates);
    const variance = Float64Array.from(rows, (row) => dot(this.spreadOf(row), row));
    return { mean: [this.meansOf(rows)], variance: [variance], covariance: [variance] };
  }

  joint(candidates: EncodedDesigns) {
    const rows = rowsOf(candidates);
    return { mean: this.meansOf(rows), covariance: this.between(rows, rows) };
  }

  anchored(anchors: EncodedDesigns) {
    const rows = rowsOf(anchors);
    const width = anchors.encoding.numeric;
    return {
      ...this.joint(anchors),
      with: (candidates: EncodedDesigns) => this.between(rowsOf(candidates), rows),
      local: (candidate: EncodedDesigns) => ({
        covariance: this.between(rowsOf(candidate), rows),
        gradient: Float64Array.from(rows.flatMap((row) => this.spreadOf(row).slice(1, 1 + width))),
      }),
    };
  }

  local(candidate: EncodedDesigns) {
    const [row] = rowsOf(candidate) as [number[]];
    const width = candidate.encoding.numeric;
    const across = this.spreadOf(row);
    const variance = Float64Array.of(dot(across, row));
    const slopes = [Float64Array.from(across.slice(1, 1 + width), (value) => 2 * value)];
    return {
      mean: this.meansOf([row]),
      variance,
      covariance: variance,
      meanGradient: [Float64Array.from(this.mean.slice(1, 1 + width))],
      varianceGradient: slopes,
      covarianceGradient: slopes,
    };
  }

  condition(designs: EncodedDesigns, _levels: Int32Array, losses?: Float64Array): FittedSurrogate {
    const further = losses ?? this.meansOf(rowsOf(designs));
    const all = Float64Array.of(...this.losses, ...further);
    return new TrainedPosterior(this.weights, this.training, concatDesigns(this.designs, designs), all);
  }

  leaveOneOut() {
    const noise = this.noise[0]!;
    const parts = rowsOf(this.training.designs).map((row, i) => {
      const own = dot(this.spreadOf(row), row);
      const lever = own / noise;
      const mean = (dot(row, this.mean) - lever * this.training.losses[i]!) / (1 - lever);
      return { mean, variance: own / (1 - lever) + noise };
    });
    const of = (name: 'mean' | 'variance') => Float64Array.from(parts, (part) => part[name]);
    return { mean: of('mean'), variance: of('variance') };
  }

  private meansOf(rows: readonly number[][]): Float64Array {
    return Float64Array.from(rows, (row) => dot(row, this.mean));
  }

  private spreadOf(row: readonly number[]): number[] {
    return this.spread.mmul(Matrix.columnVector([...row])).to1DArray();
  }

  private between(left: readonly number[][], right: readonly number[][]): Float64Array {
    const across = right.map((row) => this.spreadOf(row));
    return Float64Array.from(left.flatMap((row) => across.map((other) => dot(row, other))));
  }
}
