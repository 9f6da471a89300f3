import { faultText } from '../../models/domain/fault.js';
import type { PredictedProperty } from '../../models/strategy/predict/predictor.js';
import type { Property } from '../../models/strategy/predict/property.js';
import { type CellValue, writeTable } from '../../models/table/write-table.js';
import type { PredictedRow, TablePredictions } from './predict-table.js';

/** What is said of each property in the columns of a table. */
const told = ['median', 'low', 'high', 'applicability', 'measured'] as const;

/** Names of the columns that predictions have after those of the designs: `FIDELITY.OUTCOME.median` and so on, `note` and `fault`. */
export function predictionColumns(properties: readonly Property[]): readonly string[] {
  const own = properties.flatMap(({ fidelity, outcome }) => told.map((what) => `${fidelity}.${outcome}.${what}`));
  return [...own, 'note', 'fault'];
}

/** How rows become texts that go one after the other. */
export interface RowTexts {
  /** What stands before the first row. */
  readonly header: string;
  of(rows: readonly PredictedRow[]): string;
}

/** A table with the columns of the file as they stand, and the predictions; in the dialect of the file. */
export function csvTexts({ properties, columns, dialect }: TablePredictions, raw: boolean): RowTexts {
  const names = [...columns.map(({ header }) => header), ...predictionColumns(properties)];
  const options = { ...dialect, raw };
  const header = writeTable(names, [], options);
  const cellsOf = (row: PredictedRow): CellValue[] => [
    ...row.cells,
    ...properties.flatMap((_, p) => propertyCells(row.predicted?.[p])),
    notesOf(row, properties),
    row.faults.map((fault) => `${faultText(fault)} (${fault.remedy})`).join('; '),
  ];
  // Excel takes a text without this mark for one of its own encoding.
  const mark = /[^\p{ASCII}]/u.test(header) ? '\uFEFF' : '';
  return { header: mark + header, of: (rows) => writeTable(names, rows.map(cellsOf), options).slice(header.length) };
}

function propertyCells(predicted: PredictedProperty | undefined): CellValue[] {
  if (predicted === undefined) return told.map(() => null);
  const { median, interval, applicability, measured } = predicted;
  return [median, ...interval, Number(applicability.toFixed(4)), mean(measured.map(({ value }) => value))];
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value / values.length, 0);
}

function notesOf({ outside, predicted }: PredictedRow, properties: readonly Property[]): string {
  const repeated = properties.flatMap(({ fidelity, outcome }, p) => {
    const count = predicted?.[p]?.measured.length ?? 0;
    return count > 1 ? [`${outcome} measured ${count} times at ${fidelity}, of which the mean is given`] : [];
  });
  return [...(outside === null ? [] : [`outside the space: ${outside}`]), ...repeated].join('; ');
}

/** A line of JSON for each row. */
export function jsonTexts({ properties, columns }: TablePredictions): RowTexts {
  const lineOf = ({ line, place, outside, cells, predicted, faults }: PredictedRow) =>
    JSON.stringify({
      line,
      cells: Object.fromEntries(columns.map(({ header }, place) => [header, cells[place]!])),
      design: place?.design ?? null,
      rowId: place?.rowId ?? null,
      outside,
      predicted:
        predicted?.map((one, p) => {
          const { fidelity, outcome } = properties[p]!;
          return { fidelity, outcome, ...one };
        }) ?? null,
      faults,
    });
  return { header: '', of: (rows) => rows.map((row) => `${lineOf(row)}\n`).join('') };
}
