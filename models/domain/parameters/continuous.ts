import { z } from 'zod';
import type { ParameterType } from './contract.js';
import { roundedIn } from './digits.js';
import {
  agreesWith,
  boundsFaults,
  boundsSchema,
  columnSchema,
  isNear,
  nameSchema,
  numberIn,
  numbersOf,
  rangeOf,
  scaled,
  unscaled,
} from './numbers.js';

const schema = z.strictObject({
  name: nameSchema,
  type: z.literal('continuous'),
  column: columnSchema,
  bounds: boundsSchema.describe('lowest and highest value'),
  unit: z.string().optional(),
});
type Continuous = z.infer<typeof schema>;

/** Any number within bounds; numeric feature scaled by the bounds. */
export const continuous: ParameterType<Continuous> = {
  type: 'continuous',
  schema,
  faults: (parameter) => boundsFaults(parameter.bounds),
  values: () => null,
  fromUnit: ({ bounds: [low, high] }, u) => Math.min(high, low + u * (high - low)),
  refuses: ({ bounds: [low, high] }, value) =>
    typeof value === 'number' && value >= low && value <= high ? null : `a number from ${low} to ${high}`,
  encodes: ({ bounds }, value) => isNear(value, bounds),
  feature: ({ bounds }, value) => ({ kind: 'numeric', value: scaled(value as number, bounds) }),
  fromFeature: ({ bounds }, feature) => (feature.kind === 'numeric' ? unscaled(feature.value, bounds) : undefined),
  shortened: ({ bounds }, value, more) => (typeof value === 'number' ? roundedIn(value, bounds, more) : value),
  fromText: (_, text) => numberIn(text),
  agrees: (_, text, value, least) => agreesWith(text, value as number, least),
  fromColumn: (column) => {
    const values = numbersOf(column);
    if (typeof values[0] !== 'number') return values as ReturnType<typeof boundsFaults>;
    const numbers = values as number[];
    const parameter: Continuous = { name: column.name, type: 'continuous', bounds: rangeOf(numbers) };
    return { parameter: column.unit === undefined ? parameter : { ...parameter, unit: column.unit }, values: numbers };
  },
};
