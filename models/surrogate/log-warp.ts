/**
 * Logarithmic output warp that spreads out the best losses, with its scale learned like a hyperparameter.
 *
 * g(loss) = log(1 + (z − z_min)/s) for z ≥ z_min, linear below;  z = (loss − mean)/sd
 * t = (g − mean g)/sd g over the training rows
 *
 * Small s separates the values near the best one; large s leaves the losses as they are. The warp rises with the loss,
 * so a lower t is better.
 */
export class LogWarp {
  private constructor(
    private readonly mean: number,
    private readonly sd: number,
    private readonly least: number,
    private readonly s: number,
    private readonly gMean: number,
    private readonly gSd: number,
    /** Log of the Jacobian: Σ log dt/dz over the training rows. */
    readonly logJacobian: number,
    /** Warped training losses, [n]. */
    readonly values: Float64Array,
    /** Derivatives by log s of the warped training losses, [n], and of the log of the Jacobian. */
    readonly byLogS: { readonly values: Float64Array; readonly logJacobian: number },
  ) {}

  /** The warp of these losses with the scale s = exp(logS), in standard deviations of the losses. */
  static of(losses: Float64Array, logS: number): LogWarp {
    const { mean, sd } = moments(losses);
    const z = losses.map((loss) => (loss - mean) / sd);
    const least = z.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const s = Math.exp(logS);
    const g = z.map((value) => Math.log1p((value - least) / s));
    const scale = moments(g);
    const values = g.map((value) => (value - scale.mean) / scale.sd);
    let logJacobian = -z.length * Math.log(scale.sd);
    // dg/d log s = −a/(s + a) for a = z − z_min; the mean and sd of g move with it.
    const dg = z.map((value) => -(value - least) / (s + value - least));
    const dgMean = dg.reduce((sum, value) => sum + value, 0) / dg.length;
    const dLogSd = dg.reduce((sum, value, i) => sum + value * values[i]!, 0) / (dg.length * scale.sd);
    let dLogJacobian = -z.length * dLogSd;
    for (const value of z) {
      logJacobian -= Math.log(s + value - least);
      dLogJacobian -= s / (s + value - least);
    }
    const dValues = dg.map((value, i) => (value - dgMean) / scale.sd - values[i]! * dLogSd);
    const byLogS = { values: dValues, logJacobian: dLogJacobian };
    return new LogWarp(mean, sd, least, s, scale.mean, scale.sd, logJacobian, values, byLogS);
  }

  /** t of a loss. */
  toLatent(loss: number): number {
    const above = (loss - this.mean) / this.sd - this.least;
    const g = above >= 0 ? Math.log1p(above / this.s) : above / this.s;
    return (g - this.gMean) / this.gSd;
  }

  /** The loss at t. */
  toLoss(t: number): number {
    const g = t * this.gSd + this.gMean;
    const above = g >= 0 ? this.s * Math.expm1(g) : this.s * g;
    return (above + this.least) * this.sd + this.mean;
  }
}

function moments(values: Float64Array): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, sd: variance > 1e-16 * Math.max(1e-300, mean * mean) ? Math.sqrt(variance) : 1 };
}
