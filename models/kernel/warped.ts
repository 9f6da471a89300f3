import { type EncodedDesigns, type Encoding, selectDesigns } from '../encode/encoded-designs.js';
import type { DesignKernel, Hyperparameter, TrainingKernel } from './contract.js';
import { kumaraswamy, type WarpedValue } from './kumaraswamy.js';

/** Prior and box of the log of a concentration. */
const concentration: Hyperparameter = { mean: 0, sd: Math.sqrt(0.1), lower: -2, upper: 2, start: 0 };

/** One number of a warped coordinate. */
type Warp = (value: WarpedValue) => number;

/**
 * A kernel, 1 for equal designs, over warped numeric coordinates, for losses that vary faster in one part of a range than in another.
 *
 * k(x, x') = inner(w(x), w(x')),  w_t(x) = 1 − (1 − x_t^a_t)^b_t
 *
 * Hyperparameters: those of the inner kernel, then log a_t and log b_t of each numeric coordinate, all log a first;
 * each ~ N(0, √0.1), so that the prior mode is no warping.
 *
 * @see Snoek et al. 2014, arXiv:1402.0929 (input warping)
 * @remarks Cost: as the inner kernel's, and n times its `local` for the gradient by the concentrations.
 */
export class WarpedKernel implements DesignKernel {
  readonly hyperparameters: readonly Hyperparameter[];
  private readonly width: number;

  constructor(
    private readonly inner: DesignKernel,
    { numeric }: Encoding,
  ) {
    this.width = numeric;
    const concentrations = Array.from({ length: 2 * numeric }, () => concentration);
    this.hyperparameters = [...inner.hyperparameters, ...concentrations];
  }

  cross(theta: ArrayLike<number>, a: EncodedDesigns, b: EncodedDesigns): Float64Array {
    return this.inner.cross(theta, this.warped(theta, a), this.warped(theta, b));
  }

  training(designs: EncodedDesigns): TrainingKernel {
    let at: ArrayLike<number> = [];
    let warped = designs;
    let training = this.inner.training(designs);
    return {
      evaluate: (theta, K) => {
        at = Float64Array.from(theta);
        warped = this.warped(theta, designs);
        training = this.inner.training(warped);
        training.evaluate(theta, K);
      },
      pullback: (W, gradient) => {
        const { width } = this;
        const split = this.inner.hyperparameters.length;
        training.pullback(W, gradient.subarray(0, split));
        if (width === 0) return;
        const byWarped = this.byCoordinates(at, warped, W);
        const byA = this.each(at, designs, ({ byA: by }) => by);
        const byB = this.each(at, designs, ({ byB: by }) => by);
        for (let t = 0; t < width; t++) {
          let [a, b] = [0, 0];
          for (let place = t; place < byWarped.length; place += width) {
            a += byWarped[place]! * byA[place]!;
            b += byWarped[place]! * byB[place]!;
          }
          // d/d log a = a·d/da
          gradient[split + t] = a * Math.exp(at[split + t]!);
          gradient[split + width + t] = b * Math.exp(at[split + width + t]!);
        }
      },
    };
  }

  local(theta: ArrayLike<number>, designs: EncodedDesigns, candidate: EncodedDesigns) {
    const { value, gradient } = this.inner.local(theta, this.warped(theta, designs), this.warped(theta, candidate));
    const byX = this.each(theta, candidate, (one) => one.byX);
    return { value, gradient: gradient.map((slope, place) => slope * byX[place % this.width]!) };
  }

  /** Derivatives of Σ_{j < i} W_ij·k_ij by the warped coordinates, [n × numeric]. */
  private byCoordinates(theta: ArrayLike<number>, warped: EncodedDesigns, W: Float64Array): Float64Array {
    const { n } = warped;
    const { width } = this;
    const result = new Float64Array(n * width);
    for (let i = 0; i < n; i++) {
      const { gradient } = this.inner.local(theta, warped, selectDesigns(warped, [i]));
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        const weight = j < i ? W[i * n + j]! : W[j * n + i]!;
        for (let t = 0; t < width; t++)
          result[i * width + t] = result[i * width + t]! + weight * gradient[j * width + t]!;
      }
    }
    return result;
  }

  private warped(theta: ArrayLike<number>, designs: EncodedDesigns): EncodedDesigns {
    return { ...designs, numeric: this.each(theta, designs, ({ value }) => value) };
  }

  /** One number of the warping of every numeric coordinate, [n × numeric]. */
  private each(theta: ArrayLike<number>, { numeric }: EncodedDesigns, of: Warp): Float64Array {
    const { width } = this;
    const split = this.inner.hyperparameters.length;
    const concentrations = Float64Array.from({ length: 2 * width }, (_, q) => Math.exp(theta[split + q]!));
    return numeric.map((x, place) => {
      const t = place % width;
      return of(kumaraswamy(x, concentrations[t]!, concentrations[width + t]!));
    });
  }
}
