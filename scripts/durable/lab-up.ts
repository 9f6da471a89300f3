import { campaignsIn } from '../../activities/store/campaign.js';
import type { Query } from '../../activities/store/client.js';
import { findLab, lockLab, saveLab } from '../../activities/store/lab.js';
import { type LeaseEntry, openLeases } from '../../activities/store/lease.js';
import { refillStock, stockOf } from '../../activities/store/stock.js';
import { runningIn } from '../../activities/store/submission.js';
import { instrumentNames } from '../../lab-adapters/instrument.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { AthanorError } from '../../models/domain/errors.js';
import { byPerson } from '../../models/domain/fidelity.js';
import { instrumentsFor, type LabInstrument, type LabSpec } from '../../models/domain/lab.js';
import { differences } from './lab-changes.js';

/** What became of registering a lab. */
export interface LabUp {
  readonly name: string;
  readonly created: boolean;
  /** What differs from what was registered before, a line each; empty where nothing does. */
  readonly changes: readonly string[];
}

/** Who has what of a lab, and what is known of its adapters. */
interface InUse {
  readonly leases: readonly LeaseEntry[];
  readonly lines: Awaited<ReturnType<typeof runningIn>>;
  readonly types: Pick<AdapterRegistry, 'has' | 'get'>;
}

/**
 * Registers a lab, or what has changed of it; to be called in a transaction.
 *
 * @param given - adapters that the lab may name; those that are built in where absent
 * @throws {AthanorError} WRONG_STATE if that would take an instrument, a slot or its device from a job that has it, or a unit
 *   from a stock that is counted in it; names all of it
 */
export async function registerLab(query: Query, lab: LabSpec, who: string, given?: InUse['types']): Promise<LabUp> {
  await lockLab(query, lab.name);
  const before = await findLab(query, lab.name);
  const left = await stockOf(query, lab.name);
  const old = before?.definition ?? null;
  const types = given ?? (await import('../../lab-adapters/registry.js')).createRegistry();
  const [leases, lines] = [await openLeases(query, lab.name), await runningIn(query, lab.name)];
  const wrong = [...inUse(old, lab, { leases, lines, types }), ...unitsIn(old, lab, left)];
  if (old !== null) wrong.push(...namedStill(old, lab, await campaignsIn(query, lab.name)));
  if (wrong.length > 0)
    throw new AthanorError(
      'WRONG_STATE',
      `lab '${lab.name}' cannot be changed like this now:\n  ${wrong.join('\n  ')}`,
    );
  const changes = old === null ? [] : changesOf(old, lab, left);
  if (JSON.stringify(old) !== JSON.stringify(lab)) await saveLab(query, lab, who);
  for (const [stock, { amount }] of Object.entries(lab.stock))
    if (!left.has(stock)) await refillStock(query, { lab: lab.name, stock, amount, who, why: 'registered' });
  return { name: lab.name, created: old === null, changes };
}

/** What running jobs have and would lose. */
function inUse(
  old: LabSpec | null,
  { name: lab, instruments, positions }: LabSpec,
  { leases, lines, types }: InUse,
): string[] {
  const ofLeases = leases.flatMap(({ resource, place, key, heldAt }) => {
    const now = instruments[resource] ?? positions[resource];
    const has = `'${key}' ${heldAt === null ? 'has' : 'holds'} it`;
    if (now === undefined) return [`${resource} cannot be taken out: ${has}`];
    return place > now.slots ? [`${resource} cannot have ${now.slots} slots only: ${has}, in slot ${place}`] : [];
  });
  const keys = new Map<string, Set<string>>();
  const noted = lines.map(({ instrument, key }) => ({ resource: instrument.slice(lab.length + 1), key }));
  for (const { resource, key } of [...leases, ...noted]) keys.set(resource, (keys.get(resource) ?? new Set()).add(key));
  const ofDevices = [...keys].flatMap(([resource, jobs]) => {
    const [was, is] = [old?.instruments[resource], instruments[resource]];
    if (was === undefined || is === undefined || deviceOf(was, types) === deviceOf(is, types)) return [];
    const what =
      was.adapter === is.adapter ? 'get other settings' : `be driven by ${is.adapter} in place of ${was.adapter}`;
    const all = [...jobs].map((key) => `'${key}'`).join(', ');
    return [
      `${resource} cannot ${what} while it has ${all}: another device would be asked for what this one does. ` +
        `'athanor lab fault ${resource} --why ...' keeps further jobs away; wait until these have ended ('athanor lab show'), ` +
        `say of those that are held what became of them ('athanor resolve', 'athanor rule', or 'athanor lab clear ${resource}' after a look at it), then 'athanor lab up' again`,
    ];
  });
  return [...ofLeases, ...ofDevices];
}

/** What campaigns that have not stopped name, and would find nowhere. */
function namedStill(old: LabSpec, lab: LabSpec, campaigns: Awaited<ReturnType<typeof campaignsIn>>): string[] {
  const byName = new Map<string, Set<string>>();
  for (const { id, fidelities } of campaigns)
    for (const { instrument, recipe = [] } of fidelities)
      for (const name of [instrument, ...recipe.flatMap(({ on, at, undo }) => [on, at, undo?.on])])
        if (name !== undefined) byName.set(name, (byName.get(name) ?? new Set()).add(id));
  const has = (one: LabSpec, name: string) =>
    Object.hasOwn(one.positions, name) || instrumentsFor(one, name).length > 0;
  return [...byName].flatMap(([name, ids]) => {
    if (!has(old, name) || has(lab, name)) return [];
    const all = [...ids].map((id) => `'${id}'`).join(', ');
    const able = Object.hasOwn(old.positions, name) ? [] : instrumentsFor(old, name).filter((one) => one !== name);
    const what =
      able.length === 0 ? `${name} cannot be taken out` : `${able.join(', ')}: something has to do '${name}'`;
    return [`${what}: named by campaigns that have not stopped: ${all}; wait for their end, or 'athanor abort' them`];
  });
}

/** Which device an instrument is: settings that do not tell one from another do not count. */
function deviceOf({ adapter, settings }: LabInstrument, types: InUse['types']): string {
  // People stay who they are, whatever they are told to do.
  if (adapter === byPerson) return byPerson;
  return types.has(adapter) ? instrumentNames(types.get(adapter), settings).id : JSON.stringify([adapter, settings]);
}

function unitsIn(old: LabSpec | null, { stock }: LabSpec, left: ReadonlyMap<string, number>): string[] {
  return Object.entries(stock).flatMap(([name, { unit }]) => {
    const was = old?.stock[name]?.unit;
    if (was === undefined || was === unit || !left.has(name)) return [];
    return [`stock ${name} is counted in ${was}, not ${unit}: give it another name`];
  });
}

/** What is different, in words. */
function changesOf(old: LabSpec, lab: LabSpec, left: ReadonlyMap<string, number>): string[] {
  const counted = Object.entries(lab.stock).flatMap(([name, { amount, unit }]) => {
    const was = old.stock[name]?.amount;
    if (was === undefined || was === amount) return [];
    return [
      `stock ${name}: ${left.get(name)} ${unit} are left as counted; 'athanor lab refill' changes that, not the file`,
    ];
  });
  return [...differences(old, lab, { added: 'new', gone: 'taken out' }), ...counted];
}
