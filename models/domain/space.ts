import type { Design } from './design.js';
import type { Parameter } from './parameters/parameter.js';
import { typeOf } from './parameters/parameter.js';

/** Rows of a finite pool, in file order. */
export interface Pool {
  readonly ids: readonly string[];
  readonly designs: readonly Design[];
}

/** The search space with every file read: what proposals are made from. */
export interface Space {
  readonly parameters: readonly Parameter[];
  /** Null where any combination of parameter values is a design. */
  readonly pool: Pool | null;
}

/** SMILES of the molecules in a design, by parameter name. */
export function substancesOf(space: Pick<Space, 'parameters'>, design: Design): Record<string, string> {
  const substances: Record<string, string> = {};
  for (const parameter of space.parameters) {
    const value = design[parameter.name];
    if (value === undefined) continue;
    const feature = typeOf(parameter).feature(parameter, value);
    if (feature.kind === 'substance') substances[parameter.name] = feature.smiles;
  }
  return substances;
}
