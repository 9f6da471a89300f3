import papaparse from 'papaparse';
import type { Campaign } from '../../models/domain/campaign.js';
import type { Design, ParameterValue } from '../../models/domain/design.js';
import { designKey } from '../../models/domain/design.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { readBounded } from '../bounded-file.js';

/** A person's own first trials: rows of the pool, or designs. */
export type Supplied = { readonly rows: readonly string[] } | { readonly designs: readonly Design[] };

/**
 * Reads a person's first trials from a file and makes them the initial design of a campaign.
 *
 * The file holds a JSON list of row ids or of designs (objects of parameter values); or CSV whose header names the
 * parameters, or a single column `id` or `row`; or plain text with one row id a line.
 *
 * @throws {InvalidInputError} with every row that is not in the pool and every value outside the space
 */
export async function withInitialTrials(campaign: Campaign, file: string): Promise<Campaign> {
  const text = await readBounded(file).catch((error: NodeJS.ErrnoException) => {
    throw refusal(file, [{ path: '', message: `cannot be read: ${error.message}`, remedy: 'give a readable file' }]);
  });
  const supplied = parseSupplied(campaign, file, text);
  const faults = 'rows' in supplied ? rowFaults(campaign, supplied.rows) : designFaults(campaign, supplied.designs);
  if (faults.length > 0) throw refusal(file, faults);
  const before = campaign.spec.strategy === 'default' ? {} : campaign.spec.strategy;
  const { rows: _rows, designs: _designs, ...sizes } = before.initial ?? {};
  const given =
    'rows' in supplied ? { rows: [...supplied.rows] } : { designs: supplied.designs.map((design) => ({ ...design })) };
  const strategy = { ...before, initial: { ...sizes, ...given } };
  return { ...campaign, spec: { ...campaign.spec, strategy } };
}

/** The trials that a text lists, without a check against the campaign beyond its parameter names. */
export function parseSupplied(campaign: Campaign, file: string, text: string): Supplied {
  const start = text.trimStart();
  if (start.startsWith('[') || start.startsWith('{')) return fromJson(file, text);
  const names = campaign.space.parameters.map((parameter) => parameter.name);
  const parsed = papaparse.parse<string[]>(text.trim(), { skipEmptyLines: 'greedy' });
  const [header = [], ...body] = parsed.data.map((row) => row.map((cell) => cell.trim()));
  if (names.every((name) => header.includes(name)))
    return { designs: body.map((row) => designOf(campaign, header, row)) };
  const lines = header.length === 1 && ['id', 'row', 'rowId'].includes(header[0]!) ? body : [header, ...body];
  const wide = lines.findIndex((row) => row.length !== 1);
  if (wide < 0) return { rows: lines.map((row) => row[0]!) };
  throw refusal(file, [
    {
      path: '',
      message: `${lines[wide]!.length} columns without a header that names every parameter`,
      remedy: `start with the header ${names.join(',')}, or give one row id a line`,
    },
  ]);
}

function fromJson(file: string, text: string): Supplied {
  const shape = 'a list of row ids, or a list of designs such as [{"x": 1, "y": 2}]';
  let given: unknown;
  try {
    given = JSON.parse(text);
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

/** Cells as the parameters hold them: numbers where the parameter is numeric, names elsewhere. */
function designOf(campaign: Campaign, header: readonly string[], row: readonly string[]): Design {
  const design: Record<string, ParameterValue> = {};
  for (const parameter of campaign.space.parameters) {
    const cell = row[header.indexOf(parameter.name)] ?? '';
    design[parameter.name] = typeOf(parameter).fromText(parameter, cell);
  }
  return design;
}

function rowFaults(campaign: Campaign, rows: readonly string[]): readonly Fault[] {
  const { pool } = campaign.space;
  if (pool === null)
    return [{ path: '', message: 'row ids, but the campaign has no pool', remedy: 'give designs instead' }];
  const known = new Set(pool.ids);
  return rows.flatMap((row, i) =>
    known.has(row)
      ? []
      : [
          {
            path: `[${i}]`,
            message: `'${row}' is no row of the pool`,
            remedy: `ids such as ${pool.ids.slice(0, 3).join(', ')}`,
          },
        ],
  );
}

function designFaults(campaign: Campaign, designs: readonly Design[]): readonly Fault[] {
  const { parameters, pool } = campaign.space;
  const names = parameters.map((parameter) => parameter.name);
  const known = pool === null ? null : new Set(Array.from(pool.designs, designKey));
  return designs.flatMap((design, i) => {
    const faults: Fault[] = Object.keys(design)
      .filter((name) => !names.includes(name))
      .map((name) => ({ path: `[${i}].${name}`, message: 'not a parameter', remedy: `one of ${names.join(', ')}` }));
    for (const parameter of parameters) {
      const value = design[parameter.name];
      const path = `[${i}].${parameter.name}`;
      const allowed = value === undefined ? 'a value' : typeOf(parameter).refuses(parameter, value);
      if (allowed !== null) faults.push({ path, message: `${value ?? 'nothing'} given`, remedy: `give ${allowed}` });
    }
    if (faults.length === 0 && known !== null && !known.has(designKey(design)))
      faults.push({
        path: `[${i}]`,
        message: 'the design is in no row of the pool',
        remedy: 'give designs of the pool',
      });
    return faults;
  });
}

function refusal(file: string, faults: readonly Fault[]): InvalidInputError {
  return new InvalidInputError(`first trials in ${file}`, faults);
}
