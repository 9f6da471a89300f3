import type { Campaign } from '../../models/domain/campaign.js';
import type { Fault } from '../../models/domain/fault.js';
import { oneOf } from '../campaign-file/nearest.js';
import { objectiveOf } from '../outcome.js';

/** What a column of a table of results holds. */
export type ColumnRole =
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'row' | 'fidelity' | 'outcome' | 'value' | 'cost' | 'ignored' };

/** A column of a table of results. */
export interface Column {
  /** As the header has it. */
  readonly header: string;
  readonly role: ColumnRole;
}

const fixed: Readonly<Record<string, ColumnRole['kind'] & ('fidelity' | 'outcome' | 'cost')>> = {
  fidelity: 'fidelity',
  outcome: 'outcome',
  status: 'outcome',
  cost: 'cost',
};

/**
 * Names that the columns of a table of results may have, with what they hold: the row id of the pool (its `id` column,
 * else `row`), the parameters (by name, or by the pool's column), the objective, and `fidelity`, `outcome` or `status`,
 * and `cost`. A name that the campaign gives itself comes before these.
 */
export function columnRoles({ spec, space }: Campaign): ReadonlyMap<string, ColumnRole> {
  const roles = new Map<string, ColumnRole>();
  const add = (header: string, role: ColumnRole) => roles.has(header) || roles.set(header, role);
  const { pool } = spec.space;
  add(objectiveOf(spec).name, { kind: 'value' });
  if (pool !== undefined) add(pool.id ?? 'row', { kind: 'row' });
  for (const { name } of space.parameters) add(name, { kind: 'parameter', name });
  for (const { name, column } of pool?.designColumns ?? [])
    if (column !== undefined) add(column, { kind: 'parameter', name });
  for (const [header, kind] of Object.entries(fixed)) add(header, { kind });
  return roles;
}

/**
 * The columns that a header names, and what is wrong with it: names that mean nothing, two columns that mean the same,
 * and what is missing to know design and value.
 *
 * @param ignored - names of columns to pass over
 */
export function readHeader(
  campaign: Campaign,
  header: readonly string[],
  ignored: readonly string[],
): { columns: readonly Column[]; faults: readonly Fault[] } {
  const roles = columnRoles(campaign);
  const faults: Fault[] = [];
  const seen = new Map<string, string>();
  const fail = (path: string, message: string, remedy: string) => faults.push({ path, message, remedy, line: 1 });
  const columns = header.map((name, place): Column => {
    if (ignored.includes(name)) return { header: name, role: { kind: 'ignored' } };
    const role = roles.get(name);
    if (role === undefined) {
      const what = name === '' ? `column ${place + 1} has no name` : `no column '${name}' is known`;
      fail(name, what, `${oneOf(name, [...roles.keys()])}; or pass over it with --ignore`);
      return { header: name, role: { kind: 'ignored' } };
    }
    const meaning = role.kind === 'parameter' ? `parameter ${role.name}` : role.kind;
    const before = seen.get(meaning);
    if (before !== undefined) fail(name, `'${before}' and '${name}' both give the ${meaning}`, 'keep one of them');
    seen.set(meaning, name);
    return { header: name, role };
  });
  for (const name of ignored)
    if (!header.includes(name)) fail(name, `no column '${name}' to ignore`, oneOf(name, header));
  const { spec, space } = campaign;
  const objective = objectiveOf(spec).name;
  if (!seen.has('value')) fail(objective, 'the column is missing', 'give the measured values of the objective in it');
  const absent = space.parameters.filter(({ name }) => !seen.has(`parameter ${name}`));
  const row = spec.space.pool === undefined ? null : (spec.space.pool.id ?? 'row');
  if (!seen.has('row') && absent.length > 0)
    for (const { name } of absent)
      fail(name, 'the column is missing', row === null ? 'give every parameter a column' : `give it, or '${row}'`);
  return { columns, faults };
}

/** The columns of a new table: how a design is known, the fidelity where there are several, outcome and value. */
export function freshColumns({ spec, space }: Campaign): readonly Column[] {
  const { pool } = spec.space;
  const columns: Column[] = [];
  const used = new Set<string>();
  const add = (header: string, role: ColumnRole) => {
    if (!used.has(header)) columns.push({ header, role });
    used.add(header);
  };
  const roles = columnRoles({ spec, space } as Campaign);
  if (pool !== undefined) add(pool.id ?? 'row', { kind: 'row' });
  for (const { name } of space.parameters) add(name, { kind: 'parameter', name });
  if (spec.fidelities.length > 1 && roles.get('fidelity')?.kind === 'fidelity') add('fidelity', { kind: 'fidelity' });
  const outcome = ['outcome', 'status'].find((name) => roles.get(name)?.kind === 'outcome');
  if (outcome !== undefined) add(outcome, { kind: 'outcome' });
  add(objectiveOf(spec).name, { kind: 'value' });
  return columns;
}
