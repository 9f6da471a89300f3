import type { Design } from './design.js';
import { type DesignList, revivedDesigns } from './design-list.js';
import type { Parameter } from './parameters/parameter.js';
import { typeOf } from './parameters/parameter.js';
import type { Source } from './source.js';

/** Rows of a finite pool, in file order. */
export interface Pool {
  readonly ids: readonly string[];
  readonly designs: DesignList;
}

const rowMaps = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** Row of each id; made once for a list of ids. */
export function rowsById({ ids }: Pool): ReadonlyMap<string, number> {
  let rows = rowMaps.get(ids) as Map<string, number> | undefined;
  if (rows === undefined) {
    rows = new Map();
    for (let row = 0; row < ids.length; row++) rows.set(ids[row]!, row);
    rowMaps.set(ids, rows);
  }
  return rows;
}

/** The search space with every file read: what proposals are made from. */
export interface Space {
  readonly parameters: readonly Parameter[];
  /** Null where any combination of parameter values is a design. */
  readonly pool: Pool | null;
  /** What earlier campaigns measured in it; absent where none is given. */
  readonly sources?: readonly Source[];
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

/** The space as it was before it was cloned for another thread; see `revivedDesigns`. */
export function revivedSpace(cloned: Space): Space {
  const { pool } = cloned;
  return pool === null ? cloned : { ...cloned, pool: { ...pool, designs: revivedDesigns(pool.designs) } };
}
