import { z } from 'zod';
import type { ParameterValue } from '../../models/domain/design.js';
import type { Fault } from '../../models/domain/fault.js';
import { formatPath } from '../../models/domain/fault.js';
import type { CheckScope, JobRequest, MeasuredContext } from '../contract.js';
import { standingAt, stepsOf } from './answer-path.js';
import { numberOf, outcomesSchema, placeOf, shown, unitIn } from './outcomes.js';
import type { Units } from './units.js';

/** The part of the settings that says where an answer tells what was reached, and what was measured of the surroundings. */
export const besideShape = {
  achieved: outcomesSchema
    .optional()
    .describe("where it stands what was reached of each parameter, with the 'unit' that the answer has it in"),
  contexts: outcomesSchema.optional().describe('where it stands what was measured of the surroundings, with units'),
};
const besideSchema = z.strictObject(besideShape);
/** Where an answer tells more than what was wanted. */
export type Beside = z.infer<typeof besideSchema>;

/** What an answer tells of what was reached and of the surroundings. */
export interface TakenBeside {
  /** As `Collected`. */
  readonly achieved: Readonly<Record<string, ParameterValue>>;
  readonly contexts: Readonly<Record<string, MeasuredContext>>;
  /** What could not be taken, and why. */
  readonly refusals: readonly string[];
}

/** What can be told of these settings without an answer. */
export function besideFaults(
  { achieved = {}, contexts = {} }: Beside,
  scope: CheckScope | undefined,
  units: Units,
): Fault[] {
  const faults: Fault[] = [];
  const names = scope?.parameters.map(({ name }) => name) ?? null;
  for (const [name, given] of Object.entries(achieved)) {
    const path = formatPath(['achieved', name]);
    if (names !== null && names.length > 0 && !names.includes(name))
      faults.push({ path, message: 'no parameter of that name', remedy: `one of ${names.join(', ')}` });
    const { unit } = placeOf(given);
    const parameter = scope?.parameters.find((one) => one.name === name);
    const to = placeOf(given).as ?? (parameter !== undefined && 'unit' in parameter ? parameter.unit : undefined);
    const why = typeof unit === 'string' && to !== undefined ? units.fault(unit, to) : null;
    if (why !== null) faults.push({ path, message: why, remedy: 'give units of one kind' });
  }
  for (const [name, given] of Object.entries(contexts)) {
    const { unit, as: to } = placeOf(given);
    const why = typeof unit === 'string' && to !== undefined ? units.fault(unit, to) : null;
    if (why !== null)
      faults.push({ path: formatPath(['contexts', name]), message: why, remedy: 'give units of one kind' });
  }
  return faults;
}

/**
 * Takes what was reached and what was measured of the surroundings out of an answer.
 * @param request - null where nobody knows any more what was asked for
 */
export function takeBeside(
  document: unknown,
  { achieved = {}, contexts = {} }: Beside,
  units: Units,
  request: JobRequest | null,
): TakenBeside {
  const reached: Record<string, ParameterValue> = {};
  const around: Record<string, MeasuredContext> = {};
  const refusals: string[] = [];
  const number = (name: string, given: (typeof achieved)[string], to: string | undefined) => {
    const place = placeOf(given);
    const found = standingAt(document, stepsOf(place.path)!);
    if (place.optional && (found ?? null) === null) return null;
    const reading = numberOf(found, place.text);
    const from = unitIn(document, { ...place, as: to ?? 'told' });
    if (typeof reading === 'string') return refuse(name, `${place.path}: ${reading}`);
    if (typeof from === 'string') return refuse(name, from);
    const unit = to ?? (from[0] === '' ? undefined : from[0]);
    if (to === undefined || from[0] === '' || from[0] === to) return { value: reading, unit };
    const why = units.fault(from[0], to);
    return why === null ? { value: units.convert(reading, from[0], to), unit } : refuse(name, why);
  };
  const refuse = (name: string, why: string) => {
    refusals.push(`${name}: ${why}`);
    return { value: Number.NaN, unit: undefined };
  };
  for (const [name, given] of Object.entries(achieved)) {
    const found = standingAt(document, stepsOf(placeOf(given).path)!);
    if (typeof request?.design[name] === 'string') {
      if (typeof found === 'string') reached[name] = found;
      else if (!placeOf(given).optional)
        reached[name] = refuse(`achieved ${name}`, `${shown(found)} stands there; a text is wanted`).value;
      continue;
    }
    const taken = number(`achieved ${name}`, given, placeOf(given).as ?? request?.units?.[name]);
    if (taken !== null) reached[name] = taken.value;
  }
  for (const [name, given] of Object.entries(contexts)) {
    const taken = number(`context ${name}`, given, placeOf(given).as);
    if (taken === null || Number.isNaN(taken.value)) continue;
    around[name] = { value: taken.value, ...(taken.unit === undefined ? {} : { unit: taken.unit }) };
  }
  return { achieved: reached, contexts: around, refusals };
}

/** The parts of what was collected that tell it. */
export function besideOf({ achieved, contexts }: TakenBeside) {
  return {
    ...(Object.keys(achieved).length === 0 ? {} : { achieved }),
    ...(Object.keys(contexts).length === 0 ? {} : { contexts }),
  };
}
