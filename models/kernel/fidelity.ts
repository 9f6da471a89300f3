/** A kernel over two fidelity numbers in [0, 1], with its derivatives by what it learns, in the order of the arguments. */
export interface FidelityValue {
  readonly value: number;
  readonly slopes: readonly number[];
  /** Derivative by the first of the two fidelities. */
  readonly byFidelity: number;
}

/**
 * Weight of the part of a loss that vanishes at full fidelity, (1 − s)(1 − s')(1 + s·s')^p: a kernel over designs times
 * it, plus another over designs alone, is the linear-truncated kernel.
 *
 * @param s - fidelity in [0, 1], 1 the target
 * @param t - the other fidelity
 * @param p - power > 0
 * @see Poloczek, Wang and Frazier 2017, arXiv:1603.00389; BoTorch 0.18.1, `LinearTruncatedFidelityKernel`
 */
export function linearTruncated(s: number, t: number, p: number): FidelityValue {
  const base = 1 + s * t;
  const power = base ** p;
  const value = (1 - s) * (1 - t) * power;
  return {
    value,
    slopes: [value * Math.log(base)],
    byFidelity: (1 - t) * (((1 - s) * p * t * power) / base - power),
  };
}

/**
 * Values of training curves that flatten as they are continued: c + (1 + (s + s')/ℓ)^−p.
 *
 * @param s - share of all iterations, ≥ 0
 * @param t - the other share
 * @param theta - offset c ≥ 0, power p > 0, lengthscale ℓ > 0
 * @see Swersky, Snoek and Adams 2014, arXiv:1406.3896; BoTorch 0.18.1, `ExponentialDecayKernel`
 */
export function exponentialDecay(s: number, t: number, theta: readonly [number, number, number]): FidelityValue {
  const [offset, power, lengthscale] = theta;
  const base = 1 + (s + t) / lengthscale;
  const decay = base ** -power;
  const byBase = (-power * decay) / base;
  return {
    value: offset + decay,
    slopes: [1, -decay * Math.log(base), (-byBase * (base - 1)) / lengthscale],
    byFidelity: byBase / lengthscale,
  };
}

/**
 * Values learnt from parts of a data set: c + ((1 − s)(1 − s'))^(1 + δ).
 *
 * @param s - share of the data, in [0, 1)
 * @param t - the other share
 * @param theta - offset c ≥ 0, power δ > 0
 * @see Klein et al. 2017, arXiv:1605.07079; BoTorch 0.18.1, `DownsamplingKernel`
 */
export function downsampling(s: number, t: number, theta: readonly [number, number]): FidelityValue {
  const [offset, delta] = theta;
  const left = (1 - s) * (1 - t);
  const power = left ** (1 + delta);
  return {
    value: offset + power,
    // The limit at full fidelity is 0, where the logarithm has none.
    slopes: [1, left === 0 ? 0 : power * Math.log(left)],
    byFidelity: -(1 + delta) * left ** delta * (1 - t),
  };
}
