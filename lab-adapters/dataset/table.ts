import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import type { Design, ParameterValue } from '../../models/domain/design.js';
import { AdapterError } from '../../models/domain/errors.js';
import { faultText, formatPath } from '../../models/domain/fault.js';
import { agreesWith, numberIn } from '../../models/domain/parameters/numbers.js';
import { unremarked } from '../../models/domain/parameters/remark.js';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { decodeDocument } from '../../models/table/decode-document.js';
import type { Table } from '../../models/table/table.js';
import type { JobRequest } from '../contract.js';
import { readRegularFile, readTableFile } from '../table-file.js';
import { moleculeCodes } from './molecule-code.js';
import type { DatasetSettings } from './settings.js';

/** Where the rows are, how they are named, and which columns are the design. */
export interface TableSource {
  readonly file: string;
  /** Column that names the rows, null for row numbers. */
  readonly id: string | null;
  /** Parameter to column. */
  readonly design: Readonly<Record<string, string>>;
}

/** What is asked of a table: a design, and the SMILES of its molecules by parameter. */
export type Asked = Pick<JobRequest, 'design' | 'substances'>;

/** A description of a data set is no longer, bytes. */
const descriptionBytes = 4 * 2 ** 20;

/** What may be known of a data-set folder's `meta.json` here: which columns name the rows and which are the design. */
const metaSchema = z.object({ columns: z.array(z.object({ name: z.string(), role: z.string() })).min(1) });

/** The table that settings mean. @throws {AdapterError} if a folder's description cannot be read */
export async function tableSource(settings: DatasetSettings): Promise<TableSource> {
  const { file: own, folder } = settings;
  if (own !== undefined) return { file: own, id: settings.id ?? null, design: settings.design ?? {} };
  const file = join(folder!, 'meta.json');
  let columns: z.infer<typeof metaSchema>['columns'];
  try {
    const bytes = await readRegularFile(file, descriptionBytes);
    if (!(bytes instanceof Uint8Array)) throw new Error(bytes.message);
    const text = decodeDocument(bytes);
    if (typeof text !== 'string') throw new Error(`${faultText(text)}; ${text.remedy}`);
    columns = metaSchema.parse(parsedJson(text)).columns;
  } catch (cause) {
    const why = cause instanceof z.ZodError ? `${formatPath(cause.issues[0]!.path)}: ${cause.issues[0]!.message}` : '';
    throw new AdapterError(
      `${file} is not the description of a data set: ${cleanText(why || (cause as Error).message, 300)}`,
    );
  }
  const parameters = columns.filter((column) => column.role === 'parameter').map(({ name }) => [name, name]);
  return {
    file: join(folder!, 'data.csv'),
    id: columns.find((column) => column.role === 'id')?.name ?? null,
    design: Object.fromEntries(parameters),
  };
}

/** Rows that are indexed at once: the event loop has its turn in between. */
const rowsAtOnce = 1000;

/**
 * A table of past results from which single rows are taken: names and designs are indexed, the answers stay unread text
 * until a row is asked for.
 */
export class SealedTable {
  private codes: Awaited<ReturnType<typeof moleculeCodes>> | null = null;

  private constructor(
    private readonly table: Table,
    private readonly rowsById: ReadonlyMap<string, number>,
    private readonly rowsByDesign: ReadonlyMap<string, readonly number[]>,
    private readonly source: TableSource,
  ) {}

  /** @throws {AdapterError} if the file cannot be read, lacks a column or names two rows alike */
  static async open(source: TableSource): Promise<SealedTable> {
    const wanted = [...(source.id === null ? [] : [source.id]), ...Object.values(source.design)];
    const table = await readTableFile(source.file, { known: wanted });
    if (!('columns' in table)) throw new AdapterError(`${source.file}: ${table.map(faultText).join('; ')}`);
    if (table.columns.length === 0) throw new AdapterError(`${source.file} is empty`);
    const missing = wanted.filter((column) => !table.has(column));
    if (missing.length > 0)
      throw new AdapterError(`${source.file} has no column ${missing.join(', ')}; it has ${table.columns.join(', ')}`);
    const byId = new Map<string, number>();
    const byDesign = new Map<string, number[]>();
    const ids = source.id === null ? null : table.cells(source.id);
    const designs = Object.keys(source.design)
      .sort()
      .map((name) => table.cells(source.design[name]!));
    for (let row = 0; row < table.length; row++) {
      const id = ids === null ? String(row) : ids[row]!;
      if (byId.has(id)) {
        const line = `line ${table.lineOf(row)}`;
        throw new AdapterError(`${source.file}, ${line}: two rows are named '${id}'`);
      }
      byId.set(id, row);
      const key = JSON.stringify(designs.map((cells) => numberIn(unremarked(table.plainNumber(cells[row]!)))));
      const same = byDesign.get(key);
      if (same === undefined) byDesign.set(key, [row]);
      else same.push(row);
      if (row % rowsAtOnce === rowsAtOnce - 1) await turn();
    }
    return new SealedTable(table, byId, byDesign, source);
  }

  /** Columns with a name. */
  get columns(): readonly string[] {
    return this.table.columns.filter((name) => name !== '');
  }

  /** Row of this name, or null. */
  rowOf(id: string): number | null {
    return this.rowsById.get(id) ?? null;
  }

  /**
   * Rows with this design, or null where the table does not say which columns are the design, or of which parameters.
   * Where none has it to the letter, molecules are compared, however they are spelled.
   */
  async rowsWith({ design, substances }: Asked): Promise<readonly number[] | null> {
    if (!this.tellsDesigns(design)) return null;
    const parameters = Object.keys(this.source.design).sort();
    const rows = this.rowsByDesign.get(JSON.stringify(parameters.map((name) => normal(design[name]!)))) ?? [];
    if (rows.length > 0 || Object.keys(substances).length === 0) return rows;
    const found: number[] = [];
    for (let row = 0; row < this.table.length; row++) {
      if (await this.hasDesign(row, { design, substances })) found.push(row);
      if (row % rowsAtOnce === rowsAtOnce - 1) await turn();
    }
    return found;
  }

  /**
   * Whether a row has a design, numbers to the digits that its cells write, molecules however they are spelled; true where
   * the table cannot tell.
   */
  async hasDesign(row: number, { design, substances }: Asked): Promise<boolean> {
    if (!this.tellsDesigns(design)) return true;
    for (const [name, column] of Object.entries(this.source.design)) {
      const text = this.table.plainNumber(this.table.cell(row, column));
      const value = design[name]!;
      const isSame = typeof value === 'number' ? agreesWith(text, value, 1) : normal(value) === numberIn(text);
      if (!isSame && !(await this.isMolecule(text, substances[name]))) return false;
    }
    return true;
  }

  private async isMolecule(text: string, smiles: string | undefined): Promise<boolean> {
    if (smiles === undefined) return false;
    this.codes ??= await moleculeCodes();
    const code = this.codes(smiles);
    return code !== null && this.codes(text) === code;
  }

  /** Cells of some columns of one row, numbers with decimal points. */
  cells(row: number, columns: readonly string[]): string[] {
    return columns.map((column) =>
      this.table.has(column) ? this.table.plainNumber(this.table.cell(row, column)) : '',
    );
  }

  /** Cells of a column with digits that are no number, such as `<5` or `0x10`, and their lines. Words are failed trials. */
  notNumbers(column: string): { readonly line: number; readonly cell: string }[] {
    return this.table.numericCells(column).flatMap((cell, row) => {
      const isNumber = typeof numberIn(cell) === 'number' || !(/\d/.test(cell) || cell !== unremarked(cell));
      return isNumber ? [] : [{ line: this.table.lineOf(row), cell }];
    });
  }

  private tellsDesigns(design: Design): boolean {
    const parameters = Object.keys(this.source.design).sort();
    return parameters.length > 0 && parameters.join() === Object.keys(design).sort().join();
  }
}

/** Numbers by value, names as they are: `1.50` and 1.5 are the same, `a` and `A` are not. */
function normal(value: ParameterValue): ParameterValue {
  return typeof value === 'number' ? value : numberIn(value.trim());
}
