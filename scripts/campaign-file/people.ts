import type { CheckScope } from '../../lab-adapters/contract.js';
import { instructionFaults, loadUnits } from '../../lab-adapters/instructions.js';
import { type PersonSettings, personSettings } from '../../models/domain/person.js';
import { oneOf } from './nearest.js';
import { type PlacedFault, placed, schemaFaults, segments } from './schema-faults.js';

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
  if (instructions !== undefined)
    for (const { path, message, remedy } of await instructionFaults(instructions, scope, 'instructions'))
      faults.push(placed([...at, ...segments(path)], message, remedy ?? 'mend the instructions'));
  for (const [name, { unit, min, max }] of Object.entries(fields)) {
    const own = [...at, 'fields', name];
    const to = unitOf(name);
    if (!scope.objectives.includes(name)) faults.push(placed(own, 'no such outcome', oneOf(name, scope.objectives)));
    else if (unit !== undefined && to === undefined)
      faults.push(
        placed([...own, 'unit'], `'${name}' has no unit that ${unit} could be told in`, 'give the outcome its unit'),
      );
    else if (unit !== undefined && units.fault(unit, to!) !== null)
      faults.push(placed([...own, 'unit'], units.fault(unit, to!)!, `a unit that can be told in ${to}`));
    if (min !== undefined && max !== undefined && min > max)
      faults.push(placed([...own, 'min'], `${min}, above max ${max}`, 'a range that values can lie in'));
  }
  return faults;
}
