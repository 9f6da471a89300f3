import { moments, type OutputTransform } from './output-transform.js';

/**
 * Logarithmic output transform that spreads out the best losses, with its scale learned.
 *
 * g(loss) = log(1 + (z − z_min)/s) for z ≥ z_min, linear below;  z = (loss − mean)/sd
 * t = (g − mean g)/sd g over the training rows
 *
 * Small s separates the values near the best one; large s leaves the losses as they are. The parameter is log s ~
 * N(2.5, 1.5), s in [0.03, e^3.5]: near to no transform unless the losses ask for one.
 */
export const logWarp: OutputTransform = {
  name: 'log',
  parameter: { mean: 2.5, sd: 1.5, lower: Math.log(0.03), upper: 3.5, start: 1 },
  of: (losses, logS) => {
    const { mean, sd } = moments(losses);
    const n = losses.length;
    // Loops, and no callbacks: a fit comes here at every evaluation.
    const above = new Float64Array(n);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < n; i++) {
      above[i] = (losses[i]! - mean) / sd;
      least = Math.min(least, above[i]!);
    }
    const s = Math.exp(logS);
    const g = new Float64Array(n);
    // dg/d log s = −a/(s + a) for a = z − z_min; the mean and sd of g move with it.
    const dg = new Float64Array(n);
    let dgMean = 0;
    for (let i = 0; i < n; i++) {
      above[i] = above[i]! - least;
      g[i] = Math.log1p(above[i]! / s);
      dg[i] = -above[i]! / (s + above[i]!);
      dgMean += dg[i]! / n;
    }
    const scale = moments(g);
    const values = new Float64Array(n);
    let dLogSd = 0;
    for (let i = 0; i < n; i++) {
      values[i] = (g[i]! - scale.mean) / scale.sd;
      dLogSd += (dg[i]! * values[i]!) / (n * scale.sd);
    }
    // Σ log(s + a) = Σ g + n·log s
    let logJacobian = -n * (Math.log(scale.sd) + logS);
    let dLogJacobian = -n * dLogSd;
    const byValues = new Float64Array(n);
    const logSlopes = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const slope = -s / (s + above[i]!);
      logJacobian -= g[i]!;
      dLogJacobian += slope;
      byValues[i] = (dg[i]! - dgMean) / scale.sd - values[i]! * dLogSd;
      logSlopes[i] = slope - dLogSd;
    }
    return {
      values,
      logJacobian,
      byParameter: { values: byValues, logSlopes, logJacobian: dLogJacobian },
      toLatent: (loss) => {
        const a = (loss - mean) / sd - least;
        const warped = a >= 0 ? Math.log1p(a / s) : a / s;
        return (warped - scale.mean) / scale.sd;
      },
      toLoss: (t) => {
        const warped = t * scale.sd + scale.mean;
        const a = warped >= 0 ? s * Math.expm1(warped) : s * warped;
        return (a + least) * sd + mean;
      },
      slope: (loss) => 1 / ((s + Math.max(0, (loss - mean) / sd - least)) * scale.sd * sd),
    };
  },
};
