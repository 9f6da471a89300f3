import { moments, type OutputTransform } from './output-transform.js';

/**
 * Yeo-Johnson transform of standardised losses, which pulls in one tail and stretches the other.
 *
 * g(z) = ((1 + z)^λ − 1)/λ for z ≥ 0, −((1 − z)^(2 − λ) − 1)/(2 − λ) below;  t = (g − mean g)/sd g
 *
 * λ = 1 is the identity; λ < 1 pulls in high losses. λ ~ N(1, 0.5) in [−1, 3].
 *
 * @see Yeo and Johnson 2000, Biometrika 87, 954
 */
export const yeoJohnson: OutputTransform = {
  name: 'yeo-johnson',
  parameter: { mean: 1, sd: 0.5, lower: -1, upper: 3, start: 1 },
  of: (losses, lambda) => {
    const base = moments(losses);
    const z = losses.map((loss) => (loss - base.mean) / base.sd);
    const g = z.map((value) => transformed(value, lambda));
    const scale = moments(g);
    const values = g.map((value) => (value - scale.mean) / scale.sd);
    const dg = z.map((value) => byLambda(value, lambda));
    const n = z.length;
    const dMean = dg.reduce((sum, value) => sum + value / n, 0);
    const isFlat = values.every((value) => value === 0);
    const dLogSd = isFlat ? 0 : dg.reduce((sum, value, i) => sum + (value * values[i]!) / n, 0) / scale.sd;
    let logJacobian = -n * Math.log(scale.sd);
    let dLogJacobian = -n * dLogSd;
    for (const value of z) {
      logJacobian += logSlope(value, lambda);
      dLogJacobian += logSlopeByLambda(value);
    }
    const toZ = (loss: number) => (loss - base.mean) / base.sd;
    return {
      values,
      logJacobian,
      byParameter: {
        values: dg.map((value, i) => (value - dMean) / scale.sd - values[i]! * dLogSd),
        logSlopes: z.map((value) => logSlopeByLambda(value) - dLogSd),
        logJacobian: dLogJacobian,
      },
      toLatent: (loss) => (transformed(toZ(loss), lambda) - scale.mean) / scale.sd,
      toLoss: (t) => inverse(t * scale.sd + scale.mean, lambda) * base.sd + base.mean,
      slope: (loss) => Math.exp(logSlope(toZ(loss), lambda)) / (scale.sd * base.sd),
    };
  },
};

/** ((1 + x)^p − 1)/p for x ≥ 0, log(1 + x) at p = 0. */
function power(x: number, p: number): number {
  return Math.abs(p) < 1e-9 ? Math.log1p(x) : Math.expm1(p * Math.log1p(x)) / p;
}

function transformed(z: number, lambda: number): number {
  return z >= 0 ? power(z, lambda) : -power(-z, 2 - lambda);
}

/** d/dp of `power`: ((1 + x)^p·log(1 + x) − power)/p. */
function byPower(x: number, p: number): number {
  const l = Math.log1p(x);
  return Math.abs(p) < 1e-6 ? (l * l) / 2 : (Math.exp(p * l) * l - power(x, p)) / p;
}

function byLambda(z: number, lambda: number): number {
  return z >= 0 ? byPower(z, lambda) : byPower(-z, 2 - lambda);
}

function logSlope(z: number, lambda: number): number {
  return z >= 0 ? (lambda - 1) * Math.log1p(z) : (1 - lambda) * Math.log1p(-z);
}

function logSlopeByLambda(z: number): number {
  return z >= 0 ? Math.log1p(z) : -Math.log1p(-z);
}

/** The z with that transform; beyond what the family reaches, the largest finite step. */
function inverse(g: number, lambda: number): number {
  const back = (value: number, p: number) => {
    if (Math.abs(p) < 1e-9) return Math.expm1(value);
    const base = 1 + p * value;
    return base > 0 ? Math.expm1(Math.log(base) / p) : Number.MAX_VALUE ** 0.5;
  };
  return g >= 0 ? back(g, lambda) : -back(-g, 2 - lambda);
}
