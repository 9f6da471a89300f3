import { readFile } from 'node:fs/promises';
import Papa from 'papaparse';

/** A CSV file with a header line; cells as they stand. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, string>>[];
}

/** Reads a CSV file, or says in words why it cannot be read. */
export async function readTable(file: string): Promise<Table | string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    return code === 'ENOENT' ? `no file ${file}` : `cannot read ${file}: ${message}`;
  }
  const parsed = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: 'greedy' });
  const renamed = Object.values(parsed.meta.renamedHeaders ?? {});
  if (renamed.length > 0) return `${file} has the column '${renamed[0]}' twice`;
  const wrong = parsed.errors.find((error) => error.code !== 'UndetectableDelimiter');
  if (wrong !== undefined) {
    const row = wrong.row === undefined ? '' : `, row ${wrong.row + 1}`;
    return `${file}${row}: ${wrong.message}`;
  }
  return { columns: parsed.meta.fields ?? [], rows: parsed.data };
}
