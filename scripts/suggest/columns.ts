import type { Campaign, PoolSpec } from '../../models/domain/campaign.js';
import type { ContextSpec } from '../../models/domain/contexts.js';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import { measuredNames } from '../../models/domain/standing.js';

/**
 * What a column of a table of results holds. `amount`: of one component of a parameter; `value`: of the first objective;
 * `further`: of another outcome; `context`: what was measured of the surroundings.
 */
export type ColumnRole =
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'amount'; readonly name: string; readonly component: string }
  | { readonly kind: 'further' | 'context'; readonly name: string }
  | { readonly kind: 'row' | 'fidelity' | 'outcome' | 'state' | 'value' | 'cost' | 'ignored' };

/** A column of a table of results. */
export interface Column {
  /** As the header has it. */
  readonly header: string;
  readonly role: ColumnRole;
}

/** What the names of columns may mean something of. */
export interface Named {
  /** Name of the objective, or of the column that holds it. */
  readonly objective: string;
  /** Names of the further outcomes. */
  readonly further: readonly string[];
  /** Names of the objectives that are computed, whose columns nothing is read from. */
  readonly computed: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly contexts: readonly ContextSpec[];
  readonly pool: PoolSpec | undefined;
}

const fixed: Readonly<Record<string, ColumnRole['kind'] & ('fidelity' | 'outcome' | 'cost')>> = {
  fidelity: 'fidelity',
  outcome: 'outcome',
  status: 'outcome',
  cost: 'cost',
};

/** Columns of an export that a table of results has no use for. */
const exportOnly = [
  ...['campaign', 'strategy', 'seed'],
  ...['trial', 'round', 'index', 'predicted.mean', 'predicted.sd', 'kind', 'acquisition', 'acquisitionValue'],
  ...['estimatedCost', 'durationMs', 'causeClass', 'causeCode', 'causeMessage', 'startedAt', 'endedAt', 'front'],
  ...['rulings', 'earlier'],
];

/** What of a campaign the names of columns may mean. */
export function namedIn({ spec, space }: Campaign): Named {
  const [objective, ...further] = measuredNames(spec);
  const computed = spec.objectives.flatMap(({ name, expression }) => (expression === undefined ? [] : [name]));
  return {
    objective: objective!,
    further,
    computed,
    parameters: space.parameters,
    contexts: spec.contexts ?? [],
    pool: spec.space.pool,
  };
}

/**
 * Names that the columns of a table of results may have, with what they hold: the row id of the pool (its `id` column, or
 * `row`), the parameters (by name, or by the pool's column or columns), the objective and the further outcomes, and `fidelity`, `outcome` or
 * `status`, and `cost`. A name that the campaign gives itself comes before these. In a table that `export` wrote the
 * parameters are `design.NAME`, the outcomes `value.NAME` and contexts `context.NAME`, and the same names without these words mean nothing of the
 * campaign.
 *
 * @param header - of the table; without one, of a table of a person's own
 */
export function columnRoles(
  { objective, further, computed, parameters, contexts, pool }: Named,
  header: readonly string[] = [],
): ReadonlyMap<string, ColumnRole> {
  const roles = new Map<string, ColumnRole>();
  const there = new Set(header);
  const add = (name: string, role: ColumnRole) => roles.has(name) || roles.set(name, role);
  const exported = new Map<string, ColumnRole>([
    [`value.${objective}`, { kind: 'value' }],
    ...further.map((name) => [`value.${name}`, { kind: 'further', name }] as const),
    ...parameters.map(({ name }) => [`design.${name}`, { kind: 'parameter', name }] as const),
    ...contexts.map(({ name }) => [`context.${name}`, { kind: 'context', name }] as const),
  ]);
  const prefixed = [...exported].filter(([name]) => there.has(name));
  for (const [name, role] of prefixed) add(name, role);
  if (!there.has(`value.${objective}`)) add(objective, { kind: 'value' });
  for (const name of further) if (!there.has(`value.${name}`)) add(name, { kind: 'further', name });
  for (const { name } of contexts) if (!there.has(`context.${name}`)) add(name, { kind: 'context', name });
  // An export has its row ids under a name of its own; the pool's may be one of its other columns.
  if (pool !== undefined) add(prefixed.length > 0 && there.has('row') ? 'row' : (pool.id ?? 'row'), { kind: 'row' });
  const own = parameters.filter(({ name }) => !there.has(`design.${name}`));
  for (const { name } of own) add(name, { kind: 'parameter', name });
  for (const { name, column } of own) if (column !== undefined) add(column, { kind: 'parameter', name });
  for (const { name, column, columns } of pool?.designColumns ?? []) {
    if (there.has(`design.${name}`)) continue;
    if (column !== undefined) add(column, { kind: 'parameter', name });
    for (const component of columns ?? []) add(component, { kind: 'amount', name, component });
  }
  for (const [name, kind] of Object.entries(fixed)) add(name, { kind });
  for (const name of computed) add(name, { kind: 'ignored' });
  if (pool !== undefined) add('row', { kind: 'row' });
  if (prefixed.length > 0) {
    add('state', { kind: 'state' });
    for (const name of exportOnly) add(name, { kind: 'ignored' });
    for (const name of header)
      if (/^(?:value|noise|proposed|context|contextUnit)\./.test(name)) add(name, { kind: 'ignored' });
    if (pool === undefined) add('row', { kind: 'ignored' });
  }
  return roles;
}

/** Texts that a table of a campaign may be expected to hold: names of its columns, fidelities and levels, ids of the pool. */
export function* knownTexts(campaign: Campaign): Iterable<string> {
  const { spec, space } = campaign;
  yield* columnRoles(namedIn(campaign)).keys();
  for (const { name } of spec.fidelities) yield name;
  for (const parameter of space.parameters)
    for (const value of typeOf(parameter).values(parameter) ?? []) if (typeof value === 'string') yield value;
  yield* space.pool?.ids ?? [];
}

/** Of each parameter, which of its columns a table has, and which it lacks. */
export function designColumns(
  { parameters, pool }: Pick<Named, 'parameters' | 'pool'>,
  columns: readonly Column[],
): readonly { readonly name: string; readonly given: readonly string[]; readonly missing: readonly string[] }[] {
  const roles = columns.map(({ role }) => role);
  return parameters.map(({ name }) => {
    if (roles.some((role) => role.kind === 'parameter' && role.name === name)) return { name, given: [], missing: [] };
    const components = pool?.designColumns.find((column) => column.name === name)?.columns ?? [];
    const given = components.filter((component) =>
      roles.some((role) => role.kind === 'amount' && role.name === name && role.component === component),
    );
    if (given.length === 0) return { name, given, missing: [name] };
    return { name, given, missing: components.filter((component) => !given.includes(component)) };
  });
}

/**
 * A function that gives the text of a parameter in a row of a table: its cell, or the amounts of its components as one
 * text; empty where there is no such column, or nothing in it.
 */
export function designTexts(
  { parameters }: Pick<Named, 'parameters'>,
  columns: readonly Column[],
): (parameter: number, cells: (column: number) => string) => string {
  const places = parameters.map(({ name }) => ({
    own: columns.findIndex(({ role }) => role.kind === 'parameter' && role.name === name),
    amounts: columns.flatMap(({ role }, column) =>
      role.kind === 'amount' && role.name === name ? [{ column, component: role.component }] : [],
    ),
  }));
  return (parameter, cells) => {
    const { own, amounts } = places[parameter]!;
    if (own >= 0) return cells(own);
    if (amounts.every(({ column }) => cells(column) === '')) return '';
    return amounts.map(({ column, component }) => `${component}:${cells(column)}`).join(' ');
  };
}

/** The columns of a new table: how a design is known, the fidelity where there are several, outcome and value. */
export function freshColumns(campaign: Campaign): readonly Column[] {
  const { spec, space } = campaign;
  const { pool } = spec.space;
  const columns: Column[] = [];
  const used = new Set<string>();
  const add = (header: string, role: ColumnRole) => {
    if (!used.has(header)) columns.push({ header, role });
    used.add(header);
  };
  const roles = columnRoles(namedIn(campaign));
  if (pool !== undefined) add(pool.id ?? 'row', { kind: 'row' });
  for (const { name, column } of space.parameters) add(column ?? name, { kind: 'parameter', name });
  for (const { name } of spec.contexts ?? []) add(name, { kind: 'context', name });
  if (spec.fidelities.length > 1 && roles.get('fidelity')?.kind === 'fidelity') add('fidelity', { kind: 'fidelity' });
  const outcome = ['outcome', 'status'].find((name) => roles.get(name)?.kind === 'outcome');
  if (outcome !== undefined) add(outcome, { kind: 'outcome' });
  const [objective, ...further] = measuredNames(spec);
  add(objective!, { kind: 'value' });
  for (const name of further) add(name, { kind: 'further', name });
  return columns;
}
