import { variance } from 'simple-statistics';
import type { Design, ParameterValue } from '../../domain/design.js';

/** A factor whose effect is wanted, with the values that it is set to. */
export interface Factor {
  readonly name: string;
  readonly values: readonly ParameterValue[];
}

/** What changes in the mean when one factor is changed and all others stay as they are. */
export interface MainEffect {
  readonly name: string;
  /** Mean over the background with the factor at each value, in the order of the factor's values. */
  readonly curve: readonly { readonly value: ParameterValue; readonly mean: number }[];
  /** Highest less lowest of the curve, ≥ 0. */
  readonly range: number;
  /** Variance of the curve as a part of the variances of all curves, in [0, 1]; 0 where nothing has an effect. */
  readonly share: number;
}

/**
 * The main effect of each factor on a function of designs, strongest first.
 *
 * f_p(v) = mean over b of f(b with p = v),  share_p = Var f_p/Σ_q Var f_q
 *
 * Interactions are averaged over the background and do not show.
 *
 * @param background - designs over which is averaged, at least one
 * @see Friedman 2001, Ann. Stat. 29, 1189 (partial dependence)
 */
export function mainEffects(
  predict: (designs: readonly Design[]) => ArrayLike<number>,
  factors: readonly Factor[],
  background: readonly Design[],
): MainEffect[] {
  const curves = factors.map(({ name, values }) => ({
    name,
    curve: values.map((value) => {
      const means = predict(background.map((design) => ({ ...design, [name]: value })));
      return { value, mean: Array.from(means).reduce((sum, mean) => sum + mean, 0) / background.length };
    }),
  }));
  const variances = curves.map(({ curve }) => variance(curve.map(({ mean }) => mean)));
  const total = variances.reduce((sum, variance) => sum + variance, 0);
  return curves
    .map(({ name, curve }, p) => {
      const means = curve.map(({ mean }) => mean);
      const range = Math.max(...means) - Math.min(...means);
      return { name, curve, range, share: total > 0 ? variances[p]! / total : 0 };
    })
    .sort((a, b) => b.share - a.share);
}
