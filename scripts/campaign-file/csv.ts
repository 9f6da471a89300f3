import { readFile } from 'node:fs/promises';
import Papa from 'papaparse';

/** A CSV file with a header line; cells as they stand. */
export interface Table {
  readonly columns: readonly string[];
  /** Number of rows below the header. */
  readonly length: number;
  /** The cells of a column, one a row; made anew at each call. */
  cells(column: string): readonly string[];
}

/** Characters that are parsed at a time: what is known of a file's rows beyond its cells stays small. */
const chunkCharacters = 1 << 20;

/** Reads a CSV file, or says in words why it cannot be read. */
export async function readTable(file: string): Promise<Table | string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `no file ${file}` : `cannot read ${file}: ${message}`;
  }
  return parseTable(text, file);
}

/** The table in a text. @param file - names it in what is said to be wrong @param chunkSize - characters at a time */
export function parseTable(text: string, file: string, chunkSize: number = chunkCharacters): Table | string {
  let names: readonly string[] | null = null;
  let parts: CellPart[][] = [];
  let length = 0;
  let fault: string | null = null;
  const take = (rows: readonly string[][], errors: readonly Papa.ParseError[]): string | null => {
    const data = names === null ? rows.slice(1) : rows;
    // Papa counts from the start of the chunk, people below the header.
    const at = (row: number) => `${file}, row ${length + row + 1}`;
    const wrong = errors.find((error) => error.code !== 'UndetectableDelimiter');
    if (wrong !== undefined) return `${at((wrong.row ?? 0) - (rows.length - data.length))}: ${wrong.message}`;
    if (names === null) {
      names = rows[0] ?? [];
      parts = names.map(() => []);
      const twice = names.find((name, i, all) => all.indexOf(name) < i);
      if (twice !== undefined) return `${file} has the column '${twice}' twice`;
    }
    const width = names.length;
    const odd = data.findIndex((row) => row.length !== width);
    if (odd >= 0) {
      const found = data[odd]!.length;
      const which = found < width ? 'few' : 'many';
      return `${at(odd)}: Too ${which} fields: expected ${width} fields but parsed ${found}`;
    }
    if (data.length > 0) for (let j = 0; j < width; j++) parts[j]!.push(partOf(data.map((row) => row[j]!)));
    length += data.length;
    return null;
  };
  const config = {
    skipEmptyLines: 'greedy',
    chunkSize,
    chunk: ({ data, errors }: Papa.ParseResult<string[]>, parser: Papa.Parser) => {
      fault ??= take(data, errors);
      if (fault !== null) parser.abort();
    },
  } as const;
  // The types know chunks of files only.
  Papa.parse<string[]>(text, config as Papa.ParseConfig<string[]>);
  if (fault !== null) return fault;
  const columns: readonly string[] = names ?? [];
  return { columns, length, cells: (column) => cellsOf(parts[columns.indexOf(column)]!) };
}

/**
 * The cells of a column within a chunk, as one text where none of them has the sign that is put between them: the
 * garbage collector would be kept busy by twenty million strings that stay.
 */
type CellPart = string | readonly string[];

const between = '\u0000';

function partOf(cells: readonly string[]): CellPart {
  return cells.some((cell) => cell.includes(between)) ? cells : cells.join(between);
}

function cellsOf(parts: readonly CellPart[]): string[] {
  const cells: string[] = [];
  for (const part of parts) for (const cell of typeof part === 'string' ? part.split(between) : part) cells.push(cell);
  return cells;
}
