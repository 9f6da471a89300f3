import type { Expression } from './expression.js';
import { add, div, exp, mul, neg, scale, sub, tanh } from './operators.js';

/** Of erfc(z) for z ≥ 0, as z = 2/t − 2 and erfc(z) = t·exp(−z² + Σ' c_j·T_j(2t − 1)). @see Press et al., Numerical Recipes, 6.2.2 */
const chebyshev = [
  -1.3026537197817094, 0.64196979235649, 1.9476473204185836e-2, -9.561514786808631e-3, -9.46595344482036e-4,
  3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5, -1.624290004647e-6, 1.30365583558e-6, 1.5626441722e-8,
  -8.5238095915e-8, 6.529054439e-9, 5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12,
  -6.886027e-12, 8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16, -2.8e-17,
] as const;

/**
 * Error function. Accuracy: absolute 1e-15 in 64 bits, for which ONNX Runtime has no operator; that of `Erf` in 32.
 */
export function erf(x: Expression): Expression {
  const { tape, shape } = x;
  const made = tape.type === 'float32' ? tape.graph.node('Erf', [x.value]) : longErf(tape.apart(x)).value;
  const pull = (g: Expression) => [mul(g, scale(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))];
  return tape.record(made, [x], { shape, pull });
}

function longErf(x: Expression): Expression {
  const { tape, shape } = x;
  const of = (type: string) => tape.given(tape.graph.node(type, [x.value]), shape);
  const z = of('Abs');
  const t = div(tape.scalar(2), add(z, tape.scalar(2)));
  const y = sub(scale(t, 4), tape.scalar(2));
  // Clenshaw's recurrence.
  let [d, before] = [tape.scalar(0), tape.scalar(0)];
  for (const c of chebyshev.slice(1).reverse()) [d, before] = [add(sub(mul(y, d), before), tape.scalar(c)), d];
  const sum = sub(scale(add(tape.scalar(chebyshev[0]), mul(y, d)), 0.5), before);
  const rest = mul(t, exp(sub(sum, mul(z, z))));
  return mul(of('Sign'), sub(tape.scalar(1), rest));
}

/**
 * Gaussian error linear unit: x·Φ(x), or by its tanh form x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
 */
export function gelu(x: Expression, form: 'exact' | 'tanh' = 'exact'): Expression {
  const one = x.tape.scalar(1);
  if (form === 'exact') return mul(x, scale(add(erf(scale(x, Math.SQRT1_2)), one), 0.5));
  const cubic = add(x, scale(mul(x, mul(x, x)), 0.044715));
  return mul(scale(x, 0.5), add(tanh(scale(cubic, Math.sqrt(2 / Math.PI))), one));
}

/** max(x, 0); the gradient at 0 is 0. */
export function relu(x: Expression): Expression {
  const { tape, shape } = x;
  const pull = (g: Expression, y: Expression) => [mul(g, tape.given(tape.graph.node('Sign', [y.value]), shape))];
  return tape.operate('Relu', [x], { shape, pull });
}

/** x to a fixed power; the gradient needs x > 0, or a power that is whole. */
export function pow(x: Expression, power: number): Expression {
  const raised = (by: number) => tape.graph.node('Pow', [x.value, tape.scalar(by).value]);
  const { tape, shape } = x;
  const pull = (g: Expression) => [mul(g, scale(tape.given(raised(power - 1), shape), power))];
  return tape.record(raised(power), [x], { shape, pull });
}
