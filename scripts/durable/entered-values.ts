import type { Units } from '../../lab-adapters/instructions.js';
import { answeredContexts, type ContextSpec, refusedContext } from '../../models/domain/contexts.js';
import type { ParameterValue } from '../../models/domain/design.js';
import type { Fault } from '../../models/domain/fault.js';
import { among } from '../../models/domain/nearest.js';
import { numberIn, numberShape } from '../../models/domain/parameters/numbers.js';
import type { PersonSettings } from '../../models/domain/person.js';
import { type Contexts, isAmount, isMeasurement } from '../../models/domain/trial.js';
import type { CauseClass } from '../../models/domain/verdicts.js';

/** A result as a person gives it: texts by name, which may have units. */
export interface GivenResult {
  readonly who: string;
  readonly why?: string;
  /** Of the trial, where a person does one of several; may be left out where one alone waits. */
  readonly step?: string;
  readonly values: Readonly<Record<string, string>>;
  readonly noise: Readonly<Record<string, string>>;
  readonly achieved: Readonly<Record<string, string>>;
  /** What was measured of the surroundings. */
  readonly contexts?: Readonly<Record<string, string>>;
  readonly cost?: number;
  readonly failed?: CauseClass;
  /** What was wrong with it before anything was known of the trial; told with the rest. */
  readonly faults?: readonly Fault[];
  /** Name and content of the file that came with it. */
  readonly file?: { readonly name: string; readonly bytes: Uint8Array };
}

/** What can have a value. */
export interface Enterable {
  readonly name: string;
  readonly unit?: string | undefined;
}

/** What is entered by, and what was found wrong with it so far. */
export interface Entering {
  readonly units: Units;
  readonly faults: Fault[];
  readonly fields: NonNullable<PersonSettings['fields']>;
  /** The file in which those are. */
  readonly file: 'campaign file' | 'lab file';
  /** That a name is none of those that can have a value. */
  readonly unknown: string;
}

/** Values by name, in the units in which they are kept. */
export function valuesIn(
  known: readonly Enterable[],
  given: GivenResult['values'],
  entering: Entering,
): Record<string, number> {
  const values: Record<string, number> = {};
  const names = known.map(({ name }) => name);
  for (const [name, text] of Object.entries(given)) {
    const one = known.find((each) => each.name === name);
    const remedy = names.length === 0 ? 'leave it out' : among(name, names);
    if (one === undefined) entering.faults.push({ path: name, message: entering.unknown, remedy });
    else {
      const value = boundedQuantity(name, text, one, entering);
      if (value !== null) values[name] = value;
    }
  }
  return values;
}

/** Standard deviations of values, in their units. */
export function noiseIn(
  known: readonly Enterable[],
  { values, noise: given }: GivenResult,
  entering: Entering,
): Record<string, number> {
  const { faults, fields } = entering;
  const noise: Record<string, number> = {};
  for (const [name, text] of Object.entries(given)) {
    const path = `noise ${name}`;
    if (!Object.hasOwn(values, name)) {
      faults.push({ path, message: 'noise of what has no value', remedy: 'give its value too, or leave it out' });
      continue;
    }
    const to = known.find((one) => one.name === name)?.unit;
    const sd = quantity(path, text, { to, meant: fields[name]?.unit, isSpread: true }, entering);
    if (sd === null) continue;
    if (isAmount(sd)) noise[name] = sd + 0;
    else faults.push({ path, message: `'${text}' given`, remedy: 'a standard deviation of 0 or more' });
  }
  return noise;
}

/** What was measured of the surroundings, as the campaign keeps it; nothing where nothing was told. */
export function contextsIn(
  specs: readonly ContextSpec[],
  { contexts = {} }: GivenResult,
  entering: Entering,
): { readonly contexts?: Contexts } {
  const { faults } = entering;
  const values: Record<string, ParameterValue> = {};
  for (const [name, text] of Object.entries(contexts)) {
    const path = `context ${name}`;
    const one = specs.find((each) => each.name === name);
    if (one === undefined) {
      const remedy =
        specs.length === 0
          ? 'the campaign file has none'
          : among(
              name,
              specs.map((each) => each.name),
            );
      faults.push({ path, message: 'not a context of the campaign', remedy });
      continue;
    }
    const { unit: to } = one.type === 'continuous' ? one : { unit: undefined };
    const value = one.type === 'continuous' ? quantity(path, text, { to, meant: undefined }, entering) : text;
    if (value === null) continue;
    const remedy = refusedContext(one, value);
    if (remedy === null) values[name] = value;
    else faults.push({ path, message: `'${text}' given`, remedy });
  }
  return Object.keys(values).length === 0 ? {} : { contexts: answeredContexts(specs, values) };
}

/** A number within the range of its field; null where it is none, with a fault. @param one - its name, and the unit it is kept in */
export function boundedQuantity(path: string, text: string, one: Enterable, entering: Entering): number | null {
  const { units, faults, fields, file } = entering;
  const { unit: meant, min, max } = Object.hasOwn(fields, one.name) ? fields[one.name]! : {};
  const { unit } = one;
  const value = quantity(path, text, { to: unit, meant }, entering);
  if (value === null) return null;
  const own = (bound: number) =>
    meant === undefined || unit === undefined ? bound : units.convert(bound, meant, unit);
  const isBelow = min !== undefined && value < own(min);
  const isAbove = max !== undefined && value > own(max);
  if (isMeasurement(value) && !isBelow && !isAbove) return value + 0;
  const range = [min === undefined ? 'values' : `from ${min}`, ...(max === undefined ? [] : [`to ${max}`])];
  const remedy = isMeasurement(value)
    ? `${[...range, meant ?? unit ?? ''].join(' ').trim()}, as the ${file} says`
    : numberShape;
  faults.push({ path, message: `'${text}' given`, remedy });
  return null;
}

/** What does not go together, and what may not be missing. @param wanted - what a result is to have */
export function answerFaults(
  { values, achieved, failed, cost, why, file: given, faults: before = [] }: GivenResult,
  wanted: { readonly values: boolean; readonly file: string | undefined },
  { fields, file }: Pick<Entering, 'fields' | 'file'>,
): Fault[] {
  const faults: Fault[] = [...before];
  const isTold = (path: string) => before.some((fault) => fault.path === path);
  if (failed !== undefined) {
    if (Object.keys(values).length > 0)
      faults.push({ path: '', message: 'values of a trial that failed', remedy: 'leave them out, or --failed' });
    if (why === undefined)
      faults.push({ path: 'why', message: 'no reason given', remedy: 'say by --why what happened' });
  } else {
    if (wanted.values && Object.keys(values).length === 0 && !isTold(''))
      faults.push({
        path: '',
        message: 'no value given',
        remedy: "name=value, as yield=41.5 or yield='0.5 g', or --failed CAUSE",
      });
    for (const [name, { required }] of Object.entries(fields))
      if (required === true && !Object.hasOwn(values, name) && !Object.hasOwn(achieved, name))
        faults.push({ path: name, message: 'no value given', remedy: `the ${file} wants one with every result` });
    if (wanted.file !== undefined && given === undefined && !isTold('file'))
      faults.push({ path: 'file', message: 'no file given', remedy: `${wanted.file}, by --file PATH` });
  }
  if (cost !== undefined && !isAmount(cost))
    faults.push({ path: 'cost', message: `${cost} given`, remedy: 'a number of 0 or more' });
  return faults;
}

interface Wanted {
  /** Unit that it is kept in, if any is named. */
  readonly to: string | undefined;
  /** In which a number without unit is. */
  readonly meant: string | undefined;
  readonly isSpread?: true;
}

/** A number, with or without unit, in the unit that it is kept in; null where it is none, with a fault. */
export function quantity(
  path: string,
  text: string,
  { to, meant, isSpread }: Wanted,
  { units, faults }: Pick<Entering, 'units' | 'faults'>,
): number | null {
  const [, digits = '', own = ''] = /^([-+\u2212]?[\d.,]+(?:[eE][-+]?\d+)?)\s*(.*)$/.exec(text.trim()) ?? [];
  const value = numberIn(digits);
  const fail = (message: string, remedy: string) => {
    faults.push({ path, message, remedy });
    return null;
  };
  const shape = to === undefined ? numberShape : `${numberShape}, with or without a unit such as ${to}`;
  if (typeof value === 'string') return fail(`'${text}' is not a number`, shape);
  const from = own === '' ? (meant ?? to) : own;
  if (from === undefined || from === to) return value;
  if (to === undefined) return fail(`'${text}' has a unit, and none is named for it`, 'the number alone');
  const why = units.fault(from, to);
  if (why !== null) return fail(why, `a number in a unit that can be told in ${to}`);
  return isSpread === true ? units.convertSpread(value, from, to) : units.convert(value, from, to);
}
