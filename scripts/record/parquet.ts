import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { TrialRecord } from '../../models/domain/record.js';
import { withoutPlainSecrets } from '../plain-secrets.js';
import { type TrialColumn, type TrialTable, trialColumns } from './trial-columns.js';

/** Rows of a row group: as many as are held as columns at once. */
const groupRows = 1000;

/** Kinds of values that a Parquet file has columns of. */
export type ParquetType = 'INT32' | 'DOUBLE' | 'STRING' | 'TIMESTAMP' | 'JSON';

/** A column of the file. */
export interface ParquetColumn extends TrialColumn {
  readonly type: ParquetType;
}

/** Everything that is known of the trial. */
const recordColumn: TrialColumn = { name: 'record', unit: null, kind: 'json', cell: (trial) => JSON.stringify(trial) };

/**
 * The columns of `trialColumns` with what Parquet calls their values, then `record`: the whole trial as JSON. A column of
 * numbers and texts is one of texts.
 */
export function parquetColumns(table: TrialTable): readonly ParquetColumn[] {
  const fixed = { integer: 'INT32', number: 'DOUBLE', text: 'STRING', time: 'TIMESTAMP', json: 'JSON' } as const;
  const isNumeric = ({ cell }: TrialColumn) =>
    table.trials.every((trial) => typeof (cell(trial, table) ?? 0) === 'number');
  return [...trialColumns([table], false), recordColumn].map((column) => ({
    ...column,
    type: column.kind !== 'either' ? fixed[column.kind] : isNumeric(column) ? 'DOUBLE' : 'STRING',
  }));
}

/**
 * Trials as Parquet, a row group at a time; what is not known is null. The metadata of the file has `athanor.units`, the
 * units of columns by name, and `athanor.campaign`, its id and specification, both as JSON.
 *
 * @param only - of the rows; columns are those of all trials
 */
export function* parquetPieces(
  table: TrialTable,
  only: (trial: TrialRecord) => boolean = () => true,
): Generator<Uint8Array> {
  const columns = parquetColumns(table);
  const trials = table.trials.filter(only);
  const columnData = (from: number): ColumnSource[] =>
    columns.map(({ name, type, cell }) => ({
      ...{ name, type, nullable: true },
      data: trials.slice(from, from + groupRows).map((trial) => parquetValue(type, cell(trial, table))),
    }));
  const { id, spec } = table.campaign;
  const units = Object.fromEntries(columns.flatMap(({ name, unit }) => (unit === null ? [] : [[name, unit]])));
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    ...{ writer, createdBy: 'athanor' },
    schema: schemaFromColumnData({
      columnData: columns.map(({ name, type }) => ({ name, type, nullable: true, data: [] })),
    }),
    kvMetadata: [
      { key: 'athanor.units', value: JSON.stringify(units) },
      { key: 'athanor.campaign', value: JSON.stringify({ id, spec: withoutPlainSecrets(spec) }) },
    ],
  });
  // The writer counts on: places in the file are those of all that was written.
  const taken = () => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  for (let from = 0; from < trials.length; from += groupRows) {
    void file.write({ columnData: columnData(from), rowGroupSize: groupRows });
    yield taken();
  }
  // At once, as the writer keeps what it is given.
  void file.finish();
  yield taken();
}

function parquetValue(type: ParquetType, value: string | number | null | undefined): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'TIMESTAMP') return new Date(value);
  // It is written as JSON by the writer itself.
  if (type === 'JSON') return JSON.parse(String(value));
  return type === 'STRING' ? String(value) : value;
}
