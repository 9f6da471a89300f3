import type { Parameter } from './parameters/parameter.js';

/** Units of the parameters by their names; null where none has one. */
export function unitsOf(parameters: readonly Parameter[]): Readonly<Record<string, string>> | null {
  const units = parameters.flatMap((parameter) =>
    'unit' in parameter && parameter.unit !== undefined ? [[parameter.name, parameter.unit] as const] : [],
  );
  return units.length === 0 ? null : Object.fromEntries(units);
}
