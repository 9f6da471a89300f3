/** Terms of the continued fraction at most, and what a step of it may still change. */
const terms = { most: 300, change: 1e-15 } as const;

/**
 * Probability that the ratio of two variances estimated from normal values of equal variance exceeds a number: the upper tail of the
 * F distribution, P(F > x) = I_{b/(b + a·x)}(b/2, a/2) with the regularised incomplete beta function I.
 *
 * @param x - ratio, 0 or more
 * @param a - degrees of freedom of the numerator, 1 or more
 * @param b - of the denominator, 1 or more
 * @see DLMF 8.17.22 (continued fraction), 8.17.4 (symmetry)
 * @remarks Accuracy: relative 1e-10, tested against SciPy.
 */
export function fTail(x: number, a: number, b: number): number {
  if (!(x > 0)) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(b / (b + a * x), b / 2, a / 2);
}

function incompleteBeta(x: number, p: number, q: number): number {
  if (x > (p + 1) / (p + q + 2)) return 1 - incompleteBeta(1 - x, q, p);
  const front = Math.exp(p * Math.log(x) + q * Math.log1p(-x) - logBeta(p, q)) / p;
  // Lentz's method.
  const away = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let [c, d] = [1, 1 / away(1 - ((p + q) * x) / (p + 1))];
  let fraction = d;
  for (let m = 1; m <= terms.most; m++) {
    const even = (m * (q - m) * x) / ((p + 2 * m - 1) * (p + 2 * m));
    const odd = (-(p + m) * (p + q + m) * x) / ((p + 2 * m) * (p + 2 * m + 1));
    let step = 1;
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      step = c * d;
      fraction *= step;
    }
    if (Math.abs(step - 1) < terms.change) break;
  }
  return front * fraction;
}

function logBeta(p: number, q: number): number {
  return logGammaHalves(p) + logGammaHalves(q) - logGammaHalves(p + q);
}

/** log Γ of a whole number of halves: degrees of freedom are whole. */
function logGammaHalves(value: number): number {
  let sum = Number.isInteger(value) ? 0 : Math.log(Math.PI) / 2;
  for (let z = Number.isInteger(value) ? 1 : 0.5; z < value; z++) sum += Math.log(z);
  return sum;
}
