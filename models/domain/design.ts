/** Value of one parameter: a number, or the name of a level or substance. */
export type ParameterValue = number | string;

/** A point of the search space: parameter name to value. */
export type Design = Readonly<Record<string, ParameterValue>>;

/**
 * Text that two designs share exactly when they are the same point: names in alphabetical order, numbers in
 * their shortest round-trip form.
 */
export function designKey(design: Design): string {
  const names = Object.keys(design).sort();
  return JSON.stringify(names.map((name) => [name, design[name]]));
}
