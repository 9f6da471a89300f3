import { cdf, inverseMillsRatio, logCdf, logDensity } from '../../stats/normal.js';

/** Log of an information in nats, with its derivatives. */
export interface LogInformation {
  readonly log: number;
  readonly byGamma: number;
  readonly byR: number;
}

/** Correlations below which the leading term is taken, and from which nodes stand in a rather than in z. */
const small = 0.02;
const high = 0.7;

/** 1 − r² below which the closed form at r = 1 is taken. */
const nearlyOne = 1e-14;

/** γ beyond which the information falls off as ½·r²·γ·φ(γ), and below which it is held. */
const far = 8;

/** Nodes of the trapezoidal rule, whose error for such integrands falls exponentially with the spacing. */
const spacing = 0.25;
const nodes = (from: number, to: number) =>
  Float64Array.from({ length: Math.round((to - from) / spacing) + 1 }, (_, k) => from + k * spacing);
const z = nodes(-9, 9);
const weights = z.map((value) => spacing * Math.exp(logDensity(value)));
const a = nodes(-14, 9);
const entropies = a.map((value) => spacing * cdf(value) * logCdf(value));

/**
 * Information that one noisy value gives about the target value's staying below a maximum (all larger-is-better).
 *
 * MI(γ, r) = ½·r²·γ·λ − log Φ(γ) + J/Φ(γ),  λ = φ(γ)/Φ(γ),
 * J = ∫ φ(z)·h((γ − r·z)/s) dz,  h(a) = Φ(a)·log Φ(a),  s² = 1 − r²
 *
 * It is the entropy of the value less its entropy given f ≤ f*, an extended skew normal, whose second moment is
 * known; only E log Φ is left to quadrature. For r ≥ 0.7 the integral is taken over a, where h is the same at every
 * call; for r < 0.02 it is −½·log(1 − r²·λ·(γ + λ)), the entropy of a normal of that variance; at r = 1 J vanishes and
 * γ·λ/2 − log Φ(γ) is left, the max-value entropy of the target itself.
 *
 * @param gamma - (f* − μ)/σ of the target value. Beyond 8 the information falls off as γ·φ(γ); below −8 it is held
 * @param r - correlation of the measured value with the target value, noise included; in [0, 1]
 * @returns logarithm of the nats, −∞ at r = 0
 * @see Wang and Jegelka 2017, arXiv:1703.01968; Takeno et al. 2020, arXiv:1901.08275 (several fidelities)
 * @remarks Accuracy: relative 1e-6, tested against a fine quadrature. Cost: about 80 exponentials.
 */
export function maxValueInformation(gamma: number, r: number): LogInformation {
  if (gamma > far) {
    const at = maxValueInformation(far, r);
    const fall = logDensity(gamma) + Math.log(gamma) - logDensity(far) - Math.log(far);
    return { log: at.log + fall, byGamma: 1 / gamma - gamma, byR: at.byR };
  }
  if (gamma < -far) return { ...maxValueInformation(-far, r), byGamma: 0 };
  const lambda = inverseMillsRatio(gamma);
  const lambdaSlope = -lambda * (gamma + lambda);
  if (r < small) return smallInformation(gamma, r, lambda);
  const phi = cdf(gamma);
  const J = integral(gamma, r);
  const value = 0.5 * r * r * gamma * lambda - logCdf(gamma) + J.value / phi;
  const byGamma = 0.5 * r * r * (lambda + gamma * lambdaSlope) - lambda + J.byGamma / phi - (J.value * lambda) / phi;
  const byR = r * gamma * lambda + J.byR / phi;
  return { log: Math.log(value), byGamma: byGamma / value, byR: byR / value };
}

function smallInformation(gamma: number, r: number, lambda: number): LogInformation {
  const delta = lambda * (gamma + lambda);
  const left = 1 - r * r * delta;
  const value = -0.5 * Math.log1p(-r * r * delta);
  const deltaSlope = -lambda * (gamma + lambda) * (gamma + 2 * lambda) + lambda;
  const slope = 0.5 / left / value;
  return {
    // By logarithms, so that it does not vanish with r².
    log: r < 1e-6 ? 2 * Math.log(r) + Math.log(0.5 * delta) : Math.log(value),
    byGamma: r < 1e-6 ? deltaSlope / delta : slope * r * r * deltaSlope,
    byR: r < 1e-6 ? 2 / r : slope * 2 * r * delta,
  };
}

/** J with its derivatives. */
function integral(gamma: number, r: number): { value: number; byGamma: number; byR: number } {
  const square = 1 - r * r;
  let [value, byGamma, byR] = [0, 0, 0];
  if (square < nearlyOne) return { value, byGamma, byR };
  const s = Math.sqrt(square);
  if (r >= high) {
    for (let k = 0; k < a.length; k++) {
      const b = (gamma - s * a[k]!) / r;
      const term = entropies[k]! * Math.exp(logDensity(b));
      value += term;
      byGamma -= (term * b) / r;
      byR -= term * b * (a[k]! / s - b / r);
    }
    const scale = s / r;
    return { value: scale * value, byGamma: scale * byGamma, byR: scale * byR - value / (s * r * r) };
  }
  for (let k = 0; k < z.length; k++) {
    const at = (gamma - r * z[k]!) / s;
    const log = logCdf(at);
    value += weights[k]! * Math.exp(log) * log;
    const slope = weights[k]! * Math.exp(logDensity(at)) * (log + 1);
    byGamma += slope / s;
    byR += (slope * (gamma * r - z[k]!)) / (s * square);
  }
  return { value, byGamma, byR };
}
