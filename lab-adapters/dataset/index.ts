import type { Fault } from '../../models/domain/fault.js';
import { numberIn, numberShape, whyNoNumber } from '../../models/domain/parameters/numbers.js';
import { unremarked } from '../../models/domain/parameters/remark.js';
import { substancesOf } from '../../models/domain/space.js';
import type { Cause } from '../../models/domain/trial.js';
import type { AdapterContext, AdapterType, CheckScope, JobRequest, Traits } from '../contract.js';
import { SimulatedAdapter } from '../internal/simulated-adapter.js';
import type { SimulatedEnd } from '../internal/simulated-jobs.js';
import type { DatasetSettings } from './settings.js';
import { datasetSettings } from './settings.js';
import { type Asked, SealedTable, tableSource } from './table.js';

const traits: Traits = {
  resultRetention: 'permanent',
  exclusive: false,
  deterministic: true,
  fenced: true,
  virtualTime: true,
};

/**
 * Replays past results: a trial asks for a row and is told its values, nothing else of the file.
 *
 * A design that is not in the file is refused; an empty cell is a failed trial.
 */
export const dataset: AdapterType<DatasetSettings, SimulatedAdapter> = {
  name: 'dataset',
  description: 'replay of past results from a CSV file, or from a folder in the data-set format',
  settings: datasetSettings,
  paths: ['file', 'folder'],
  costSetting: 'cost',
  incidental: ['delayMs'],
  check: checkDataset,
  create: (settings, context) => new DatasetReplay(settings, context),
};

async function checkDataset(settings: DatasetSettings, scope?: CheckScope): Promise<readonly Fault[]> {
  const key = settings.file === undefined ? 'folder' : 'file';
  let table: SealedTable;
  try {
    table = await SealedTable.open(await tableSource(settings));
  } catch (cause) {
    return [
      { path: key, message: (cause as Error).message, remedy: 'give a CSV file with a header, or a data-set folder' },
    ];
  }
  const faults: Fault[] = [];
  const known = `a column of the file: ${table.columns.join(', ')}`;
  for (const group of ['values', 'noise'] as const)
    for (const [objective, column] of Object.entries(settings[group] ?? {}))
      if (!table.columns.includes(column))
        faults.push({ path: `${group}.${objective}`, message: `no column '${column}'`, remedy: known });
  for (const objective of scope?.objectives ?? [])
    if (settings.values?.[objective] === undefined && !table.columns.includes(objective))
      faults.push({
        path: 'values',
        message: `no column '${objective}' for the outcome of that name`,
        remedy: known,
      });
  for (const objective of scope?.objectives ?? [])
    for (const column of [settings.values?.[objective] ?? objective, settings.noise?.[objective]])
      if (column !== undefined && table.columns.includes(column)) faults.push(...cellFaults(table, column, key));
  const pool = scope?.pool;
  if (pool == null) return faults;
  const refused: string[] = [];
  for (const [i, rowId] of pool.ids.entries()) {
    const design = pool.designs.at(i)!;
    const found = await findRow(table, { design, rowId, substances: substancesOf(scope!, design) });
    if (typeof found !== 'number') refused.push(found.message);
  }
  if (refused.length > 0)
    faults.push({
      path: key,
      message: `${refused.length} of the pool's ${pool.ids.length} rows are not in the data; the first: ${refused[0]}`,
      remedy:
        settings.id === undefined && key === 'file'
          ? "name the file's id column in settings.id"
          : 'give the data of the pool',
    });
  return faults;
}

/** Cells of a fault that are shown; the others are counted. */
const shownCells = 20;

/** The cells of a column whose digits are no numbers; at most 20, and the count of the others. */
function cellFaults(table: SealedTable, column: string, key: string): Fault[] {
  const bad = table.notNumbers(column);
  if (bad.length === 0) return [];
  const shown = bad.slice(0, shownCells).map(({ line, cell }) => `line ${line}: ${notNumber(cell)}`);
  if (bad.length > shownCells) shown.push(`and ${bad.length - shownCells} more`);
  const message = `column '${column}': ${bad.length} cell${bad.length === 1 ? '' : 's'} not a number (${shown.join('; ')})`;
  return [{ path: key, message, remedy: `${numberShape}; empty, or a word, where the trial failed` }];
}

function notNumber(cell: string): string {
  const why = whyNoNumber(cell);
  const text = unremarked(cell);
  return why === '' ? `'${text}'` : `'${text}', ${why}`;
}

class DatasetReplay extends SimulatedAdapter {
  readonly traits = traits;
  private opened: Promise<SealedTable> | undefined;

  constructor(
    private readonly settings: DatasetSettings,
    context: AdapterContext,
  ) {
    super(context, {
      durationMs: () => settings.delayMs,
      end: (_key, request) => this.end(request),
      cancelledCost: 0,
    });
  }

  private get cost(): number {
    return this.settings.cost ?? 1;
  }

  /** The table, opened when first needed; a failed opening is tried again. */
  private table(): Promise<SealedTable> {
    this.opened ??= tableSource(this.settings)
      .then((source) => SealedTable.open(source))
      .catch((cause) => {
        this.opened = undefined;
        throw cause;
      });
    return this.opened;
  }

  async validate(request: JobRequest): Promise<readonly Fault[]> {
    const found = await findRow(await this.table(), request);
    return typeof found === 'number' ? [] : [found];
  }

  private async end(request: JobRequest): Promise<SimulatedEnd> {
    const table = await this.table();
    const row = await findRow(table, request);
    if (typeof row !== 'number')
      return this.failed({ class: 'operator', code: 'unknownDesign', message: `${row.message}; ${row.remedy}` }, 0);
    const values: Record<string, number> = {};
    const noise: Record<string, number> = {};
    let missing: Cause | null = null;
    for (const objective of request.objectives) {
      const column = this.settings.values?.[objective] ?? objective;
      const noiseColumn = this.settings.noise?.[objective];
      const [cell, sd] = table.cells(row, [column, noiseColumn ?? column]);
      const value = numberIn(cell!);
      if (typeof value === 'string') {
        const code = cell === '' ? 'missingValue' : 'notANumber';
        const holds = cell === '' ? 'is empty in this row' : `holds ${notNumber(value)}`;
        missing ??= { class: 'unknown', code, message: `column '${column}' ${holds}` };
        continue;
      }
      values[objective] = value;
      const spread = noiseColumn === undefined ? '' : numberIn(sd!);
      if (typeof spread === 'number' && spread >= 0) noise[objective] = spread;
    }
    if (missing !== null && Object.keys(values).length === 0) return this.failed(missing, this.cost);
    const told = Object.keys(noise).length > 0 ? { values, noise } : { values };
    return { state: 'succeeded', result: { ...told, cost: this.cost } };
  }

  private failed(cause: Cause, cost: number): SimulatedEnd {
    return { state: 'failed', result: { values: {}, cost, cause } };
  }

  async health() {
    try {
      await this.table();
    } catch (cause) {
      return { ok: false, message: (cause as Error).message, remedy: 'put the file back, or correct the settings' };
    }
    return { ok: true, message: 'the table can be read' };
  }
}

/** The row that a request means, or why there is none. */
async function findRow(table: SealedTable, request: Asked & Pick<JobRequest, 'rowId'>): Promise<number | Fault> {
  const refuse = (path: string, message: string, remedy: string): Fault => ({ path, message, remedy });
  if (request.rowId !== null) {
    const row = table.rowOf(request.rowId);
    if (row === null) return refuse('rowId', `no row '${request.rowId}' in the data`, 'ask for a row of the pool');
    if (!(await table.hasDesign(row, request)))
      return refuse('design', `not the design of row '${request.rowId}'`, 'give the values that the row has');
    return row;
  }
  const rows = await table.rowsWith(request);
  if (rows === null)
    return refuse('design', 'comes without a row id', "name the design's columns in settings.design, or ask for a row");
  if (rows.length > 1)
    return refuse('design', `${rows.length} rows have this design`, 'ask for one of them by its row id');
  return rows[0] ?? refuse('design', 'not in the data', 'only designs of the data can be replayed');
}
