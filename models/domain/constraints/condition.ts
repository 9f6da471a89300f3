import { z } from 'zod';
import type { Design, ParameterValue } from '../design.js';
import type { Fault } from '../fault.js';
import { among } from '../nearest.js';
import { isListed } from '../parameters/composition.js';
import { type Parameter, typeOf } from '../parameters/parameter.js';
import { keptWithin, type LinearRow } from './contract.js';
import { type Term, termNames, termOf } from './terms.js';

const scalar = z.union([z.number(), z.string()]);

/** What the schema of conditions on parameters, by name, accepts. */
export const whenSchema = z
  .record(
    z.string(),
    z.union([
      scalar,
      z.array(scalar).min(1),
      z.strictObject({
        above: z.number().optional().describe('more than this'),
        below: z.number().optional().describe('less than this'),
      }),
    ]),
  )
  .describe("values by parameter: one, a list of them, or {above, below} of a number; an amount is 'blend.A'");
/** Conditions on parameters, by name; all of them together are meant. */
export type When = z.infer<typeof whenSchema>;
type Wanted = When[string];
type Range = Extract<Wanted, { above?: unknown }>;
type Values = Exclude<Wanted, Range>;

/** One condition, made ready. Distances are relative to the scale of the number; of what is no free number they are 1. */
export interface Condition {
  readonly words: string;
  readonly parameter: Parameter;
  /** Whether rows can speak of it. */
  readonly free: boolean;
  /** How far the design is from where the condition ends; 0 where it does not hold. */
  toEnd(design: Design): number;
  /** How far the design is from where the condition holds; 0 where it does, or at its border. */
  toHold(design: Design): number;
  /** What keeps it from holding, at the side where the design is nearest; of a free number only. */
  ends(design: Design): LinearRow;
  /** What makes it hold; of a free number only. */
  holds(): LinearRow;
}

/** Faults of conditions. @param path - of the mapping, before its names */
export function whenFaults(when: When, parameters: readonly Parameter[], path: string): Fault[] {
  const entries = Object.entries(when);
  if (entries.length === 0) return [{ path, message: 'no condition', remedy: 'give at least one parameter' }];
  return entries.flatMap(([name, wanted]) =>
    wantedFaults(name, wanted, parameters).map(({ message, remedy }) => ({ path: `${path}.${name}`, message, remedy })),
  );
}

function wantedFaults(name: string, wanted: Wanted, parameters: readonly Parameter[]): Omit<Fault, 'path'>[] {
  const term = termOf(name, parameters);
  const parameter = term?.parameter ?? parameters.find((one) => one.name === name);
  if (parameter === undefined) {
    const known = [...new Set([...parameters.map((one) => one.name), ...termNames(parameters)])];
    return [{ message: `no parameter '${name}' in the space`, remedy: among(name, known) }];
  }
  if (isRange(wanted)) {
    if (term === null)
      return [{ message: `'above' or 'below' of ${parameter.type} '${name}'`, remedy: 'give one value, or a list' }];
    const { above, below } = wanted;
    if (above === undefined && below === undefined)
      return [{ message: 'an empty range', remedy: "give 'above', 'below' or both" }];
    if (above !== undefined && below !== undefined && above >= below)
      return [{ message: `nothing lies above ${above} and below ${below}`, remedy: 'turn them round' }];
    return [];
  }
  const anyNumber = "any number of a range is 'above' and 'below' others: {above: 99, below: 101}";
  if (term?.free || (term !== null && term.name !== parameter.name))
    return [{ message: `single values of '${name}', which may be any number`, remedy: anyNumber }];
  if (parameter.type === 'composition' && !isListed(parameter))
    return [
      {
        message: `single compositions of '${name}', which may be any`,
        remedy: `ranges of amounts, as '${name}.${parameter.components[0]}'`,
      },
    ];
  return valuesOf(wanted).flatMap((value) => {
    const allowed = typeOf(parameter).refuses(parameter, value);
    return allowed === null ? [] : [{ message: `'${value}' is no value of '${name}'`, remedy: allowed }];
  });
}

/** The conditions, each made ready. @param when - one without faults */
export function conditionsOf(when: When, parameters: readonly Parameter[]): readonly Condition[] {
  return Object.entries(when).map(([name, wanted]) => {
    if (isRange(wanted)) return rangeCondition(termOf(name, parameters)!, wanted);
    return valueCondition(parameters.find((one) => one.name === name)!, valuesOf(wanted));
  });
}

/** How far the design is from where all conditions hold; 0 where they do. */
export function toHoldAll(conditions: readonly Condition[], design: Design): number {
  return conditions.reduce((most, condition) => Math.max(most, condition.toHold(design)), 0);
}

function valueCondition(parameter: Parameter, values: readonly ParameterValue[]): Condition {
  const { name } = parameter;
  const wanted = new Set(values);
  const none = (): never => {
    throw new TypeError(`'${name}' is no free number`);
  };
  return {
    words: values.length === 1 ? `${name} ${values[0]}` : `${name} one of ${values.join(', ')}`,
    parameter,
    free: false,
    toEnd: (design) => (wanted.has(design[name]!) ? 1 : 0),
    toHold: (design) => (wanted.has(design[name]!) ? 0 : 1),
    ends: none,
    holds: none,
  };
}

function rangeCondition(term: Term, { above, below }: Range): Condition {
  const { name, parameter, free, scale } = term;
  const [low, high] = [above ?? Number.NEGATIVE_INFINITY, below ?? Number.POSITIVE_INFINITY];
  // At the border of a free number both sides are kept; other numbers lie on one of them.
  const clear = free ? 0 : 2 * keptWithin;
  const coefficients = { [name]: 1 };
  const sides = [above === undefined ? [] : `above ${above}`, below === undefined ? [] : `below ${below}`].flat();
  return {
    words: `${name} ${sides.join(' and ')}`,
    parameter,
    free,
    toEnd: (design) => {
      const value = term.of(design);
      return value > low && value < high ? Math.max(clear, Math.min(value - low, high - value) / scale) : 0;
    },
    toHold: (design) => {
      const value = term.of(design);
      return value > low && value < high ? 0 : Math.max(clear, (low - value) / scale, (value - high) / scale);
    },
    ends: (design) => {
      const value = term.of(design);
      return value - low <= high - value
        ? { coefficients, min: Number.NEGATIVE_INFINITY, max: low }
        : { coefficients, min: high, max: Number.POSITIVE_INFINITY };
    },
    holds: () => ({ coefficients, min: low, max: high }),
  };
}

function isRange(wanted: Wanted): wanted is Range {
  return typeof wanted === 'object' && !Array.isArray(wanted);
}

function valuesOf(wanted: Values): readonly ParameterValue[] {
  return Array.isArray(wanted) ? wanted : [wanted];
}
