import { z } from 'zod';
import { type Amounts, amountsShape, amountTexts, readAmounts, sumOf, textOf } from '../amounts.js';
import type { ParameterValue } from '../design.js';
import type { Fault } from '../fault.js';
import { amountRounding, anyComposition } from './any-composition.js';
import { repeated } from './categorical.js';
import type { Feature, ParameterType, PoolColumn } from './contract.js';
import { agreesWith, atQuantile, cellFault, columnSchema, nameSchema, tellingDigits } from './numbers.js';

const schema = z.strictObject({
  name: nameSchema,
  type: z.literal('composition'),
  column: columnSchema,
  components: z
    .array(z.string().regex(/^[^\s:]+$/, 'a name without spaces and colons'))
    .min(2)
    .describe('names of what is mixed; where all are symbols of chemical elements, their properties are used too'),
  total: z.number().positive().default(1).describe('what the amounts add up to'),
  step: z.number().positive().optional().describe('the amounts are multiples of it'),
  values: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("the allowed compositions, such as 'Fe:0.2 Ni:0.8', instead of a step"),
});
type Composition = z.infer<typeof schema>;
/** A composition of any amounts. */
export type AnyComposition = Composition & { readonly step?: undefined; readonly values?: undefined };

/** Compositions up to which a grid is listed. */
const listed = 20_000;
/** Relative deviation of a sum from the total that is taken as rounding of the amounts. */
const rounding = 0.005;

const lists = new WeakMap<Composition, readonly string[]>();

/** Whether the parameter says which compositions there are; one that does not allows any amounts that add up to the total. */
export function isListed({ step, values }: Composition): boolean {
  return step !== undefined || values !== undefined;
}

/** Whether a parameter is a composition of any amounts. */
export function isAnyComposition(parameter: { readonly type: string }): parameter is AnyComposition {
  return parameter.type === composition.type && !isListed(parameter as Composition);
}

/**
 * Fractions of components that add up to a total; mixture feature. A value is a text such as `Fe:0.2 Ni:0.8`: amounts by
 * component, in the order of the components, those of 0 left out.
 */
export const composition: ParameterType<Composition> = {
  type: 'composition',
  schema,
  faults: (parameter) => [
    ...repeated(parameter.components, 'components'),
    ...gridFaults(parameter),
    ...listFaults(parameter),
  ],
  values: (parameter) => (isListed(parameter) ? listOf(parameter) : null),
  fromUnit: (parameter, u) =>
    isListed(parameter) ? atQuantile(listOf(parameter), u) : anyComposition.fromUnit(parameter, u),
  refuses: (parameter, value) => {
    if (!isListed(parameter)) return anyComposition.refuses(parameter, value);
    if (listOf(parameter).includes(value as string)) return null;
    const meant = typeof value === 'string' ? canonical(parameter, value) : value;
    if (meant !== value && listOf(parameter).includes(meant as string)) return `written as '${meant}'`;
    const { components, step, total, values } = parameter;
    if (values !== undefined) return `one of the ${values.length} compositions of '${parameter.name}'`;
    const example = listOf(parameter)[Math.floor(listOf(parameter).length / 2)];
    return `amounts of ${components.join(', ')} in steps of ${step} that add up to ${total}, such as '${example}'`;
  },
  encodes: (parameter, value) => {
    const amounts = typeof value === 'string' ? readAmounts(value) : 'no text';
    if (typeof amounts === 'string') return false;
    const isKnown = [...amounts.keys()].every((name) => parameter.components.includes(name));
    return isKnown && sumFault(amounts, parameter.total, 0).length === 0;
  },
  widened: withCompositions,
  growth: {
    refuses: (parameter, value) => {
      const { components, total } = parameter;
      if (!composition.encodes(parameter, value)) return `amounts of ${components.join(', ')} that add up to ${total}`;
      const meant = canonical(parameter, value as string);
      return meant === value ? null : `written as '${meant}'`;
    },
    with: withCompositions,
  },
  feature: (parameter, value) => ({ kind: 'mixture', fractions: fractionsOf(parameter, value as string) }),
  fromFeature: (parameter, feature) =>
    isListed(parameter)
      ? withFractions(parameter, composition, feature)
      : anyComposition.fromFeature(parameter, feature),
  fromText: (parameter, text) => {
    const meant = canonical(parameter, text);
    if (!isListed(parameter) || listOf(parameter).includes(meant)) return meant;
    const near = listOf(parameter).filter((value) => amountsAgree(text, value, tellingDigits));
    return near.length === 1 ? near[0]! : meant;
  },
  shortened: (parameter, value, more) =>
    isListed(parameter) || typeof value !== 'string' ? value : anyComposition.shortened(parameter, value, more),
  agrees: (parameter, text, value, least) =>
    canonical(parameter, text) === value || amountsAgree(text, value as string, least),
  fromColumn: (column) => {
    const read = column.cells.map(readAmounts);
    const bad = read.flatMap((amounts, row) => (typeof amounts === 'string' ? [{ row, why: amounts }] : []));
    if (bad.length > 0) return [cellFault(column, bad, { not: 'a composition', remedy: amountsShape })];
    const amounts = read as Amounts[];
    const { total = 1 } = column;
    const off = amounts.flatMap((each, row) => sumFault(each, total, row));
    if (off.length > 0) return [cellFault(column, off, { not: `of total ${total}`, remedy: totalRemedy(column) })];
    const components = [...new Set(amounts.flatMap((each) => [...each.keys()]))].sort();
    if (components.length < 2)
      return [{ path: column.name, message: `only one component, ${components[0]}`, remedy: 'give two or more' }];
    const values = amounts.map((each) => textOf(components, each));
    return {
      parameter: { name: column.name, type: 'composition', components, total, values: [...new Set(values)] },
      values,
    };
  },
};

function withCompositions({ step, ...parameter }: Composition, values: readonly string[]): Composition {
  if (step === undefined && parameter.values === undefined) return parameter;
  const own = listOf({ ...parameter, ...(step === undefined ? {} : { step }) });
  return { ...parameter, values: [...own, ...values] };
}

/** The first listed value of a parameter with the same fractions. */
export function withFractions<P extends { readonly type: string; readonly name: string }>(
  parameter: P,
  type: ParameterType<P>,
  feature: Feature,
): ParameterValue | undefined {
  if (feature.kind !== 'mixture') return undefined;
  const wanted = Object.entries(feature.fractions).filter(([, fraction]) => fraction > 0);
  return type.values(parameter)?.find((value) => {
    const own = type.feature(parameter, value) as typeof feature;
    const present = Object.values(own.fractions).filter((fraction) => fraction > 0);
    return present.length === wanted.length && wanted.every(([name, fraction]) => own.fractions[name] === fraction);
  });
}

function totalRemedy({ total }: PoolColumn): string {
  return total === undefined ? "give what the amounts add up to as 'total'" : 'make the amounts add up to the total';
}

function sumFault(amounts: Amounts, total: number, row: number): { row: number; why: string }[] {
  const sum = sumOf(amounts);
  return Math.abs(sum - total) <= rounding * total ? [] : [{ row, why: `adds up to ${Number(sum.toPrecision(6))}` }];
}

/**
 * The text as the parameter writes it; as it stands where it is no composition of its components. A component without an amount,
 * alone, is all there is.
 */
function canonical({ components, total }: Composition, text: string): string {
  if (components.includes(text.trim())) return textOf(components, new Map([[text.trim(), total]]));
  const amounts = readAmounts(text);
  if (typeof amounts === 'string' || [...amounts.keys()].some((name) => !components.includes(name))) return text;
  return textOf(components, amounts);
}

/** Whether a text has the amounts of a composition, to the digits that it writes of each. */
function amountsAgree(text: string, value: string, least: number): boolean {
  const [written, own] = [readAmounts(text), readAmounts(value)];
  if (typeof written === 'string' || typeof own === 'string') return false;
  const texts = new Map(amountTexts(text));
  return [...new Set([...written.keys(), ...own.keys()])].every(
    (name) =>
      agreesWith(texts.get(name) ?? '0', own.get(name) ?? 0, least) &&
      (written.get(name) ?? 0) > 0 === (own.get(name) ?? 0) > 0,
  );
}

/** Fraction of each component, in order. */
function fractionsOf(parameter: Composition, value: string): Record<string, number> {
  const { components, total } = parameter;
  const amounts = readAmounts(value) as Amounts;
  const own = sumOf(amounts);
  // Where only rounding is between them, a fraction is that of its amount alone.
  const sum = !isListed(parameter) && Math.abs(own - total) <= amountRounding * total ? total : own;
  return Object.fromEntries(components.map((name) => [name, (amounts.get(name) ?? 0) / sum]));
}

function listOf(parameter: Composition): readonly string[] {
  const known = lists.get(parameter);
  if (known !== undefined) return known;
  const all = parameter.values ?? grid(parameter);
  lists.set(parameter, all);
  return all;
}

/** Every way to share the steps among the components, the first components varying slowest. */
function grid({ components, total, step }: Composition): string[] {
  const steps = Math.round(total / step!);
  const amount = (count: number) => (count === steps ? total : Number((count * step!).toPrecision(12)));
  const found: string[] = [];
  const share = (counts: readonly number[], left: number): void => {
    if (counts.length === components.length - 1) {
      const all = [...counts, left].map((count, i) => [components[i]!, amount(count)] as const);
      found.push(textOf(components, new Map(all)));
      return;
    }
    for (let count = 0; count <= left; count++) share([...counts, count], left - count);
  };
  share([], steps);
  return found;
}

function gridFaults({ components, total, step, values }: Composition): Fault[] {
  if (step === undefined) return [];
  if (values !== undefined) return [{ path: 'step', message: "both 'step' and 'values'", remedy: 'give one of them' }];
  const steps = Math.round(total / step);
  if (steps < 1 || Math.abs(steps * step - total) > 1e-9 * total)
    return [{ path: 'step', message: `${step} does not divide the total ${total}`, remedy: `such as ${total / 10}` }];
  // (steps + k − 1 over k − 1), factor by factor.
  const count = components.slice(1).reduce((product, _, i) => (product * (steps + i + 1)) / (i + 1), 1);
  if (count <= listed) return [];
  const message = `${step} gives ${Number(count.toPrecision(3))} compositions of ${components.length} components`;
  return [{ path: 'step', message, remedy: `at most ${listed}: give a larger step or fewer components` }];
}

function listFaults(parameter: Composition): Fault[] {
  const { components, total, values = [] } = parameter;
  const faults = values.flatMap((value, i): Fault[] => {
    const amounts = readAmounts(value);
    const fail = (message: string, remedy: string) => [
      { path: `values[${i}]`, message: `'${value}': ${message}`, remedy },
    ];
    if (typeof amounts === 'string') return fail(amounts, amountsShape);
    const unknown = [...amounts.keys()].find((name) => !components.includes(name));
    if (unknown !== undefined) return fail(`no component ${unknown}`, `components: ${components.join(', ')}`);
    const [off] = sumFault(amounts, total, i);
    if (off !== undefined) return fail(off.why, `amounts that add up to ${total}`);
    const text = textOf(components, amounts);
    return text === value ? [] : fail('not in the usual form', `write '${text}'`);
  });
  return [...faults, ...repeated(values, 'values')];
}
