import { z } from 'zod';
import type { Fault } from '../fault.js';
import { among } from '../nearest.js';
import type { ParameterType, PoolColumn } from './contract.js';
import { atQuantile, cellFault, columnSchema, nameSchema, oneOfTexts } from './numbers.js';
import { whyNoText } from './remark.js';

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
  // Of a name that it does not know, a model knows nothing.
  encodes: ({ levels }, value) => levels.includes(value as string),
  growth: {
    refuses: (_, value) =>
      typeof value === 'string' && value.trim() !== '' && whyNoText(value.trim()) === '' ? null : 'a name',
    with: (parameter, values) => ({ ...parameter, levels: [...parameter.levels, ...values] }),
  },
  feature: ({ levels }, value) => ({ kind: 'category', index: levels.indexOf(value as string) }),
  fromFeature: ({ levels }, feature) => (feature.kind === 'category' ? levels[feature.index] : undefined),
  fromText: ({ levels }, text) => oneOfTexts(text, levels),
  agrees: (_, text, value) => oneOfTexts(text, [value as string]) === value,
  fromColumn: (column) => {
    const wrong = textFaults(column, 'give a name in every row');
    if (wrong.length > 0) return wrong;
    return {
      parameter: { name: column.name, type: 'categorical', levels: [...new Set(column.cells)].sort() },
      values: column.cells,
    };
  },
};

/** A fault naming the cells of a column that hold no text: empty ones, and those that a spreadsheet left without a value. */
export function textFaults(column: PoolColumn, remedy: string): readonly Fault[] {
  const bad = column.cells.flatMap((cell, row) => {
    const why = cell.trim() === '' ? 'empty' : whyNoText(cell.trim());
    return why === '' ? [] : [{ row, why }];
  });
  return bad.length === 0 ? [] : [cellFault(column, bad, { not: 'a name', remedy })];
}

/** A fault naming the entries that stand more than once. */
export function repeated(entries: readonly string[], path: string): readonly Fault[] {
  const seen = new Set<string>();
  const twice = [...new Set(entries.filter((entry) => seen.has(entry) || !seen.add(entry)))];
  if (twice.length === 0) return [];
  return [{ path, message: `given twice: ${listed(twice)}`, remedy: 'list every entry once' }];
}

/** Entries that are told of one list; the others are counted. */
const toldEntries = 20;

/** Entries as one text: at most twenty, and the count of the others. */
export function listed(entries: readonly string[]): string {
  const more = entries.length > toldEntries ? `, and ${entries.length - toldEntries} more` : '';
  return `${entries.slice(0, toldEntries).join(', ')}${more}`;
}
