import { learnableFaults } from '../domain/achieved.js';
import type { Campaign } from '../domain/campaign.js';
import { statedCost, targetFidelity } from '../domain/campaign.js';
import { Constraints } from '../domain/constraints/constraint.js';
import { type ContextValues, refusedContext } from '../domain/contexts.js';
import { type Design, designKey } from '../domain/design.js';
import type { Fault } from '../domain/fault.js';
import type { Fidelity } from '../domain/fidelity.js';
import { nearest } from '../domain/nearest.js';
import { outsideOf } from '../domain/outside.js';
import type { Parameter } from '../domain/parameters/parameter.js';
import { type Pool, rowsById } from '../domain/space.js';
import { measuredNames, primaryObjective } from '../domain/standing.js';

/** What may have become of a trial that a planner is told of. `failed`: it ran and gave no value; never asked again. */
export const resultOutcomes = ['measured', 'failed', 'pending'] as const;
/** One of the outcomes above. */
export type ResultOutcome = (typeof resultOutcomes)[number];

/** What became of one trial, as a person or a program tells it. A proposal with a value added is one. */
export interface Result {
  /** Id of the proposal it answers; without it, the trial is known by its design and fidelity. */
  readonly id?: string;
  /** Needed unless `id` or `rowId` is given. */
  readonly design?: Design;
  /** Row of the pool. */
  readonly rowId?: string | null;
  /** Name of the fidelity; the target where absent. */
  readonly fidelity?: string;
  /** `measured` where absent. */
  readonly outcome?: ResultOutcome;
  /** Measured value of the first objective, in its own unit and direction; finite. For `measured` only. */
  readonly value?: number;
  /** Measured values of further outcomes by name, each in its own unit; finite. For `measured` only; some may be missing. */
  readonly values?: Readonly<Record<string, number>>;
  /** Values of contexts by name, each in its own unit; one that is missing was not told. For `measured` and `failed` only. */
  readonly contexts?: ContextValues;
  /** What the trial cost, in the unit of the budget, 0 or more; that of its fidelity where absent, or where costs are as stated. */
  readonly cost?: number;
}

/** A result that was checked against its campaign, with nothing left open. */
export interface CheckedResult {
  readonly design: Design;
  /** Null outside pools. */
  readonly rowId: string | null;
  readonly fidelity: Fidelity;
  readonly outcome: ResultOutcome;
  /** By name of the outcome; empty unless measured. */
  readonly values: Readonly<Record<string, number>>;
  readonly contexts: ContextValues;
  readonly cost: number;
  /** Why the design is none that may be proposed, in words; null where it is one. It is learned from all the same. */
  readonly outside: string | null;
}

/**
 * A function that checks results against a campaign: the design lies in the space or the pool, or can be encoded beside
 * those that do, so that it is learned from; the fidelity exists; and a value is there exactly where something was measured. It gives the checked result, or every fault, with paths such as
 * `design.x`, `rowId` or `value`. The pool is indexed once.
 */
export function resultChecker(campaign: Campaign): (result: Result) => CheckedResult | readonly Fault[] {
  const locate = locator(campaign);
  const { fidelities } = campaign.spec;
  const further = measuredNames(campaign.spec).slice(1);
  return (result) => {
    const faults: Fault[] = [];
    const place = locate(result);
    if (Array.isArray(place)) faults.push(...(place as readonly Fault[]));
    const name = result.fidelity ?? targetFidelity(campaign.spec).name;
    const fidelity = fidelities.find((other) => other.name === name);
    if (fidelity === undefined)
      faults.push({ path: 'fidelity', message: `no fidelity ${quoted(name)}`, remedy: oneOfNames(fidelities) });
    faults.push(...answerFaults(result, further), ...aroundFaults(campaign, result));
    if (faults.length > 0) return faults;
    return {
      ...(place as Place),
      fidelity: fidelity!,
      outcome: result.outcome ?? 'measured',
      values: valuesOf(campaign, result),
      contexts: result.contexts ?? {},
      cost: statedCost(campaign.spec, fidelity!.name) ?? result.cost ?? fidelity!.cost,
    };
  };
}

function valuesOf({ spec }: Campaign, { value, values = {} }: Result): Record<string, number> {
  return { ...(value === undefined ? {} : { [primaryObjective(spec).name]: value }), ...values };
}

/** Faults of outcome, values and cost. */
function answerFaults({ outcome = 'measured', value, values = {}, cost }: Result, further: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  if (!resultOutcomes.includes(outcome)) {
    const remedy = `one of ${resultOutcomes.join(', ')}`;
    faults.push({ path: 'outcome', message: `${quoted(outcome)} given`, remedy });
  } else if (outcome !== 'measured' && value !== undefined) {
    const remedy = "leave the value out, or give 'measured' as the outcome";
    faults.push({ path: 'value', message: `${quoted(value)} given for a trial that is ${outcome}`, remedy });
  } else if (outcome === 'measured' && !Number.isFinite(value) && !(value === undefined && isAnyGiven(values))) {
    const message = value === undefined ? 'no value given' : `${quoted(value)} is not a finite number`;
    faults.push({ path: 'value', message, remedy: "a number, or the outcome 'failed' or 'pending'" });
  }
  for (const [name, given] of Object.entries(values)) {
    const path = `values.${name}`;
    if (!further.includes(name))
      faults.push({
        path,
        message: 'no such outcome',
        remedy: further.length === 0 ? 'leave it out' : `one of ${further.join(', ')}`,
      });
    else if (outcome !== 'measured' && resultOutcomes.includes(outcome))
      faults.push({ path, message: `${quoted(given)} given for a trial that is ${outcome}`, remedy: 'leave it out' });
    else if (!Number.isFinite(given))
      faults.push({ path, message: `${quoted(given)} is not a finite number`, remedy: 'a number, or none' });
  }
  if (cost !== undefined && !(Number.isFinite(cost) && cost >= 0))
    faults.push({ path: 'cost', message: `${quoted(cost)} given`, remedy: 'a number of 0 or more' });
  return faults;
}

/** Faults of contexts. */
function aroundFaults({ spec }: Campaign, { outcome = 'measured', contexts = {} }: Result): Fault[] {
  const known = spec.contexts ?? [];
  return Object.entries(contexts).flatMap(([name, value]): Fault[] => {
    const path = `contexts.${name}`;
    const context = known.find((one) => one.name === name);
    if (context === undefined) {
      const remedy = known.length === 0 ? 'leave it out' : oneOfNames(known);
      return [{ path, message: 'no such context', remedy }];
    }
    if (outcome === 'pending')
      return [
        { path, message: `${quoted(value)} given for a trial that is pending`, remedy: 'give it with its result' },
      ];
    const remedy = refusedContext(context, value);
    return remedy === null ? [] : [{ path, message: `${quoted(value)} given`, remedy }];
  });
}

function isAnyGiven(values: Readonly<Record<string, number>>): boolean {
  return Object.keys(values).length > 0;
}

type Place = Pick<CheckedResult, 'design' | 'rowId' | 'outside'>;

function locator({ space }: Campaign): (result: Result) => Place | Fault[] {
  const { pool, parameters } = space;
  const constraints = Constraints.of(space);
  if (pool === null)
    return ({ design, rowId }) => {
      if (rowId !== undefined && rowId !== null)
        return [{ path: 'rowId', message: `row ${quoted(rowId)}, but there is no pool`, remedy: 'give a design' }];
      if (design === undefined)
        return [{ path: 'design', message: 'no design given', remedy: `give ${oneEach(parameters)}` }];
      // What does not matter may be left empty, or be anything.
      const settled = constraints.settled(design);
      const faults = faultsOf(parameters, settled);
      if (faults.length > 0) return faults;
      const own = plainZeros(settled);
      return { design: own, rowId: null, outside: outsideOf(space, { design: own, rowId: null }) };
    };
  const rowOf = rowsById(pool);
  let rowsLike: ReadonlyMap<string, readonly number[]> | null = null;
  // Texts of a million designs are many: they are made only for results that come without their row.
  const rowsWith = (design: Design) => {
    rowsLike ??= rowsByDesign(pool);
    return rowsLike.get(designKey(design)) ?? [];
  };
  return ({ design, rowId }) => {
    const row = rowId === undefined || rowId === null ? undefined : rowOf.get(rowId);
    if (row !== undefined) {
      const own = pool.designs.at(row)!;
      if (design === undefined || designKey(design) === designKey(own))
        return { design: own, rowId: rowId!, outside: outsideOf(space, { design: own, rowId: rowId! }) };
      const remedy = `that row is ${designKey(own)}; leave the design out, or correct it`;
      return [{ path: 'design', message: `not the design of row ${quoted(rowId)}`, remedy }];
    }
    const isNamed = rowId !== undefined && rowId !== null;
    const stranger = `${quoted(rowId)} is no row of the pool`;
    if (design === undefined) {
      if (isNamed) return [{ path: 'rowId', message: stranger, remedy: idsMeant(rowId, pool) }];
      return [{ path: 'design', message: 'no row and no design given', remedy: 'give the id of a row of the pool' }];
    }
    const faults = faultsOf(parameters, design);
    if (faults.length > 0)
      return isNamed ? [...faults, { path: 'rowId', message: stranger, remedy: idsMeant(rowId, pool) }] : faults;
    const rows = rowsWith(design);
    if (isNamed && rows.length > 0) {
      const remedy = `its design is that of ${pool.ids[rows[0]!]}; correct the id, or leave it out`;
      return [{ path: 'rowId', message: stranger, remedy }];
    }
    if (rows.length === 1) {
      const place = { design: pool.designs.at(rows[0]!)!, rowId: pool.ids[rows[0]!]! };
      return { ...place, outside: outsideOf(space, place) };
    }
    if (rows.length === 0) {
      const own = plainZeros(design);
      return { design: own, rowId: null, outside: outsideOf(space, { design: own, rowId: null }) };
    }
    const which = rows.slice(0, 5).map((at) => pool.ids[at]);
    return [
      { path: 'design', message: `the design is in rows ${which.join(', ')}`, remedy: 'say which by its row id' },
    ];
  };
}

/** Rows of a pool up to which one that was meant is looked for among all. */
const mostCompared = 5_000;

/** What was probably meant by an id that no row has, or how ids look. */
export function idsMeant(id: string, { ids }: Pick<Pool, 'ids'>): string {
  const near =
    ids.length <= mostCompared ? nearest(id, ids) : ids.filter((one) => one.toLowerCase() === id.toLowerCase());
  const some = `ids such as ${ids.slice(0, 3).join(', ')}`;
  return near.length === 0 ? some : `did you mean ${near.join(' or ')}? ${some}`;
}

function rowsByDesign({ designs }: Pool): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  let row = 0;
  for (const design of designs) {
    const key = designKey(design);
    const same = rows.get(key);
    if (same === undefined) rows.set(key, [row]);
    else same.push(row);
    row += 1;
  }
  return rows;
}

function faultsOf(parameters: readonly Parameter[], design: Design): Fault[] {
  return learnableFaults(parameters, design).map((fault) => ({ ...fault, path: `design.${fault.path}` }));
}

/** The design without signs of zeros, which JSON does not keep. */
function plainZeros(design: Design): Design {
  const plain = ([name, value]: [string, Design[string]]) => [name, value === 0 ? 0 : value];
  return Object.fromEntries(Object.entries(design).map(plain)) as Design;
}

function oneEach(parameters: Campaign['space']['parameters']): string {
  return `a value for ${parameters.map((parameter) => parameter.name).join(', ')}`;
}

function oneOfNames(entries: readonly { readonly name: string }[]): string {
  return `one of ${entries.map((entry) => entry.name).join(', ')}`;
}

function quoted(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
