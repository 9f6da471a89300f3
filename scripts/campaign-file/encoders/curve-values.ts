import { sha256Of } from '../../../models/domain/sha256.js';
import type { Space } from '../../../models/domain/space.js';
import { joinedKey, packedRows, type SpaceCodes } from '../../../models/domain/space-codes.js';
import { readText } from '../../../models/encode/code-columns.js';
import { principalComponents } from '../../../models/encode/curves/principal-components.js';
import { type Curve, normalised, onGrid } from '../../../models/encode/curves/resample.js';
import { placed } from '../schema-faults.js';
import { type CurveSource, readCurves } from './curve-columns.js';

/** Curves of what designs name, by its key. */
export interface CurveValues {
  readonly keys: readonly string[];
  /** On the grid, at their scale. */
  readonly rows: readonly Float64Array[];
}

/** Points of the grid, components and their share where the file does not say. */
const usual = { points: 64, explained: 0.95, most: 8 } as const;

/** Grows when curves become other numbers. */
const curvesVersion = 1;

/**
 * Curves of a pool on one grid and at one scale, those of one key as their mean; rows without one, or with one of no scale, have none,
 * and a note says how many. Null, with every fault, where they cannot be read.
 *
 * @param on - parameters that name what was measured
 * @param points - of the grid; 64, or what the file says, where absent
 */
export async function curveValues(
  source: CurveSource,
  space: Space,
  { on, points = source.spec.points ?? usual.points }: { readonly on: readonly string[]; readonly points?: number },
): Promise<CurveValues | null> {
  const { spec, pool, tables, at, faults } = source;
  const read = await readCurves(source);
  if (read === null) return null;
  const rowOf = await rowsOfIds(source);
  const parameters = on.map((name) => space.parameters.find((parameter) => parameter.name === name)!);
  const found: { readonly key: string; readonly curve: Curve }[] = [];
  for (const [i, id] of space.pool!.ids.entries()) {
    const curve = read[rowOf(id)];
    const design = space.pool!.designs.at(i)!;
    const key = joinedKey(parameters.map((parameter) => readText(parameter, design[parameter.name]!, 'curves')));
    if (curve != null) found.push({ key, curve });
  }
  const blame = (message: string, remedy: string) => void faults.push(placed([...at], message, remedy));
  if (found.length < 2) {
    blame(`${found.length === 0 ? 'no row' : 'only one row'} of the pool has a curve`, 'curves of two rows or more');
    return null;
  }
  const gridded = onGrid(
    found.map(({ curve }) => curve),
    points,
  );
  if (gridded === null) {
    blame('there is no stretch that all curves cover', 'curves over places that overlap');
    return null;
  }
  const scaled = gridded.map((y) => normalised(y, spec.normalise));
  const groups = new Map<string, Float64Array[]>();
  scaled.forEach((y, i) => {
    if (y !== null) groups.set(found[i]!.key, [...(groups.get(found[i]!.key) ?? []), y]);
  });
  const flat = scaled.filter((y) => y === null).length;
  const bare = space.pool!.ids.length - found.length;
  if (bare > 0) tables.tell(`${pool.file}: ${bare} of ${space.pool!.ids.length} rows have no curve, and are masked`);
  if (flat > 0) tables.tell(`${pool.file}: ${flat} curves have no scale ('${spec.normalise}'), and are masked`);
  const repeats = found.length - flat - groups.size;
  if (repeats > 0) tables.tell(`${pool.file}: curves of the same ${on.join(', ')} are averaged, ${repeats} of them`);
  return { keys: [...groups.keys()], rows: [...groups.values()].map(meanOf) };
}

/** Principal components of curves as codes; null, with a fault, where all are the same. */
export function componentCodes(
  { keys, rows }: CurveValues,
  { spec, at, faults }: Pick<CurveSource, 'spec' | 'at' | 'faults'>,
  on: readonly string[],
): SpaceCodes | null {
  const { explained = usual.explained, most = usual.most } = spec;
  const { scores } = principalComponents(rows, { explained, most });
  const width = scores[0]!.length;
  if (width === 0) {
    faults.push(placed([...at], 'all curves are the same', 'curves that tell the rows apart'));
    return null;
  }
  const identity = sha256Of(JSON.stringify([curvesVersion, explained, most, keys, rows.map(curveText)]));
  const about = { encoder: `curves@${curvesVersion}`, output: 'components', identity, reads: 'curves', on } as const;
  return { ...about, on: [...on], width, keys: [...keys], rows: packedRows(scores) };
}

/** A curve as a network is given it: numbers to seven digits, parted by blanks. */
export function curveText(row: Float64Array): string {
  return Array.from(row, (value) => Number(value.toPrecision(7))).join(' ');
}

/** Where the row of an id stands in the file. */
async function rowsOfIds({ pool, tables, faults }: CurveSource): Promise<(id: string) => number> {
  if (pool.id === undefined) return Number;
  const table = await tables.read(pool.file, { at: ['space', 'pool', 'file'], known: [pool.id], faults });
  const rows = new Map((table?.cells(pool.id) ?? []).map((id, row) => [id, row]));
  return (id) => rows.get(id) ?? -1;
}

function meanOf(rows: readonly Float64Array[]): Float64Array {
  if (rows.length === 1) return rows[0]!;
  return rows[0]!.map((_, t) => rows.reduce((sum, row) => sum + row[t]! / rows.length, 0));
}
