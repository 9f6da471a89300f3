/** The logarithm of a number, with its derivatives by a mean and a variance. */
export interface Logged {
  readonly log: number;
  readonly byMean: number;
  readonly byVariance: number;
}

/** The logarithm of 0. */
export const nothing: Logged = { log: Number.NEGATIVE_INFINITY, byMean: 0, byVariance: 0 };

/** Of the sum of two numbers. */
export function plus(one: Logged, other: Logged): Logged {
  const high = Math.max(one.log, other.log);
  if (high === Number.NEGATIVE_INFINITY) return nothing;
  const [a, b] = [Math.exp(one.log - high), Math.exp(other.log - high)];
  const sum = a + b;
  return {
    log: high + Math.log(sum),
    byMean: (a * one.byMean + b * other.byMean) / sum,
    byVariance: (a * one.byVariance + b * other.byVariance) / sum,
  };
}

/** Of a number times another one that is constant. @param log - that of the constant */
export function times(one: Logged, log: number): Logged {
  return { ...one, log: one.log + log };
}
