import { z } from '@hono/zod-openapi';
import { InvalidInputError } from '../../models/domain/errors.js';
import { type CampaignRecord, spentOn } from '../../models/domain/record.js';
import type { CellValue } from '../../models/table/write-table.js';

const value = z.union([z.number(), z.string()]);

/** A trial as a line of a table. */
export const rowShape = z
  .object({
    id: z.string(),
    design: z.record(z.string(), value),
    rowId: z.string().nullable(),
    fidelity: z.string(),
    state: z
      .string()
      .openapi({ description: 'what came of it, else where it stands; `unknown` where nobody can tell' }),
    values: z.record(z.string(), z.number()),
    noise: z.record(z.string(), z.number()),
    mean: z.number().nullable().openapi({ description: 'what was expected of the first objective, with its sd' }),
    sd: z.number().nullable(),
    cost: z.number().nullable(),
    cause: z.string().nullable(),
    why: z.string(),
    endedAt: z.number().nullable(),
  })
  .openapi('TrialRow');
/** See `rowShape`. */
export type TrialRow = z.infer<typeof rowShape>;

/** All trials as lines, in the order of their ids. */
export function rowsOf({ trials }: Pick<CampaignRecord, 'trials'>): TrialRow[] {
  return trials.map((trial) => {
    const { proposal, observation, state, needs, endedAt } = trial;
    const { mean, sd, text } = proposal.reason;
    return {
      ...{ id: proposal.id, design: { ...proposal.design }, rowId: proposal.rowId, fidelity: proposal.fidelity },
      state: needs === 'resolution' ? 'unknown' : (observation?.outcome ?? state),
      values: { ...observation?.values },
      noise: { ...observation?.noise },
      ...{ mean, sd, endedAt, why: text },
      cost: observation === null ? null : spentOn(trial),
      cause: observation?.cause == null ? null : `${observation.cause.class}: ${observation.cause.code}`,
    };
  });
}

/** What a trial has by the name of a column: `id`, `state`, `fidelity`, `cost`, a parameter, a measured value. */
function cellOf(row: TrialRow, column: string): number | string | null {
  if (column === 'id') return row.id;
  if (column === 'state') return row.state;
  if (column === 'fidelity') return row.fidelity;
  if (column === 'cost') return row.cost;
  if (column === 'expected') return row.mean;
  if (column === 'row') return row.rowId;
  return row.values[column] ?? row.design[column] ?? null;
}

const compare = /^([^:<>=]+)(<=|>=|<|>|:|=)(.+)$/;

/**
 * The lines that a filter names. Its words must all hold: `state:failed` and `fidelity:dft` for what begins so, `T>80` for numbers,
 * any other for a text that is in the id, the row, or a value of the design.
 */
export function filtered(rows: readonly TrialRow[], filter: string): readonly TrialRow[] {
  const words = filter.trim().split(/\s+/).filter(Boolean);
  return words.reduce<readonly TrialRow[]>((left, word) => left.filter(testOf(word)), rows);
}

function testOf(word: string): (row: TrialRow) => boolean {
  const [, column, sign, wanted = ''] = compare.exec(word) ?? [];
  if (column === undefined) {
    const text = word.toLowerCase();
    return ({ id, rowId, design }) =>
      [id, rowId ?? '', ...Object.values(design)].some((cell) => String(cell).toLowerCase().includes(text));
  }
  if (sign === ':' || sign === '=') {
    const text = wanted.toLowerCase();
    return (row) =>
      String(cellOf(row, column) ?? '')
        .toLowerCase()
        .startsWith(text);
  }
  const limit = Number(wanted);
  if (!Number.isFinite(limit))
    throw new InvalidInputError('filter', [
      { path: 'filter', message: `'${word}' given`, remedy: `a number after ${sign}, as T>80` },
    ]);
  return (row) => {
    const cell = cellOf(row, column);
    if (typeof cell !== 'number') return false;
    if (sign === '<') return cell < limit;
    if (sign === '<=') return cell <= limit;
    return sign === '>' ? cell > limit : cell >= limit;
  };
}

/** The lines by a column, downwards where a hyphen stands before its name; empty cells last, equals in their order. */
export function sorted(rows: readonly TrialRow[], sort: string): readonly TrialRow[] {
  if (sort === '') return rows;
  const isDown = sort.startsWith('-');
  const column = isDown ? sort.slice(1) : sort;
  // Ids are in the order of rounds as they come.
  if (column === 'id') return isDown ? [...rows].reverse() : rows;
  const keyed = rows.map((row) => ({ row, cell: cellOf(row, column) }));
  keyed.sort((a, b) => {
    if (a.cell === null || b.cell === null) return Number(a.cell === null) - Number(b.cell === null);
    const order =
      typeof a.cell === 'number' && typeof b.cell === 'number'
        ? a.cell - b.cell
        : String(a.cell).localeCompare(String(b.cell), 'en', { numeric: true });
    return isDown ? -order : order;
  });
  return keyed.map(({ row }) => row);
}

/** The lines as cells of a table, with the names of its columns. */
export function cellsOf(
  { campaign: { spec, space } }: CampaignRecord,
  rows: readonly TrialRow[],
): { readonly columns: readonly string[]; readonly cells: readonly (readonly CellValue[])[] } {
  const designs = space.parameters.map(({ name }) => name);
  const outcomes = [...spec.objectives, ...(spec.outcomes ?? [])].map(({ name }) => name);
  const columns = ['id', 'row', ...designs, 'fidelity', ...outcomes, 'expected', 'sd', 'cost', 'state', 'cause'];
  const cells = rows.map((row) => [
    ...[row.id, row.rowId],
    ...designs.map((name) => row.design[name]),
    row.fidelity,
    ...outcomes.map((name) => row.values[name]),
    ...[row.mean, row.sd, row.cost, row.state, row.cause],
  ]);
  return { columns, cells };
}
