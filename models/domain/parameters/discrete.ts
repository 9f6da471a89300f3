import { z } from 'zod';
import { among } from '../nearest.js';
import type { ParameterType } from './contract.js';
import {
  agreesWith,
  atQuantile,
  columnSchema,
  distinctNumbers,
  isNear,
  nameSchema,
  numbersOf,
  oneOfNumbers,
  rangeOf,
  scaled,
} from './numbers.js';

const schema = z.strictObject({
  name: nameSchema,
  type: z.literal('discrete'),
  column: columnSchema,
  values: z.array(z.number()).min(1).describe('the allowed numbers'),
  unit: z.string().optional(),
});
type Discrete = z.infer<typeof schema>;

/** One of a list of numbers; numeric feature scaled by the smallest and largest. */
export const discrete: ParameterType<Discrete> = {
  type: 'discrete',
  schema,
  faults: ({ values }) =>
    new Set(values).size === values.length
      ? []
      : [{ path: 'values', message: 'a value is given twice', remedy: 'list every value once' }],
  values: ({ values }) => distinctNumbers(values),
  fromUnit: ({ values }, u) => atQuantile(distinctNumbers(values), u),
  refuses: ({ values }, value) => (values.includes(value as number) ? null : among(value, values.map(String))),
  encodes: ({ values }, value) => isNear(value, rangeOf(values)),
  feature: ({ values }, value) => {
    return { kind: 'numeric', value: scaled(value as number, rangeOf(values)) };
  },
  fromFeature: ({ values }, feature) => {
    const range = rangeOf(values);
    return values.find((value) => feature.kind === 'numeric' && scaled(value, range) === feature.value);
  },
  fromText: ({ values }, text) => oneOfNumbers(text, values),
  agrees: (_, text, value, least) => agreesWith(text, value as number, least),
  fromColumn: (column) => {
    const values = numbersOf(column);
    if (typeof values[0] !== 'number') return values as never;
    const parameter: Discrete = {
      name: column.name,
      type: 'discrete',
      values: distinctNumbers(values as number[]),
    };
    return {
      parameter: column.unit === undefined ? parameter : { ...parameter, unit: column.unit },
      values: values as number[],
    };
  },
};
