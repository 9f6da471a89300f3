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
    const z = losses.map((loss) => (loss - mean) / sd);
    const least = z.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const s = Math.exp(logS);
    const g = z.map((value) => Math.log1p((value - least) / s));
    const scale = moments(g);
    const values = g.map((value) => (value - scale.mean) / scale.sd);
    const n = z.length;
    let logJacobian = -n * Math.log(scale.sd);
    // dg/d log s = −a/(s + a) for a = z − z_min; the mean and sd of g move with it.
    const dg = z.map((value) => -(value - least) / (s + value - least));
    const dgMean = dg.reduce((sum, value) => sum + value, 0) / n;
    const dLogSd = dg.reduce((sum, value, i) => sum + value * values[i]!, 0) / (n * scale.sd);
    let dLogJacobian = -n * dLogSd;
    for (const value of z) {
      logJacobian -= Math.log(s + value - least);
      dLogJacobian -= s / (s + value - least);
    }
    return {
      values,
      logJacobian,
      byParameter: {
        values: dg.map((value, i) => (value - dgMean) / scale.sd - values[i]! * dLogSd),
        logSlopes: z.map((value) => -s / (s + value - least) - dLogSd),
        logJacobian: dLogJacobian,
      },
      toLatent: (loss) => {
        const above = (loss - mean) / sd - least;
        const warped = above >= 0 ? Math.log1p(above / s) : above / s;
        return (warped - scale.mean) / scale.sd;
      },
      toLoss: (t) => {
        const warped = t * scale.sd + scale.mean;
        const above = warped >= 0 ? s * Math.expm1(warped) : s * warped;
        return (above + least) * sd + mean;
      },
      slope: (loss) => 1 / ((s + Math.max(0, (loss - mean) / sd - least)) * scale.sd * sd),
    };
  },
};
