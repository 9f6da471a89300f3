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
