import { z } from 'zod';

/** Value of one parameter: a number, or a text: a level, a molecule, a composition such as `Fe:0.2 Ni:0.8`, a formula. */
export type ParameterValue = number | string;

/** What the schema of a design accepts. */
export const designSchema = z.record(z.string(), z.union([z.number(), z.string()])).readonly();
/** A point of the search space: parameter name to value. */
export type Design = z.infer<typeof designSchema>;

/**
 * Text that two designs share exactly when they are the same point: names in alphabetical order, numbers in
 * their shortest round-trip form.
 */
export function designKey(design: Design): string {
  const names = Object.keys(design).sort();
  return JSON.stringify(names.map((name) => [name, design[name]]));
}
