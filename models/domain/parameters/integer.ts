import { z } from 'zod';
import type { ParameterType } from './contract.js';
import {
  agreesWith,
  boundsFaults,
  cellFault,
  columnSchema,
  isNear,
  nameSchema,
  numberIn,
  numbersOf,
  rangeOf,
  scaled,
} from './numbers.js';

const schema = z.strictObject({
  name: nameSchema,
  type: z.literal('integer'),
  column: columnSchema,
  bounds: z.tuple([z.int(), z.int()]).describe('lowest and highest value, both allowed'),
  unit: z.string().optional(),
});
type Integer = z.infer<typeof schema>;

/** Numbers of values up to which they are listed. */
const listed = 100_000;

/** Any whole number within bounds, both ends included; numeric feature scaled by the bounds. */
export const integer: ParameterType<Integer> = {
  type: 'integer',
  schema,
  faults: (parameter) => boundsFaults(parameter.bounds),
  values: ({ bounds: [low, high] }) =>
    high - low < listed ? Array.from({ length: high - low + 1 }, (_, i) => low + i) : null,
  fromUnit: ({ bounds: [low, high] }, u) => Math.min(high, low + Math.floor(u * (high - low + 1))),
  refuses: ({ bounds: [low, high] }, value) =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high
      ? null
      : `a whole number from ${low} to ${high}`,
  encodes: ({ bounds }, value) => isNear(value, bounds),
  feature: ({ bounds }, value) => ({ kind: 'numeric', value: scaled(value as number, bounds) }),
  fromFeature: ({ bounds }, feature) => {
    if (feature.kind !== 'numeric') return undefined;
    // Adding 0 makes a plain zero of a negative one.
    const value = Math.round(bounds[0] + feature.value * (bounds[1] - bounds[0])) + 0;
    const inside = value >= bounds[0] && value <= bounds[1];
    return inside && scaled(value, bounds) === feature.value ? value : undefined;
  },
  fromText: (_, text) => numberIn(text),
  agrees: (_, text, value, least) => agreesWith(text, value as number, least),
  fromColumn: (column) => {
    const values = numbersOf(column);
    if (typeof values[0] !== 'number') return values as never;
    const numbers = values as number[];
    const bad = numbers.flatMap((value, row) => (Number.isInteger(value) ? [] : [{ row }]));
    if (bad.length > 0) return [cellFault(column, bad, { not: 'a whole number', remedy: "use type 'continuous'" })];
    const parameter: Integer = { name: column.name, type: 'integer', bounds: rangeOf(numbers) };
    return { parameter: column.unit === undefined ? parameter : { ...parameter, unit: column.unit }, values: numbers };
  },
};
