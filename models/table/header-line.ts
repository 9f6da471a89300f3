import type { Fault } from '../domain/fault.js';

/** A row of cells, with its line in the file, from 1. */
export interface LinedRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/** Rows that are looked at for the header. */
export const headerRows = 50;

/** Titles are shown to so many characters. */
const shown = 40;

/**
 * A fault where the first row with anything in it is no header, but a title, groups of columns or the like, and a later one
 * has more of the names that are expected: two of them, or all there are.
 *
 * @param rows - the first of the file
 * @param known - names of columns that may be expected
 */
export function headerBelow(rows: readonly LinedRow[], known: ReadonlySet<string>): Fault | null {
  const filled = rows.slice(0, headerRows).filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const names = ({ cells }: LinedRow) =>
    [...new Set(cells.map((cell) => cell.trim()))].filter((cell) => cell !== '' && known.has(cell));
  const [first, ...others] = filled;
  if (first === undefined) return null;
  const here = names(first).length;
  let best: { row: LinedRow; found: readonly string[] } | null = null;
  for (const row of others) {
    const found = names(row);
    const isEnough = found.length > 2 * here && (found.length >= 2 || known.size === 1);
    if (isEnough && found.length > (best?.found.length ?? 0)) best = { row, found };
  }
  if (best === null) return null;
  const title = first.cells
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '')
    .join(' ');
  const text = title.length > shown ? `${title.slice(0, shown)}...` : title;
  const message = `the header seems to be in line ${best.row.line} (${best.found.slice(0, 8).join(', ')}), below '${text}'`;
  return { path: '', message, remedy: 'take out what stands above it', line: first.line };
}
