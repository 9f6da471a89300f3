import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import type { Fault } from '../../models/domain/fault.js';
import { formatPath } from '../../models/domain/fault.js';
import type { CheckScope } from '../contract.js';
import { pathSchema, standingAt, stepsOf } from './answer-path.js';
import type { Units } from './units.js';

const unit = z.string().min(1).max(60);

/** Where one outcome stands in an answer, and in what form. */
export const outcomeSchema = z.union([
  pathSchema,
  z.strictObject({
    path: pathSchema.describe("where the number stands, such as 'data.results[0].yield'"),
    sd: z
      .union([z.number().nonnegative(), pathSchema])
      .optional()
      .describe('standard deviation of the measurement: a number, or where it stands'),
    unit: z
      .union([unit, z.strictObject({ path: pathSchema })])
      .optional()
      .describe('unit that the answer is in, or where the answer tells it'),
    as: unit.optional().describe('unit that the campaign wants'),
    text: z.boolean().default(false).describe("whether a number may be written as a text, such as '71.2'"),
    optional: z.boolean().default(false).describe('whether null or nothing means that it was not measured'),
  }),
]);
/** Strict schema of a setting `values`: where each outcome stands. */
export const outcomesSchema = z.record(z.string().min(1), outcomeSchema).refine((all) => Object.keys(all).length > 0, {
  message: 'one outcome at least is wanted',
});
/** Where each outcome stands, by its name. */
export type Outcomes = z.infer<typeof outcomesSchema>;
/** Where one outcome stands. */
export type Place = Exclude<z.infer<typeof outcomeSchema>, string>;

/** A place as an object. */
export function placeOf(given: Outcomes[string]): Place {
  return typeof given === 'string' ? { path: given, text: false, optional: false } : given;
}

/** What can be told of a setting `values` without an answer. @param path - of the setting */
export function outcomeFaults(
  values: Outcomes,
  { scope, units }: { readonly scope: CheckScope | undefined; readonly units: Units },
  path: readonly PropertyKey[] = ['values'],
): Fault[] {
  const faults = Object.entries(values).flatMap(([name, given]): Fault[] => {
    const { unit: from, as: to } = placeOf(given);
    const at = formatPath([...path, name]);
    if (to !== undefined && from === undefined)
      return [{ path: at, message: `'as: ${to}' without 'unit'`, remedy: 'say which unit the answer is in' }];
    const wanted = scope?.outcomeUnits?.[name];
    const told = to ?? (typeof from === 'string' ? from : undefined);
    const isOther = told !== undefined && wanted !== undefined && units.differ(told, wanted);
    const other = {
      path: at,
      message: `the answer is told in '${told}', the campaign wants '${wanted}'`,
      remedy: to === undefined ? `'as: ${wanted}' converts it` : `'as: ${wanted}'`,
    };
    if (from !== undefined && to === undefined)
      return typeof from === 'string'
        ? isOther
          ? [other]
          : []
        : [{ path: at, message: "'unit' with a path, but no 'as'", remedy: 'say which unit is wanted' }];
    if (to === undefined) return [];
    const why = units.fault(typeof from === 'string' ? from : to, to) ?? units.fault(to, to);
    if (why !== null) return [{ path: at, message: why, remedy: 'give units of one kind' }];
    return isOther ? [other] : [];
  });
  const missing = (scope?.objectives ?? []).filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0 && missing.length === scope?.objectives.length)
    faults.push({
      path: formatPath(path),
      message: `none of ${missing.join(', ')} is taken from the answer`,
      remedy: 'say where the outcomes of the campaign stand',
    });
  return faults;
}

/** What an answer came to. */
export interface Taken {
  /**
   * By name of the outcome. One that had to be refused stands here as it came where that is a text, or as NaN, so that the
   * trial is set aside by who judges all answers (`models/domain/observe.ts`) and nothing is taken for measured by halves.
   */
  readonly values: Readonly<Record<string, number>>;
  readonly noise: Readonly<Record<string, number>>;
  /** Numbers that nobody asked for, by name. */
  readonly others: Readonly<Record<string, number>>;
  /** What was refused, and why; empty where all is well. */
  readonly refusals: readonly string[];
}

/**
 * Takes outcomes out of an answer.
 * @param wanted - names of those that were asked for; null where nobody knows any more, then all are
 */
export function takeOutcomes(
  document: unknown,
  values: Outcomes,
  units: Units,
  wanted: readonly string[] | null,
): Taken {
  const others: Record<string, number> = {};
  const taken: Record<string, number> = {};
  const noise: Record<string, number> = {};
  const refusals: string[] = [];
  for (const [name, given] of Object.entries(values)) {
    const place = placeOf(given);
    const found = standingAt(document, stepsOf(place.path)!);
    if (place.optional && (found ?? null) === null) continue;
    const isWanted = wanted === null || wanted.includes(name);
    const unitOf = unitIn(document, place);
    const reading = numberOf(found, place.text);
    const why =
      typeof reading === 'string'
        ? `${place.path}: ${reading}`
        : typeof unitOf === 'string'
          ? unitOf
          : unitFault(unitOf, units);
    if (why !== null) {
      if (!isWanted) continue;
      refusals.push(`${name}: ${why}`);
      taken[name] = (typeof found === 'string' ? cleanText(found, 100) : Number.NaN) as number;
      continue;
    }
    const [from, to] = unitOf as readonly [string, string];
    (isWanted ? taken : others)[name] = from === to ? (reading as number) : units.convert(reading as number, from, to);
    if (place.sd === undefined || !isWanted) continue;
    const spread =
      typeof place.sd === 'number' ? place.sd : numberOf(standingAt(document, stepsOf(place.sd)!), place.text);
    if (typeof spread === 'number') noise[name] = from === to ? spread : units.convertSpread(spread, from, to);
    else {
      refusals.push(`standard deviation of ${name}: ${place.sd}: ${spread}`);
      noise[name] = Number.NaN;
    }
  }
  return { values: taken, noise, others, refusals };
}

/** Units from and to; equal where nothing is to be converted, or what is wrong with the one in the answer. */
export function unitIn(document: unknown, { unit: from, as: to }: Place): readonly [string, string] | string {
  if (to === undefined || from === undefined) return ['', ''];
  if (typeof from === 'string') return [from, to];
  const said = standingAt(document, stepsOf(from.path)!);
  return typeof said === 'string' && said.trim() !== ''
    ? [said.trim(), to]
    : `${from.path}: ${shown(said)} stands there; a unit is wanted`;
}

function unitFault([from, to]: readonly [string, string], units: Units): string | null {
  return from === to ? null : units.fault(from, to);
}

/**
 * A number as it stands in an answer, or what is wrong with it. NaN, infinities, null, booleans, lists and objects are no
 * numbers; a text is one only where that is allowed, written with a point and nothing around it.
 */
export function numberOf(found: unknown, text = false): number | string {
  if (typeof found === 'number') return Number.isFinite(found) ? found : `${found} is no finite number`;
  if (typeof found !== 'string' || !text)
    return `${shown(found)} stands there; a number is wanted${typeof found === 'string' ? " (set 'text: true' where the device writes numbers as text)" : ''}`;
  const plain = found.trim();
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(plain))
    return /^[+-]?\d+,\d+$/.test(plain)
      ? `${shown(found)} has a comma; numbers are written with a point`
      : `${shown(found)} is no number`;
  const value = Number(plain);
  return Number.isFinite(value) ? value : `${shown(found)} is too large`;
}

/** What stands in the place of a number, in few characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return `"${cleanText(value, 60)}"`;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}
