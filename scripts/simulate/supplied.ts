import { readRegularFile } from '../../lab-adapters/table-file.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { Constraints } from '../../models/domain/constraints/constraint.js';
import type { Design, ParameterValue } from '../../models/domain/design.js';
import { designKey } from '../../models/domain/design.js';
import { designFaults } from '../../models/domain/design-faults.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { rowsById, type Space } from '../../models/domain/space.js';
import { idsMeant } from '../../models/strategy/result.js';
import { decodeText } from '../../models/table/decode.js';
import { readTable } from '../../models/table/read-table.js';
import type { Table } from '../../models/table/table.js';
import { isText } from '../campaign-file/space.js';
import { type Column, columnRoles, designColumns, designTexts, knownTexts, namedIn } from '../suggest/columns.js';

/** A person's own first trials: rows of the pool, or designs. */
export type Supplied = { readonly rows: readonly string[] } | { readonly designs: readonly Design[] };

/**
 * Reads a person's first trials from a file and makes them the initial design of a campaign.
 *
 * The file holds a JSON list of row ids or of designs (objects of parameter values); or a table (CSV or .xlsx) whose
 * header names the parameters, or the row id, as `suggest` and `export` write it; or plain text with one row id a line.
 *
 * @param note - told what people should know of how the file was read
 * @throws {InvalidInputError} with every row that is not in the pool and every value outside the space
 */
export async function withInitialTrials(
  campaign: Campaign,
  file: string,
  note: (line: string) => void = () => {},
): Promise<Campaign> {
  const bytes = await readRegularFile(file, mostBytes);
  if (!(bytes instanceof Uint8Array)) throw refusal(file, [bytes]);
  const supplied = await parseSupplied(campaign, file, bytes, (line) => note(`${file}: ${line}`));
  if (('rows' in supplied ? supplied.rows : supplied.designs).length === 0)
    throw refusal(file, [{ path: '', message: 'no first trials in it', remedy: 'give at least one row or design' }]);
  const faults = 'rows' in supplied ? rowFaults(campaign, supplied.rows) : faultsOf(campaign, supplied.designs);
  if (faults.length > 0) throw refusal(file, faults);
  const before = campaign.spec.strategy === 'default' ? {} : campaign.spec.strategy;
  const { rows: _rows, designs: _designs, ...sizes } = before.initial ?? {};
  const given =
    'rows' in supplied ? { rows: [...supplied.rows] } : { designs: supplied.designs.map((design) => ({ ...design })) };
  const strategy = { ...before, initial: { ...sizes, ...given } };
  return { ...campaign, spec: { ...campaign.spec, strategy } };
}

/** Bytes of the file at most. */
const mostBytes = 50_000_000;

/** The trials that the bytes of a file list, without a check against the campaign beyond its parameter names. */
export async function parseSupplied(
  campaign: Campaign,
  file: string,
  bytes: Uint8Array,
  note: (line: string) => void = () => {},
): Promise<Supplied> {
  const start = String.fromCharCode(...bytes.subarray(0, 64))
    .replace(/^\u00EF\u00BB\u00BF/, '')
    .trimStart();
  if (start.startsWith('[') || start.startsWith('{')) {
    const decoded = decodeText(bytes, knownTexts(campaign));
    if (!('text' in decoded)) throw refusal(file, [decoded]);
    if (decoded.note !== null) note(decoded.note);
    return fromJson(file, decoded.text);
  }
  const named = namedIn(campaign);
  const known = [...columnRoles(named).keys()];
  const table = await readTable(bytes, { known, texts: knownTexts(campaign) });
  if (!('columns' in table)) throw refusal(file, table);
  for (const line of table.notes) note(line);
  const roles = columnRoles(named, table.columns);
  const columns = table.columns.map((header): Column => ({ header, role: roles.get(header) ?? { kind: 'ignored' } }));
  const row = columns.find(({ role }) => role.kind === 'row');
  if (row !== undefined) return { rows: table.cells(row.header) };
  if (designColumns(named, columns).every(({ missing }) => missing.length === 0)) {
    const design = designIn(campaign, table, columns);
    return { designs: Array.from({ length: table.length }, (_, i) => design(i)) };
  }
  if (table.columns.length === 1) {
    const [first = ''] = table.columns;
    return { rows: [...(['id', 'row', 'rowId'].includes(first) ? [] : [first]), ...table.cells(first)] };
  }
  const names = campaign.space.parameters.map((parameter) => parameter.name);
  throw refusal(file, [
    {
      path: '',
      message: `${table.columns.length} columns without a header that names every parameter`,
      remedy: `start with the header ${names.join(',')}, or give one row id a line`,
    },
  ]);
}

function fromJson(file: string, text: string): Supplied {
  const shape = 'a list of row ids, or a list of designs such as [{"x": 1, "y": 2}]';
  let given: unknown;
  try {
    given = parsedJson(text);
  } catch (error) {
    throw refusal(file, [{ path: '', message: `not JSON: ${(error as Error).message}`, remedy: `give ${shape}` }]);
  }
  const entries = Array.isArray(given)
    ? given
    : ((given as Record<string, unknown>).rows ?? (given as Record<string, unknown>).designs);
  if (Array.isArray(entries) && entries.length > 0) {
    if (entries.every((entry) => typeof entry === 'string' || Number.isInteger(entry)))
      return { rows: entries.map(String) };
    if (entries.every(isDesign)) return { designs: entries };
  }
  throw refusal(file, [{ path: '', message: 'neither rows nor designs', remedy: `give ${shape}` }]);
}

function isDesign(entry: unknown): entry is Design {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false;
  return Object.values(entry).every((value) => typeof value === 'string' || typeof value === 'number');
}

/** A function that reads the design of a row: numbers where the parameter is numeric, names elsewhere. */
function designIn({ space }: Campaign, table: Table, columns: readonly Column[]): (row: number) => Design {
  const text = designTexts(space, columns);
  return (row) => {
    const design: Record<string, ParameterValue> = {};
    for (const [p, parameter] of space.parameters.entries()) {
      const cell = text(p, (column) => table.cell(row, columns[column]!.header));
      design[parameter.name] = typeOf(parameter).fromText(
        parameter,
        isText(parameter.type) ? cell : table.plainNumber(cell),
      );
    }
    return design;
  };
}

function rowFaults(campaign: Campaign, rows: readonly string[]): readonly Fault[] {
  const { pool } = campaign.space;
  if (pool === null)
    return [{ path: '', message: 'row ids, but the campaign has no pool', remedy: 'give designs instead' }];
  const known = new Set(pool.ids);
  return rows.flatMap((row, i) =>
    known.has(row)
      ? brokenBy(campaign.space, pool.designs.at(rowsById(pool).get(row)!)!, i)
      : [
          {
            path: `[${i}]`,
            message: `'${row}' is no row of the pool`,
            remedy: idsMeant(row, pool),
          },
        ],
  );
}

function faultsOf({ space }: Campaign, designs: readonly Design[]): readonly Fault[] {
  const { parameters, pool } = space;
  const known = pool === null ? null : new Set(Array.from(pool.designs, designKey));
  return designs.flatMap((design, i) => {
    const wrong = designFaults(parameters, design).map((fault) => ({ ...fault, path: `[${i}].${fault.path}` }));
    const faults = wrong.length > 0 ? wrong : brokenBy(space, design, i);
    if (faults.length > 0 || known === null || known.has(designKey(design))) return faults;
    return [{ path: `[${i}]`, message: 'the design is in no row of the pool', remedy: 'give designs of the pool' }];
  });
}

/** Constraints that the i-th design breaks. */
function brokenBy(space: Space, design: Design, i: number): Fault[] {
  return Constraints.of(space)
    .faults(design)
    .map((fault) => ({ ...fault, path: `[${i}]` }));
}

function refusal(file: string, faults: readonly Fault[]): InvalidInputError {
  return new InvalidInputError(`first trials in ${file}`, faults);
}
