import { z } from 'zod';
import { type Constraint, constraintSchema } from './constraints/constraint.js';
import { type Design, designSchema } from './design.js';
import { type DesignList, JoinedDesigns, revivedDesigns } from './design-list.js';
import type { Properties } from './expression/check.js';
import { type Parameter, parameterSchema, typeOf } from './parameters/parameter.js';
import { readPropertiesSchema } from './properties.js';
import { readSourceSchema, type Source } from './source.js';
import { type SpaceCodes, spaceCodesSchema } from './space-codes.js';

/** Rows of a finite pool, in file order. */
export interface Pool {
  readonly ids: readonly string[];
  readonly designs: DesignList;
}

/** Which row has an id. */
export type RowsById = Pick<ReadonlyMap<string, number>, 'get' | 'has'>;

const rowMaps = new WeakMap<readonly string[], RowsById>();

/** Row of each id; made once for a list of ids. */
export function rowsById({ ids }: Pool): RowsById {
  let rows = rowMaps.get(ids) as Map<string, number> | undefined;
  if (rows === undefined) {
    rows = new Map();
    for (let row = 0; row < ids.length; row++) rows.set(ids[row]!, row);
    rowMaps.set(ids, rows);
  }
  return rows;
}

/** The pool with further rows, none of its own copied but for their ids. @param rows - with ids that it does not have */
export function appended(pool: Pool, rows: readonly { readonly id: string; readonly design: Design }[]): Pool {
  const designs = new JoinedDesigns([pool.designs, rows.map(({ design }) => design)]);
  const ids = [...pool.ids, ...rows.map(({ id }) => id)];
  rowMaps.set(ids, new GrownRows(rowsById(pool), new Map(rows.map(({ id }, i) => [id, pool.ids.length + i]))));
  return { ids, designs };
}

/** The rows of a pool that has grown: those of its beginning are not listed anew. */
class GrownRows implements RowsById {
  private readonly first: RowsById;
  private readonly further: ReadonlyMap<string, number>;

  constructor(before: RowsById, further: ReadonlyMap<string, number>) {
    const isGrown = before instanceof GrownRows;
    this.first = isGrown ? before.first : before;
    this.further = isGrown ? new Map([...before.further, ...further]) : further;
  }

  get(id: string): number | undefined {
    return this.further.get(id) ?? this.first.get(id);
  }

  has(id: string): boolean {
    return this.further.has(id) || this.first.has(id);
  }
}

/** The search space with every file read: what proposals are made from. */
export interface Space {
  readonly parameters: readonly Parameter[];
  /** Null where any combination of parameter values is a design. */
  readonly pool: Pool | null;
  /** What earlier campaigns measured in it; absent where none is given. */
  readonly sources?: readonly Source[];
  /** What encoders of the campaign gave of its molecules; absent where it names none. */
  readonly codes?: readonly SpaceCodes[];
  /** What a design has to keep to be proposed; absent where there is none. */
  readonly constraints?: readonly Constraint[];
  /** Numbers of substances and categories that formulas may speak of; absent where there is none. */
  readonly properties?: Properties;
}

const poolSchema: z.ZodType<Pool> = z.strictObject({ ids: z.array(z.string()), designs: z.array(designSchema) });

/** A space as it is exported, where a list of designs is an array of them. */
export const spaceSchema: z.ZodType<Space> = z.strictObject({
  parameters: z.array(parameterSchema),
  pool: poolSchema.nullable(),
  sources: z.array(readSourceSchema).exactOptional(),
  codes: z.array(spaceCodesSchema).exactOptional(),
  constraints: z.array(constraintSchema).exactOptional(),
  properties: readPropertiesSchema.exactOptional(),
});

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
