import { faultText } from '../../models/domain/fault.js';
import { readTable } from '../../models/table/read-table.js';
import { decimalComma } from '../../models/table/table.js';
import type { Outcomes } from '../internal/outcomes.js';
import { type Read, readJsonReply } from '../internal/reply.js';
import type { FilesSettings } from './settings.js';

/**
 * What stands in a result, as a document with places: that of a JSON file, `{columns, rows: [{column: text}]}` of a CSV file,
 * `{title, xUnits, yUnits, x, y, windows}` of a spectrum, where `windows` has what the settings take from parts of it.
 */
export async function documentIn(bytes: Uint8Array, what: string, settings: FilesSettings): Promise<Read> {
  if (settings.result.format === 'json') return readJsonReply(bytes, what);
  return settings.result.format === 'csv' ? tableIn(bytes, what) : spectrumDocument(bytes, what, settings);
}

async function tableIn(bytes: Uint8Array, what: string): Promise<Read> {
  const table = await readTable(bytes);
  if (!('columns' in table)) return { refusal: `${what} is no table: ${table.slice(0, 5).map(faultText).join('; ')}` };
  const columns = table.columns.filter((column) => column !== '');
  const rows: Record<string, string>[] = Array.from({ length: table.length }, () => ({}));
  for (const column of columns)
    for (const [i, cell] of table.cells(column).entries())
      rows[i]![column] = table.dialect.decimal === 'comma' && decimalComma.test(cell) ? cell.replace(',', '.') : cell;
  return { document: { columns, rows } };
}

async function spectrumDocument(bytes: Uint8Array, what: string, { values }: FilesSettings): Promise<Read> {
  const { inWindow, spectrumIn } = await import('./spectrum.js');
  const spectrum = spectrumIn(Buffer.from(bytes).toString('latin1'));
  if ('refusal' in spectrum) return { refusal: `${what}: ${spectrum.refusal}` };
  const windows = Object.entries(values).flatMap(([name, place]) =>
    typeof place === 'object' && 'window' in place ? [[name, inWindow(spectrum, place)] as const] : [],
  );
  return { document: { ...spectrum, windows: Object.fromEntries(windows) } };
}

/** Where each outcome stands in such a document. Cells of tables are texts, so numbers may be. */
export function placesOf({ values, result }: FilesSettings): Outcomes {
  const isText = result.format === 'csv';
  return Object.fromEntries(
    Object.entries(values).map(([name, place]) => {
      if (typeof place === 'string') return [name, { path: place, text: isText, optional: false }];
      if ('window' in place)
        return [name, { path: `windows[${JSON.stringify(name)}]`, sd: place.sd, text: false, optional: false }];
      return [name, { ...place, text: isText || place.text }];
    }),
  );
}
