import type { Design } from '../domain/design.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';
import type { StartModel } from '../domain/start.js';
import { isScaled } from './levels.js';

/** Terms of a parameter by itself: what its products with those of others are made of. */
interface Group {
  readonly isMixture: boolean;
  readonly isNumber: boolean;
  readonly width: number;
  terms(design: Design): readonly number[];
}

const order: Readonly<Record<StartModel, number>> = { linear: 1, interactions: 2, quadratic: 3, 'special-cubic': 4 };

/** The terms of a polynomial in the parameters of a space. */
export interface Terms {
  readonly count: number;
  of(design: Design): Float64Array;
}

/**
 * The terms of a model: numbers from -1 to 1 over their ranges, names by effects (one term fewer than there are, the last -1 in all), mixtures by
 * Scheffé's polynomials, x_i and x_i·x_j without a constant. `interactions` adds all products of two parameters, and of two components;
 * `quadratic` the squares of numbers; `special-cubic` the products of three components.
 *
 * Terms may depend on one another, as those of two mixtures do; see `Basis`.
 *
 * @see Scheffé 1958, Journal of the Royal Statistical Society B 20, 344
 */
export function termsOf({ parameters }: Pick<Space, 'parameters'>, model: StartModel): Terms {
  const groups = parameters.flatMap((parameter): Group[] => {
    const type = typeOf(parameter);
    const { name } = parameter;
    if (isScaled(parameter)) {
      const scaled = (design: Design) => {
        const feature = type.feature(parameter, design[name]!);
        return feature.kind === 'numeric' ? 2 * feature.value - 1 : 0;
      };
      return [{ isMixture: false, isNumber: true, width: 1, terms: (design) => [scaled(design)] }];
    }
    if (parameter.type === 'composition') {
      const fractions = (design: Design) => {
        const feature = type.feature(parameter, design[name]!);
        return parameter.components.map((one) => (feature.kind === 'mixture' ? (feature.fractions[one] ?? 0) : 0));
      };
      return [{ isMixture: true, isNumber: false, width: parameter.components.length, terms: fractions }];
    }
    const values = type.values(parameter)!;
    const places = new Map(values.map((value, i) => [value, i]));
    const width = values.length - 1;
    const effects = (design: Design) => {
      const at = places.get(design[name]!)!;
      return Array.from({ length: width }, (_, i) => (at === width ? -1 : at === i ? 1 : 0));
    };
    return [{ isMixture: false, isNumber: false, width, terms: effects }];
  });
  const degree = order[model];
  const constant = groups.some(({ isMixture }) => isMixture) ? [] : [1];
  // Mixtures first, so that what follows from others is left out of the rest.
  const sorted = [...groups.filter(({ isMixture }) => isMixture), ...groups.filter(({ isMixture }) => !isMixture)];
  const of = (design: Design) => {
    const own = sorted.map((group) => group.terms(design));
    const terms = [...constant, ...own.flat()];
    if (degree >= 2)
      for (const [g, one] of own.entries()) {
        if (sorted[g]!.isMixture) terms.push(...pairs(one));
        for (let h = 0; h < g; h++) for (const a of own[h]!) for (const b of one) terms.push(a * b);
      }
    if (degree >= 3) own.forEach(([first], g) => void (sorted[g]!.isNumber && terms.push(first! ** 2)));
    if (degree >= 4) own.forEach((one, g) => void (sorted[g]!.isMixture && terms.push(...triples(one))));
    return Float64Array.from(terms);
  };
  return { count: countOf(sorted, degree) + constant.length, of };
}

/** How many terms that is, without making them. */
function countOf(groups: readonly Group[], degree: number): number {
  let [count, before] = [0, 0];
  for (const { width, isMixture, isNumber } of groups) {
    count += width;
    if (degree >= 2) count += before * width + (isMixture ? (width * (width - 1)) / 2 : 0);
    if (degree >= 3 && isNumber) count += 1;
    if (degree >= 4 && isMixture) count += (width * (width - 1) * (width - 2)) / 6;
    before += width;
  }
  return count;
}

function pairs(values: readonly number[]): number[] {
  return values.flatMap((a, i) => values.slice(0, i).map((b) => a * b));
}

function triples(values: readonly number[]): number[] {
  return values.flatMap((a, i) => pairs(values.slice(0, i)).map((b) => a * b));
}
