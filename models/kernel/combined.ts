import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { DesignKernel, Hyperparameter, TrainingKernel } from './contract.js';

/** Prior of the logit of a share of the variance: normal, with the share it is centred on. */
export interface SharePrior {
  readonly mean: number;
  readonly sd: number;
}

/** Even odds, wide: the data decide. */
const evenShare: SharePrior = { mean: 0, sd: 1 };

/**
 * Weighted sum of two kernels: k = (1 − w)·k₁ + w·k₂, for losses that are a sum of two independent parts.
 *
 * Hyperparameters: those of k₁, those of k₂, logit w.
 */
export class SumKernel implements DesignKernel {
  readonly hyperparameters: readonly Hyperparameter[];

  constructor(
    private readonly first: DesignKernel,
    private readonly second: DesignKernel,
    prior: SharePrior = evenShare,
  ) {
    const share = { ...prior, lower: -6, upper: 4, start: prior.mean };
    this.hyperparameters = [...first.hyperparameters, ...second.hyperparameters, share];
  }

  cross(theta: ArrayLike<number>, a: EncodedDesigns, b: EncodedDesigns): Float64Array {
    const [one, two, w] = this.parts(theta);
    const second = this.second.cross(two, a, b);
    return this.first.cross(one, a, b).map((value, at) => mixed(value, second[at]!, w));
  }

  training(designs: EncodedDesigns): TrainingKernel {
    const { n } = designs;
    const [first, second] = [this.first.training(designs), this.second.training(designs)];
    const other = new Float64Array(n * n);
    const own = new Float64Array(n * n);
    let w = 0;
    return {
      evaluate: (theta, K) => {
        const [one, two, share] = this.parts(theta);
        w = share;
        first.evaluate(one, own);
        second.evaluate(two, other);
        eachPair(n, (at) => {
          K[at] = mixed(own[at]!, other[at]!, w);
        });
      },
      pullback: (W, gradient) => {
        const split = this.first.hyperparameters.length;
        const last = gradient.length - 1;
        first.pullback(W, gradient.subarray(0, split));
        second.pullback(W, gradient.subarray(split, last));
        for (let q = 0; q < last; q++) gradient[q] = gradient[q]! * (q < split ? 1 - w : w);
        let sum = 0;
        eachPair(n, (at) => {
          sum += W[at]! * (other[at]! - own[at]!);
        });
        // dw/d logit w = w·(1 − w)
        gradient[last] = sum * w * (1 - w);
      },
    };
  }

  local(theta: ArrayLike<number>, designs: EncodedDesigns, candidate: EncodedDesigns) {
    const [one, two, w] = this.parts(theta);
    const a = this.first.local(one, designs, candidate);
    const b = this.second.local(two, designs, candidate);
    return {
      value: a.value.map((value, at) => mixed(value, b.value[at]!, w)),
      gradient: a.gradient.map((value, at) => mixed(value, b.gradient[at]!, w)),
    };
  }

  private parts(theta: ArrayLike<number>): readonly [Float64Array, Float64Array, number] {
    const all = Float64Array.from(theta).subarray(0, this.hyperparameters.length);
    const split = this.first.hyperparameters.length;
    return [all.subarray(0, split), all.subarray(split, -1), 1 / (1 + Math.exp(-all[all.length - 1]!))];
  }
}

/** (1 − w)·a + w·b, 1 where both are. */
function mixed(a: number, b: number, w: number): number {
  return a + w * (b - a);
}

/** Calls `visit` with the place of every pair in the lower triangle of a row-major [n × n]. */
function eachPair(n: number, visit: (at: number) => void): void {
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) visit(i * n + j);
}
