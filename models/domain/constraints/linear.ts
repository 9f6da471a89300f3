import { z } from 'zod';
import type { Fault } from '../fault.js';
import { among } from '../nearest.js';
import type { Parameter } from '../parameters/parameter.js';
import type { ConstraintType, LinearRow } from './contract.js';
import { namesOf, termNames, termOf } from './terms.js';

const schema = z.strictObject({
  type: z.literal('linear'),
  terms: z
    .record(z.string(), z.number())
    .describe("by what each number is multiplied: a numeric parameter, or an amount, as 'blend.A'"),
  min: z.number().optional().describe('what they add up to is at least this'),
  max: z.number().optional().describe('what they add up to is at most this'),
  equals: z.number().optional().describe('what they add up to'),
});
type Linear = z.infer<typeof schema>;

/** A weighted sum of numbers within bounds, or equal to one. */
export const linear: ConstraintType<Linear> = {
  type: 'linear',
  schema,
  faults: ({ terms, min, max, equals }, { parameters }) => {
    const faults: Fault[] = [];
    const entries = Object.entries(terms);
    if (entries.length === 0)
      faults.push({ path: 'terms', message: 'nothing is added up', remedy: 'give at least one name and its factor' });
    for (const [name, factor] of entries) {
      faults.push(...termFaults(name, parameters, 'terms.'));
      if (factor === 0)
        faults.push({ path: `terms.${name}`, message: 'multiplied by 0', remedy: 'another factor, or leave it out' });
    }
    if (equals !== undefined && (min !== undefined || max !== undefined))
      faults.push({ path: 'equals', message: "'equals' beside 'min' or 'max'", remedy: 'give one of them' });
    if (equals === undefined && min === undefined && max === undefined)
      faults.push({ path: '', message: 'nothing is asked of the sum', remedy: "give 'min', 'max' or 'equals'" });
    if (min !== undefined && max !== undefined && min > max)
      faults.push({ path: '', message: `'min' ${min} above 'max' ${max}`, remedy: 'turn them round' });
    return faults;
  },
  compile: (constraint, { parameters }) => {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = boundsOf(constraint);
    const parts = Object.entries(constraint.terms).map(([name, factor]) => ({
      factor,
      term: termOf(name, parameters)!,
    }));
    const scale = parts.reduce((sum, { factor, term }) => sum + Math.abs(factor) * term.scale, 0);
    return {
      words: wordsOf(constraint),
      names: namesOf(
        parts.map(({ term }) => term.parameter),
        parameters,
      ),
      excess: (design) => {
        const sum = parts.reduce((total, { factor, term }) => total + factor * term.of(design), 0);
        return Math.max(0, min - sum, sum - max) / scale;
      },
      rows: (design): readonly LinearRow[] => {
        const coefficients: Record<string, number> = {};
        let fixed = 0;
        for (const { factor, term } of parts)
          if (term.free) coefficients[term.name] = factor;
          else fixed += factor * term.of(design);
        if (Object.keys(coefficients).length === 0) return [];
        return [{ coefficients, min: min - fixed, max: max - fixed }];
      },
    };
  },
};

/** A name that means no number, with those that do. @param before - of the path */
export function termFaults(name: string, parameters: readonly Parameter[], before: string): Fault[] {
  if (termOf(name, parameters) !== null) return [];
  const known = parameters.find((parameter) => parameter.name === name);
  const message = known === undefined ? `no number '${name}' in the space` : `'${name}' is ${known.type}, no number`;
  const numbers = termNames(parameters);
  const remedy = numbers.length === 0 ? 'the space has no numeric parameter' : among(name, numbers);
  return [{ path: `${before}${name}`, message, remedy }];
}

/** What the sum can be at least and at most, of all designs of a space. */
export function reachOf({ terms }: Linear, parameters: readonly Parameter[]): readonly [low: number, high: number] {
  let [low, high] = [0, 0];
  const shares = new Map<Parameter, number[]>();
  for (const [name, factor] of Object.entries(terms)) {
    const term = termOf(name, parameters)!;
    const { parameter } = term;
    if (parameter.type === 'composition') shares.set(parameter, [...(shares.get(parameter) ?? []), factor]);
    else {
      low += Math.min(factor * term.low, factor * term.high);
      high += Math.max(factor * term.low, factor * term.high);
    }
  }
  // All of a composition is one component, or one that is not in the sum.
  for (const [parameter, factors] of shares) {
    const { components, total } = parameter as Parameter & { type: 'composition' };
    const all = factors.length < components.length ? [0, ...factors] : factors;
    low += total * Math.min(...all);
    high += total * Math.max(...all);
  }
  return [low, high];
}

function boundsOf({ min, max, equals }: Linear): { min?: number | undefined; max?: number | undefined } {
  return equals === undefined ? { min, max } : { min: equals, max: equals };
}

function wordsOf({ terms, min, max, equals }: Linear): string {
  const sum = Object.entries(terms)
    .map(([name, factor], i) => {
      const size = Math.abs(factor) === 1 ? name : `${Math.abs(factor)}·${name}`;
      if (i === 0) return factor < 0 ? `-${size}` : size;
      return `${factor < 0 ? '-' : '+'} ${size}`;
    })
    .join(' ');
  if (equals !== undefined) return `${sum} = ${equals}`;
  if (min === undefined) return `${sum} ≤ ${max}`;
  return max === undefined ? `${sum} ≥ ${min}` : `${min} ≤ ${sum} ≤ ${max}`;
}
