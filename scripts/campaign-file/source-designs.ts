import type { Design, ParameterValue } from '../../models/domain/design.js';
import { nearest } from '../../models/domain/nearest.js';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import { show } from './schema-faults.js';

/** How far outside the range of a parameter numbers are taken, in widths of the range. */
const farOutside = 1;
/** Reasons that are told, and lines of each; what more there are is counted. */
const told = 5;

/** What a row of an earlier campaign holds: a design, why it is none of the space, or what is wrong with a cell. */
export interface RowDesign {
  readonly design?: Design;
  readonly strange?: string;
  readonly wrong?: string;
}

/** Why a value of an earlier campaign is none of the space, in words; undefined where it is one, or not far from it. */
export function whyStrange(parameter: Parameter, value: ParameterValue): string | undefined {
  const type = typeOf(parameter);
  if (typeof value === 'number') {
    const feature = type.feature(parameter, value);
    if (feature.kind === 'numeric' && feature.value >= -farOutside && feature.value <= 1 + farOutside) return undefined;
    if (feature.kind === 'numeric') return `${parameter.name} is ${value}, far outside its range`;
  }
  if (type.refuses(parameter, value) === null) return undefined;
  const known = (type.values(parameter) ?? []).map(String);
  return `${parameter.name} is ${show(value)}${meantText(String(value), known)}`;
}

/** What was probably meant by a name; empty where nothing is near. */
export function meantText(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near.length === 0 ? '' : `, did you mean ${near.join(' or ')}?`;
}

/** Rows that are no designs of the space, by reason, with the first lines of each. */
export function strangeText(
  rows: readonly { readonly row: number; readonly why: string }[],
  lineOf: (row: number) => number,
): string {
  const groups = new Map<string, number[]>();
  for (const { row, why } of rows) groups.set(why, [...(groups.get(why) ?? []), lineOf(row)]);
  const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length);
  const shown = sorted.slice(0, told).map(([why, lines]) => {
    const more = lines.length > told ? ` and ${lines.length - told} more` : '';
    return `${why} (line${lines.length === 1 ? '' : 's'} ${lines.slice(0, told).join(', ')}${more})`;
  });
  const others = sorted.slice(told).reduce((sum, [, lines]) => sum + lines.length, 0);
  const count = `${rows.length} row${rows.length === 1 ? '' : 's'} left out as no designs of the space`;
  return `${count}: ${shown.join('; ')}${others === 0 ? '' : `; and ${others} more`}`;
}
