import { withMeans } from '../domain/constraints/mixture-means.js';
import { termOf } from '../domain/constraints/terms.js';
import type { Design, ParameterValue } from '../domain/design.js';
import { evaluate } from '../domain/expression/evaluate.js';
import { type Interval, intervalOf } from '../domain/expression/interval.js';
import { parseExpression } from '../domain/expression/parse.js';
import { namesIn, type Tree } from '../domain/expression/tree.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Space } from '../domain/space.js';

/** Combinations of listed values up to which each is looked at. */
const mostCombinations = 5_000;

/**
 * An interval that has all values of an expression over the designs of a space, constraints or no: the values themselves over the rows of a
 * pool and over lists, intervals over ranges and amounts.
 *
 * @param expression - one without faults
 * @returns null where nothing is known, or lists have too many combinations
 */
export function valuesWithin(expression: string, space: Space): Interval | null {
  const { parameters, properties = {}, pool } = space;
  const tree = withMeans(parseExpression(expression) as Tree, space);
  const names = namesIn(tree);
  const terms = new Map(names.map((name) => [name, termOf(name, parameters)]));
  const within: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const take = (low: number, high: number) => {
    within[0] = Math.min(within[0], low);
    within[1] = Math.max(within[1], high);
  };
  const valueAt = (design: Design) => (name: string) => terms.get(name)?.of(design) ?? design[name]!;
  if (pool !== null) {
    for (const design of pool.designs) {
      const value = evaluate(tree, { of: valueAt(design), properties });
      if (typeof value === 'number' && Number.isFinite(value)) take(value, value);
    }
    return within[0] > within[1] ? null : within;
  }
  const lists = parameters.flatMap((parameter) => {
    const isSpoken = names.some((name) => (terms.get(name)?.parameter.name ?? name) === parameter.name);
    const values = isSpoken && parameter.type !== 'integer' ? typeOf(parameter).values(parameter) : null;
    return values === null ? [] : [{ name: parameter.name, values }];
  });
  if (lists.reduce((product, { values }) => product * values.length, 1) > mostCombinations) return null;
  for (const design of combinations(lists)) {
    const range = (name: string): Interval | string => {
      const term = terms.get(name);
      const owner = term?.parameter.name ?? name;
      if (term && !Object.hasOwn(design, owner)) return [term.low, term.high];
      const value = valueAt(design)(name);
      return typeof value === 'number' ? [value, value] : value;
    };
    take(...intervalOf(tree, { of: range, properties }));
  }
  return Number.isFinite(within[0]) && Number.isFinite(within[1]) ? within : null;
}

function* combinations(
  lists: readonly { readonly name: string; readonly values: readonly ParameterValue[] }[],
): Generator<Design> {
  const [first, ...rest] = lists;
  if (first === undefined) yield {};
  else
    for (const value of first.values) for (const design of combinations(rest)) yield { [first.name]: value, ...design };
}
