import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import { type CellValue, type Newline, writeRows } from '../../models/table/write-table.js';
import { shownRecord } from '../plain-secrets.js';
import { type TrialTable, trialColumns } from './trial-columns.js';

/**
 * A whole campaign as one JSON text: everything known but what looks like a secret in its settings, and enough to verify and
 * report it anywhere.
 */
export function exportJson(record: CampaignRecord): string {
  return `${JSON.stringify(shownRecord(record), null, 2)}\n`;
}

/** A record in which large artefacts are named by their size, and those. */
export interface PartedRecord {
  readonly text: string;
  /** By sha256. */
  readonly apart: ReadonlyMap<string, Uint8Array>;
}

/** As `exportJson`, but artefacts of more than `limit` bytes are apart, so that the text stays one that can be read. */
export function exportParted({ artefacts, ...record }: CampaignRecord, limit = 2 ** 20): PartedRecord {
  const apart = new Map<string, Uint8Array>();
  const told = Object.entries(artefacts ?? {}).map(([sha, text]) => {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length <= limit) return [sha, text] as const;
    apart.set(sha, bytes);
    return [sha, { size: bytes.length }] as const;
  });
  const shown = { ...shownRecord(record), ...(artefacts === undefined ? {} : { artefacts: Object.fromEntries(told) }) };
  return { text: `${JSON.stringify(shown, null, 2)}\n`, apart };
}

/** How a table of trials is written. */
export interface TableOptions {
  /** Texts that begin a formula as they stand, without an apostrophe before them. */
  readonly raw?: boolean;
  /** A second row with the units of the columns. */
  readonly units?: boolean;
  /** CR LF, as RFC 4180 has it, where not told. */
  readonly newline?: Newline;
  /** Only these trials; columns are those of all. */
  readonly only?: (trial: TrialRecord) => boolean;
}

/**
 * The trials of a campaign as CSV, one row each in the order of their ids, with the columns of `trialColumns`. Numbers in
 * their shortest form that reads back to the same bits; what is not known is empty. A text that a spreadsheet would run as a
 * formula has an apostrophe before it.
 */
export function exportCsv(record: TrialTable, options: TableOptions = {}): string {
  return [...tablePieces([record], false, { newline: '\n', ...options })].join('');
}

/**
 * The trials of several campaigns in one table, each row with its campaign, strategy and seed before it; what one campaign
 * does not have is empty. `suggest` and `transfer` read it as they read that of one.
 */
export function exportTable(records: readonly TrialTable[], options: TableOptions = {}): string {
  return [...tablePieces(records, true, { newline: '\n', ...options })].join('');
}

/** Rows that are made at once. */
const pieceRows = 500;

/** As `exportCsv`, a few hundred rows at a time. @param isNamed - as for `exportTable` */
export function* tablePieces(
  tables: readonly TrialTable[],
  isNamed: boolean,
  { raw = false, units = false, newline = '\r\n', only = () => true }: TableOptions,
): Generator<string> {
  const columns = trialColumns(tables, isNamed);
  const written = (rows: readonly (readonly CellValue[])[]) =>
    writeRows(rows, { delimiter: ',', decimal: 'point', raw, newline });
  yield written([columns.map(({ name }) => name), ...(units ? [columns.map(({ unit }) => unit)] : [])]);
  for (const table of tables) {
    const trials = table.trials.filter(only);
    for (let from = 0; from < trials.length; from += pieceRows)
      yield written(trials.slice(from, from + pieceRows).map((trial) => columns.map(({ cell }) => cell(trial, table))));
  }
}
