import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import Papa from 'papaparse';
import { z } from 'zod';
import type { Design, ParameterValue } from '../../models/domain/design.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { DatasetSettings } from './settings.js';

/** Where the rows are, how they are named, and which columns are the design. */
export interface TableSource {
  readonly file: string;
  /** Column that names the rows, null for row numbers. */
  readonly id: string | null;
  /** Parameter to column. */
  readonly design: Readonly<Record<string, string>>;
}

/** What may be known of a data-set folder's `meta.json` here: which columns name the rows and which are the design. */
const metaSchema = z.object({ columns: z.array(z.object({ name: z.string(), role: z.string() })).min(1) });

/** The table that settings mean. @throws {AdapterError} if a folder's description cannot be read */
export async function tableSource(settings: DatasetSettings): Promise<TableSource> {
  const { file: own, folder } = settings;
  if (own !== undefined) return { file: own, id: settings.id ?? null, design: settings.design ?? {} };
  const file = join(folder!, 'meta.json');
  let columns: z.infer<typeof metaSchema>['columns'];
  try {
    columns = metaSchema.parse(JSON.parse(await readFile(file, 'utf8'))).columns;
  } catch (cause) {
    throw new AdapterError(`${file} is not the description of a data set: ${reason(cause)}`, { cause });
  }
  const parameters = columns.filter((column) => column.role === 'parameter').map(({ name }) => [name, name]);
  return {
    file: join(folder!, 'data.csv'),
    id: columns.find((column) => column.role === 'id')?.name ?? null,
    design: Object.fromEntries(parameters),
  };
}

/**
 * A table of past results from which single rows are taken: names and designs are indexed, the answers stay unread text
 * until a row is asked for.
 */
export class SealedTable {
  private constructor(
    readonly columns: readonly string[],
    private readonly text: string,
    private readonly spans: readonly (readonly [number, number])[],
    private readonly rowsById: ReadonlyMap<string, number>,
    private readonly rowsByDesign: ReadonlyMap<string, readonly number[]>,
    private readonly source: TableSource,
  ) {}

  /** @throws {AdapterError} if the file cannot be read, lacks a column or names two rows alike */
  static async open(source: TableSource): Promise<SealedTable> {
    let text: string;
    try {
      text = (await readFile(source.file, 'utf8')).replace(/^\uFEFF/, '');
    } catch (cause) {
      throw new AdapterError(`cannot read ${source.file}: ${reason(cause)}`, { cause });
    }
    const spans: (readonly [number, number])[] = [];
    const byId = new Map<string, number>();
    const byDesign = new Map<string, number[]>();
    let columns: string[] | null = null;
    const parameters = Object.keys(source.design).sort();
    for await (const { data, span } of rowsOf(text)) {
      if (data.every((cell) => cell.trim() === '')) continue;
      if (columns === null) {
        columns = data;
        requireColumns(columns, source);
        continue;
      }
      const header: readonly string[] = columns;
      const cell = (column: string) => data[header.indexOf(column)] ?? '';
      const row = spans.push(span) - 1;
      const id = source.id === null ? String(row) : cell(source.id).trim();
      if (byId.has(id)) throw new AdapterError(`${source.file}: two rows are named '${id}'`);
      byId.set(id, row);
      const key = JSON.stringify(parameters.map((name) => normal(cell(source.design[name]!))));
      byDesign.set(key, [...(byDesign.get(key) ?? []), row]);
    }
    if (columns === null) throw new AdapterError(`${source.file} is empty`);
    return new SealedTable(columns, text, spans, byId, byDesign, source);
  }

  /** Row of this name, or null. */
  rowOf(id: string): number | null {
    return this.rowsById.get(id) ?? null;
  }

  /** Rows with this design; null if the table does not say which columns are the design, or not all of its parameters. */
  rowsWith(design: Design): readonly number[] | null {
    const parameters = Object.keys(this.source.design).sort();
    const given = Object.keys(design).sort();
    if (parameters.length === 0 || parameters.join() !== given.join()) return null;
    return this.rowsByDesign.get(JSON.stringify(parameters.map((name) => normal(design[name]!)))) ?? [];
  }

  /** Cells of some columns of one row, as they stand. */
  cells(row: number, columns: readonly string[]): string[] {
    const [from, to] = this.spans[row]!;
    const cells = Papa.parse<string[]>(this.text.slice(from, to).replace(/^[\r\n]+|[\r\n]+$/g, '')).data[0] ?? [];
    return columns.map((column) => (cells[this.columns.indexOf(column)] ?? '').trim());
  }
}

/** Rows taken apart at once: the event loop has its turn in between. */
const rowsAtOnce = 1000;

/** Rows of a CSV text with their places in it; those that separate others included. */
async function* rowsOf(text: string): AsyncGenerator<{ data: string[]; span: readonly [number, number] }, void> {
  let found: { delimiter?: string; newline?: '\r' | '\n' | '\r\n' } = {};
  for (let base = 0; base < text.length; ) {
    const rows: { data: string[]; span: readonly [number, number] }[] = [];
    let from = base;
    Papa.parse<string[]>(text.slice(base), {
      ...found,
      preview: rowsAtOnce,
      // The fast mode would split the whole rest each time.
      fastMode: false,
      step: ({ data, meta }) => {
        const to = base + meta.cursor;
        rows.push({ data, span: [from, to] });
        from = to;
        found = { delimiter: meta.delimiter, newline: meta.linebreak as '\n' };
      },
    });
    if (from === base) return;
    base = from;
    yield* rows;
    await turn();
  }
}

function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'there is no such file' : message;
}

function requireColumns(columns: readonly string[], source: TableSource): void {
  const wanted = [...(source.id === null ? [] : [source.id]), ...Object.values(source.design)];
  const missing = wanted.filter((column) => !columns.includes(column));
  if (missing.length > 0)
    throw new AdapterError(`${source.file} has no column ${missing.join(', ')}; it has ${columns.join(', ')}`);
}

/** Numbers by value, names as they are: `1.50` and 1.5 are the same, `a` and `A` are not. */
function normal(value: ParameterValue): ParameterValue {
  if (typeof value === 'number') return value;
  const text = value.trim();
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
