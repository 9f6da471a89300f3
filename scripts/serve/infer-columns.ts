import { z } from '@hono/zod-openapi';
import { numberIn } from '../../models/domain/parameters/numbers.js';
import type { Table } from '../../models/table/table.js';

/** What a column of a table seems to be. */
export const columnShape = z
  .object({
    column: z.string().openapi({ description: 'its heading' }),
    name: z.string().openapi({ description: 'its heading without the unit' }),
    unit: z.string().nullable(),
    type: z.enum(['continuous', 'integer', 'discrete', 'categorical', 'substance']),
    role: z.enum(['design', 'objective', 'id', 'ignore']),
    filled: z.int().openapi({ description: 'cells that are not empty' }),
    distinct: z.int(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    examples: z.array(z.string()),
    values: z.array(z.string()).openapi({ description: 'all that it holds, where these are few' }),
  })
  .openapi('InferredColumn');
/** See `columnShape`. */
export type InferredColumn = z.infer<typeof columnShape>;

/** Different numbers up to which they are taken for a choice of numbers. */
const fewNumbers = 6;
/** Different texts that are told one by one. */
const mostValues = 200;

/** `Temperature (°C)` and `mass [g]` as name and unit. */
function headingOf(column: string): { readonly name: string; readonly unit: string | null } {
  const [, name, round, square] = /^(.*?)\s*(?:\(([^()]+)\)|\[([^[\]]+)\])$/.exec(column) ?? [];
  return { name: (name ?? column).trim() || column, unit: round ?? square ?? null };
}

/**
 * What the columns of a table seem to be: type, unit and role, for a person to correct. What is wanted is the last column of numbers
 * that varies, or one that lacks cells; a column of texts that are all different names the rows.
 */
export function inferColumns(table: Table): InferredColumn[] {
  const columns = table.columns.filter((column) => column !== '').map((column) => described(table, column));
  const objective =
    columns.find(({ low, filled }) => low !== null && filled < table.length) ??
    columns.findLast(({ low, distinct }) => low !== null && distinct > 1);
  const id = columns.find(
    ({ low, distinct, type }) =>
      type === 'categorical' && low === null && distinct === table.length && table.length > 1,
  );
  return columns.map((column) => ({
    ...column,
    role: column === objective ? 'objective' : column === id ? 'id' : column.distinct < 2 ? 'ignore' : 'design',
  }));
}

function described(table: Table, column: string): InferredColumn {
  const cells = table.numericCells(column).filter((cell) => cell !== '');
  const numbers = cells.map(numberIn).filter((cell) => typeof cell === 'number');
  const distinct = new Set(cells);
  const isNumeric = cells.length > 0 && numbers.length === cells.length;
  const areWhole = numbers.every(Number.isInteger);
  const type = !isNumeric
    ? /smiles/i.test(column)
      ? 'substance'
      : 'categorical'
    : distinct.size <= fewNumbers
      ? 'discrete'
      : areWhole
        ? 'integer'
        : 'continuous';
  return {
    ...{ column, ...headingOf(column), type, role: 'design', filled: cells.length, distinct: distinct.size },
    low: isNumeric ? numbers.reduce((a, b) => Math.min(a, b)) : null,
    high: isNumeric ? numbers.reduce((a, b) => Math.max(a, b)) : null,
    examples: [...distinct].slice(0, 4),
    values: distinct.size <= mostValues ? [...distinct] : [],
  };
}
