import { remarked } from '../domain/parameters/remark.js';
import { cellPlace } from './cell-name.js';
import { shownOtherwise } from './number-format.js';
import type { WorkbookParts } from './workbook-parts.js';
import { readXml } from './xml.js';

/** What a sheet says of its cells beside their values. */
export interface SheetMarks {
  /** What stands for single cells in place of their values, by row, from 1, and place of the column, from 0. */
  readonly cells: ReadonlyMap<number, ReadonlyMap<number, string>>;
  /** Rows that are not shown, by hand or by a filter. */
  readonly hiddenRows: readonly number[];
  /** First and last place of columns that are not shown. */
  readonly hiddenColumns: readonly (readonly [number, number])[];
}

/** Characters of a formula that are shown. */
const longestFormula = 60;

/**
 * The cells of a sheet that hold no value, or another than they show: errors of formulas, formulas without a stored result,
 * numbers in formats that show another number (`shownOtherwise`); and what of the sheet is hidden.
 *
 * @param xml - of the sheet
 * @throws {Error} if it is not well formed
 */
export function sheetMarks(xml: string, { formats, isUncomputed }: Omit<WorkbookParts, 'sheets'>): SheetMarks {
  const cells = new Map<number, Map<number, string>>();
  const hiddenRows: number[] = [];
  const hiddenColumns: [number, number][] = [];
  let cell: { name: string; type: string; format: string | null } | null = null;
  let row = 0;
  const texts: { f: string | null; v: string } = { f: null, v: '' };
  let inside: 'f' | 'v' | null = null;
  readXml(xml, {
    open: (name, attribute) => {
      if (name === 'row') {
        row = Number(attribute('r') ?? row + 1);
        if (isTrue(attribute('hidden'))) hiddenRows.push(row);
      } else if (name === 'col' && isTrue(attribute('hidden')))
        hiddenColumns.push([Number(attribute('min')) - 1, Number(attribute('max')) - 1]);
      else if (name === 'c') {
        const format = formats[Number(attribute('s') ?? -1)] ?? null;
        cell = { name: attribute('r') ?? '', type: attribute('t') ?? 'n', format };
        texts.f = null;
        texts.v = '';
      } else if (cell !== null && (name === 'f' || name === 'v')) {
        inside = name;
        if (name === 'f') texts.f = '';
      }
    },
    text: (text) => {
      if (inside !== null) texts[inside] = (texts[inside] ?? '') + text;
    },
    close: (name) => {
      if (name === 'f' || name === 'v') inside = null;
      if (name !== 'c' || cell === null) return;
      const { type, format } = cell;
      const text = markOf(type, format, texts, isUncomputed);
      const at = text === null ? null : cellPlace(cell.name);
      if (at !== null) {
        const marks = cells.get(at.row) ?? new Map<number, string>();
        cells.set(at.row, marks.set(at.place, text!));
      }
      cell = null;
    },
  });
  return { cells, hiddenRows, hiddenColumns };
}

/** What stands for a cell in place of its value; null where that is what it shows. */
function markOf(
  type: string,
  format: string | null,
  { f: formula, v }: { readonly f: string | null; readonly v: string },
  isUncomputed: boolean,
): string | null {
  if (type === 'e') return v === '' ? '#VALUE!' : v;
  if (type !== 'n') return null;
  if (formula !== null && (v === '' || (isUncomputed && Number(v) === 0))) {
    const start = formula.length > longestFormula ? `${formula.slice(0, longestFormula)}...` : formula;
    const reason = 'a formula without a stored result: open the file in the spreadsheet program, and save it there';
    return remarked(`=${start}`, reason);
  }
  return v === '' || format === null || !Number.isFinite(Number(v)) ? null : shownOtherwise(Number(v), format);
}

function isTrue(flag: string | undefined): boolean {
  return flag === '1' || flag === 'true';
}
