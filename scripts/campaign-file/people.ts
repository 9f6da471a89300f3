import type { CheckScope } from '../../lab-adapters/contract.js';
import { instructionFaults, loadUnits } from '../../lab-adapters/instructions.js';
import type { Fault } from '../../models/domain/fault.js';
import { isNumeric } from '../../models/domain/parameters/parameter.js';
import { type PersonSettings, personSettings } from '../../models/domain/person.js';
import { oneOf } from './nearest.js';
import { type PlacedFault, placed, schemaFaults, segments } from './schema-faults.js';

type Place = readonly PropertyKey[];

/** What keeps the settings of a level that people measure from being those of one. */
export async function personFaults(
  settings: unknown,
  level: number,
  scope: CheckScope | undefined,
  unitOf: (outcome: string) => string | undefined,
): Promise<readonly PlacedFault[]> {
  const at = ['fidelities', level, 'settings'];
  const faults = schemaFaults(personSettings, settings ?? {}, at);
  if (faults.length > 0 || scope === undefined) return faults;
  const { instructions, fields = {} } = settings as PersonSettings;
  const units = await loadUnits();
  faults.push(...(await toldFaults(instructions, scope, at)));
  for (const [name, { unit }] of Object.entries(fields)) {
    const own = [...at, 'fields', name];
    const to = unitOf(name);
    if (!scope.objectives.includes(name)) faults.push(placed(own, 'no such outcome', oneOf(name, scope.objectives)));
    else if (unit !== undefined && to === undefined)
      faults.push(
        placed([...own, 'unit'], `'${name}' has no unit that ${unit} could be told in`, 'give the outcome its unit'),
      );
    else if (unit !== undefined && units.fault(unit, to!) !== null)
      faults.push(placed([...own, 'unit'], units.fault(unit, to!)!, `a unit that can be told in ${to}`));
  }
  return [...faults, ...rangeFaults(fields, at)];
}

/**
 * Units of fields of people of a lab that nothing can be converted to, a line each: as they are written they can be used all the same,
 * as of counts.
 */
export async function unknownFieldUnits(settings: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
  const parsed = personSettings.safeParse(settings);
  if (!parsed.success) return [];
  const units = await loadUnits();
  return Object.entries(parsed.data.fields ?? {}).flatMap(([name, { unit }]) =>
    unit === undefined || units.known(unit)
      ? []
      : [`fields.${name}.unit: '${unit}' is no unit that is known here, so that numbers are taken in it alone`],
  );
}

/** What keeps an instrument of a lab from being people, whoever asks them. @param at - of the instrument in the lab file */
export async function handFaults(
  { settings, worker }: { readonly settings: Readonly<Record<string, unknown>>; readonly worker: unknown },
  at: Place,
): Promise<readonly PlacedFault[]> {
  const own = [...at, 'settings'];
  const faults = schemaFaults(personSettings, settings, own);
  if (worker !== undefined)
    faults.push(placed([...at, 'worker'], 'a worker that drives people', 'leave it out: any worker asks them'));
  if (settings.instructions === undefined) {
    const remedy = "what they are to do, as text: 'weigh the crucible after {minutes} min'";
    faults.push(placed([...own, 'instructions'], 'no instructions', remedy));
  }
  const parsed = personSettings.safeParse(settings);
  if (!parsed.success) return faults;
  const { instructions, fields = {} } = parsed.data;
  return [...faults, ...(await toldFaults(instructions, undefined, own)), ...rangeFaults(fields, own)];
}

/**
 * What people of a lab have against a step: places of their instructions that it does not fill in, and units of fields that its
 * outcomes and parameters cannot be told in. A field of neither is the instrument's own, and kept beside what was measured.
 */
export async function handStepFaults(
  settings: Readonly<Record<string, unknown>>,
  { objectives, outcomeUnits = {}, ...scope }: CheckScope,
): Promise<readonly Fault[]> {
  const parsed = personSettings.safeParse(settings);
  // Told of the lab file.
  if (!parsed.success) return [];
  const { instructions = '', fields = {} } = parsed.data;
  const units = await loadUnits();
  const faults = [...(await instructionFaults(instructions, { ...scope, objectives }, 'instructions'))];
  for (const [name, { unit }] of Object.entries(fields)) {
    const parameter = scope.parameters.find((one) => one.name === name);
    const isOutcome = objectives.includes(name);
    if (!isOutcome && parameter === undefined) continue;
    const path = `fields.${name}`;
    const to = isOutcome
      ? outcomeUnits[name]
      : parameter !== undefined && 'unit' in parameter
        ? parameter.unit
        : undefined;
    if (!isOutcome && !isNumeric(parameter!))
      faults.push({ path, message: `'${name}' is no number here`, remedy: 'leave the field out' });
    else if (unit !== undefined && to === undefined) {
      const message = `'${name}' has no unit that ${unit} could be told in`;
      faults.push({ path: `${path}.unit`, message, remedy: 'give it one in the campaign file' });
    } else if (unit !== undefined && units.fault(unit, to!) !== null)
      faults.push({
        path: `${path}.unit`,
        message: units.fault(unit, to!)!,
        remedy: `a unit that can be told in ${to}`,
      });
  }
  return faults;
}

async function toldFaults(
  instructions: string | undefined,
  scope: CheckScope | undefined,
  at: Place,
): Promise<readonly PlacedFault[]> {
  const faults = instructions === undefined ? [] : await instructionFaults(instructions, scope, 'instructions');
  return faults.map(({ path, message, remedy }) =>
    placed([...at, ...segments(path)], message, remedy ?? 'mend the instructions'),
  );
}

function rangeFaults(fields: NonNullable<PersonSettings['fields']>, at: Place): readonly PlacedFault[] {
  return Object.entries(fields).flatMap(([name, { min, max }]) =>
    min === undefined || max === undefined || min <= max
      ? []
      : [placed([...at, 'fields', name, 'min'], `${min}, above max ${max}`, 'a range that values can lie in')],
  );
}
