import { type Design, designKey, type ParameterValue } from './design.js';
import { designFaults } from './design-faults.js';
import { InvalidInputError } from './errors.js';
import type { Extension } from './extension.js';
import type { Fault } from './fault.js';
import type { Growth } from './parameters/contract.js';
import { type Parameter, typeOf } from './parameters/parameter.js';
import { appended, rowsById, type Space } from './space.js';

/**
 * The space with the rows of extensions after those of its pool, in their order, and the values that come with them after
 * those of its parameters. The space itself where there is no extension; nothing of it is copied but lists of ids and values.
 *
 * Ids and designs must be new, and every value one of its parameter's, or one that may be appended: a molecule as SMILES, a
 * composition of the same components, a formula, a level. Numbers stay within the bounds. Whether SMILES are molecules, and
 * no other spelling of one that is there, only RDKit can tell (`appendedMoleculeFaults`).
 *
 * @param nameOf - what an extension is called in paths, `extensions[i]` where absent
 * @throws {InvalidInputError} with every fault of every row
 */
export function extendedSpace(
  space: Space,
  extensions: readonly Extension[],
  nameOf: (i: number) => string = (i) => `extensions[${i}]`,
): Space {
  if (extensions.length === 0) return space;
  const { pool } = space;
  if (pool === null) {
    const remedy = 'a space of a pool: any combination of parameter values is a design of this one already';
    throw new InvalidInputError('extension', [{ path: nameOf(0), message: 'there is no pool to extend', remedy }]);
  }
  const rows = extensions.flatMap((extension, i) =>
    extension.rows.map((row, at) => ({ ...row, design: plain(row.design), path: `${nameOf(i)}.rows[${at}]` })),
  );
  const growing = space.parameters.map((parameter) => new GrowingParameter(parameter));
  const faults: Fault[] = [];
  const ids = new Set<string>();
  const known = rowsById(pool);
  const keys = new Map<string, string>();
  for (const { id, design, path } of rows) {
    if (known.has(id) || ids.has(id))
      faults.push({ path: `${path}.id`, message: `'${id}' is a row of the pool already`, remedy: 'an id of its own' });
    ids.add(id);
    const wrong = valueFaults(space.parameters, growing, design);
    faults.push(...wrong.map((fault) => ({ ...fault, path: `${path}.design.${fault.path}` })));
    const key = designKey(design);
    const before = keys.get(key);
    if (before !== undefined) faults.push(repeated(path, `that of ${before}`));
    else keys.set(key, path);
  }
  faults.push(...repeatedDesigns(space, rows, keys));
  if (faults.length > 0) throw new InvalidInputError('extension', faults);
  const parameters = growing.map((parameter) => parameter.grown());
  return { ...space, parameters, pool: appended(pool, rows) };
}

/** A parameter with the values that were appended so far. */
class GrowingParameter {
  private readonly further = new Set<ParameterValue>();
  private readonly growth: Growth<Parameter> | undefined;
  private own: ReadonlySet<ParameterValue> | null = null;
  /** Values by what spellings share. */
  private meant: Map<string, string> | null = null;

  constructor(private readonly parameter: Parameter) {
    this.growth = typeOf(parameter).growth;
  }

  /** Null if the value is one of the parameter's, or is appended to them now; else what is allowed. */
  refuses(value: ParameterValue): string | null {
    const { growth, parameter } = this;
    if (growth === undefined) return typeOf(parameter).refuses(parameter, value);
    this.own ??= new Set(typeOf(parameter).values(parameter));
    if (this.own.has(value) || this.further.has(value)) return null;
    const allowed = growth.refuses(parameter, value);
    if (allowed !== null) return allowed;
    const spelled = this.spelledBefore(String(value));
    if (spelled !== null) return `written as '${spelled}'`;
    this.further.add(value);
    return null;
  }

  grown(): Parameter {
    if (this.further.size === 0) return this.parameter;
    return this.growth!.with(this.parameter, [...this.further].map(String));
  }

  /** The value that means the same in another spelling; null where there is none. */
  private spelledBefore(value: string): string | null {
    const keyOf = this.growth?.meant;
    if (keyOf === undefined) return null;
    this.meant ??= new Map([...this.own!].map((one) => [keyOf(String(one)), String(one)]));
    const before = this.meant.get(keyOf(value)) ?? null;
    if (before === null) this.meant.set(keyOf(value), value);
    return before;
  }
}

function valueFaults(parameters: readonly Parameter[], growing: readonly GrowingParameter[], design: Design): Fault[] {
  return designFaults(parameters, design, (parameter, value) => growing[parameters.indexOf(parameter)]!.refuses(value));
}

/** Rows whose design the pool has already; it is gone through once, and only what may be one is looked at closely. */
function repeatedDesigns(
  { parameters, pool }: Space,
  rows: readonly { readonly design: Design }[],
  keys: ReadonlyMap<string, string>,
): Fault[] {
  const values = parameters.map(({ name }) => new Set(rows.map(({ design }) => design[name])));
  const faults: Fault[] = [];
  let row = 0;
  for (const design of pool!.designs) {
    if (parameters.every(({ name }, p) => values[p]!.has(design[name]))) {
      const path = keys.get(designKey(design));
      if (path !== undefined) faults.push(repeated(path, `that of row '${pool!.ids[row]}'`));
    }
    row += 1;
  }
  return faults;
}

function repeated(path: string, whose: string): Fault {
  return { path: `${path}.design`, message: `the design is ${whose}`, remedy: 'a design that the pool does not have' };
}

/** The design without signs of zeros, which JSON does not keep. */
function plain(design: Design): Design {
  return Object.fromEntries(Object.entries(design).map(([name, value]) => [name, value === 0 ? 0 : value]));
}
