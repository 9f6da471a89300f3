import { z } from 'zod';
import type { Fault } from '../fault.js';
import { among } from '../nearest.js';
import type { ParameterType } from './contract.js';
import { atQuantile, columnSchema, nameSchema, oneOfTexts, placeOf } from './numbers.js';

const schema = z.strictObject({
  name: nameSchema,
  type: z.literal('categorical'),
  column: columnSchema,
  levels: z.array(z.string().min(1)).min(1).describe('the allowed names, without order'),
});
type Categorical = z.infer<typeof schema>;

/** One of a list of names without order; category feature. */
export const categorical: ParameterType<Categorical> = {
  type: 'categorical',
  schema,
  faults: ({ levels }) => repeated(levels, 'levels'),
  values: ({ levels }) => levels,
  fromUnit: ({ levels }, u) => atQuantile(levels, u),
  refuses: ({ levels }, value) => (levels.includes(value as string) ? null : among(value, levels)),
  feature: ({ levels }, value) => ({ kind: 'category', index: levels.indexOf(value as string) }),
  fromFeature: ({ levels }, feature) => (feature.kind === 'category' ? levels[feature.index] : undefined),
  fromText: ({ levels }, text) => oneOfTexts(text, levels),
  agrees: (_, text, value) => oneOfTexts(text, [value as string]) === value,
  fromColumn: (column) => {
    const empty = column.cells.findIndex((cell) => cell.trim() === '');
    if (empty >= 0)
      return [{ path: column.name, message: `${placeOf(column, empty)} is empty`, remedy: 'give a name in every row' }];
    return {
      parameter: { name: column.name, type: 'categorical', levels: [...new Set(column.cells)].sort() },
      values: column.cells,
    };
  },
};

/** A fault naming the entries that stand more than once. */
export function repeated(entries: readonly string[], path: string): readonly Fault[] {
  const seen = new Set<string>();
  const twice = [...new Set(entries.filter((entry) => seen.has(entry) || !seen.add(entry)))];
  if (twice.length === 0) return [];
  return [{ path, message: `given twice: ${twice.slice(0, 5).join(', ')}`, remedy: 'list every entry once' }];
}
