import { type Amounts, readAmounts } from '../amounts.js';
import type { Design, ParameterValue } from '../design.js';
import { isListed } from '../parameters/composition.js';
import { rangeOf } from '../parameters/numbers.js';
import type { Parameter } from '../parameters/parameter.js';

/** A number of a design: the value of a numeric parameter, or the amount of one component of a composition. */
export interface Term {
  /** As people write it: `temperature`, `blend.A`. */
  readonly name: string;
  readonly parameter: Parameter;
  /** Whether it may be any number of its range, so that rows speak of it. */
  readonly free: boolean;
  readonly low: number;
  readonly high: number;
  /** Largest number that it can be, without sign; 1 where that is 0. */
  readonly scale: number;
  of(design: Design): number;
}

/** The number that a name means; null where it means none. A parameter goes before an amount of the same name. */
export function termOf(name: string, parameters: readonly Parameter[]): Term | null {
  const own = parameters.find((parameter) => parameter.name === name);
  if (own !== undefined) return numberTerm(own);
  for (const parameter of parameters) {
    if (parameter.type !== 'composition' || !name.startsWith(`${parameter.name}.`)) continue;
    const component = name.slice(parameter.name.length + 1);
    if (parameter.components.includes(component)) return amountTerm(parameter, component);
  }
  return null;
}

/** Names of all numbers that constraints may speak of. */
export function termNames(parameters: readonly Parameter[]): readonly string[] {
  return parameters.flatMap((parameter) => {
    if (parameter.type === 'composition') return parameter.components.map((one) => `${parameter.name}.${one}`);
    return rangeIn(parameter) === null ? [] : [parameter.name];
  });
}

/** Lowest and highest value of a numeric parameter; null where its values are no numbers. */
function rangeIn(parameter: Parameter): readonly [number, number] | null {
  if ('bounds' in parameter) return parameter.bounds;
  if (parameter.type !== 'discrete') return null;
  const [low] = rangeOf(parameter.values);
  return [low, Math.max(...parameter.values)];
}

function numberTerm(parameter: Parameter): Term | null {
  const range = rangeIn(parameter);
  if (range === null) return null;
  const { name } = parameter;
  const of = (design: Design) => design[name] as number;
  return { name, parameter, free: parameter.type === 'continuous', ...sized(range), of };
}

function amountTerm(parameter: Parameter & { type: 'composition' }, component: string): Term {
  const { name, total } = parameter;
  const of = (design: Design) => amountsIn(design[name]!).get(component) ?? 0;
  return { name: `${name}.${component}`, parameter, free: !isListed(parameter), ...sized([0, total]), of };
}

function sized([low, high]: readonly [number, number]): Pick<Term, 'low' | 'high' | 'scale'> {
  return { low, high, scale: Math.max(Math.abs(low), Math.abs(high)) || 1 };
}

/** Texts of which the amounts are kept: constraints ask the same few designs for one amount after the other. */
const keptTexts = 64;
const read = new Map<string, Amounts>();

/** The amounts of a composition; none of a text that is no composition. */
function amountsIn(value: ParameterValue): Amounts {
  const text = String(value);
  const known = read.get(text);
  if (known !== undefined) return known;
  const amounts = readAmounts(text);
  const found: Amounts = typeof amounts === 'string' ? new Map() : amounts;
  if (read.size >= keptTexts) read.clear();
  read.set(text, found);
  return found;
}

/** The names of parameters that terms belong to, in the order of the parameters, each once. */
export function namesOf(owners: Iterable<Parameter>, parameters: readonly Parameter[]): readonly string[] {
  const spoken = new Set([...owners].map(({ name }) => name));
  return parameters.map(({ name }) => name).filter((name) => spoken.has(name));
}
