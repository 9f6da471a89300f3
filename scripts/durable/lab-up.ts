import type { Query } from '../../activities/store/client.js';
import { findLab, lockLab, saveLab } from '../../activities/store/lab.js';
import { type LeaseEntry, openLeases } from '../../activities/store/lease.js';
import { refillStock, stockOf } from '../../activities/store/stock.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { LabSpec } from '../../models/domain/lab.js';

/** What became of registering a lab. */
export interface LabUp {
  readonly name: string;
  readonly created: boolean;
  /** What differs from what was registered before, a line each; empty where nothing does. */
  readonly changes: readonly string[];
}

/**
 * Registers a lab, or what has changed of it; to be called in a transaction.
 *
 * @throws {AthanorError} WRONG_STATE if that would take an instrument, a slot or its adapter from a job that has it, or a unit
 *   from a stock that is counted in it; names all of it
 */
export async function registerLab(query: Query, lab: LabSpec, who: string): Promise<LabUp> {
  await lockLab(query, lab.name);
  const before = await findLab(query, lab.name);
  const left = await stockOf(query, lab.name);
  const old = before?.definition ?? null;
  const wrong = [...inUse(old, lab, await openLeases(query, lab.name)), ...unitsIn(old, lab, left)];
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
function inUse(old: LabSpec | null, { instruments, positions }: LabSpec, leases: readonly LeaseEntry[]): string[] {
  return leases.flatMap(({ resource, place, key, heldAt }) => {
    const now = instruments[resource] ?? positions[resource];
    const has = `'${key}' ${heldAt === null ? 'has' : 'holds'} it`;
    if (now === undefined) return [`${resource} cannot be taken out: ${has}`];
    if (place > now.slots) return [`${resource} cannot have ${now.slots} slots only: ${has}, in slot ${place}`];
    const [was, is] = [old?.instruments[resource]?.adapter, instruments[resource]?.adapter];
    return was === is ? [] : [`${resource} cannot be driven by ${is} in place of ${was}: ${has}`];
  });
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
  return [
    ...differences('instrument', old.instruments, lab.instruments),
    ...differences('position', old.positions, lab.positions),
    ...differences('stock', old.stock, lab.stock),
    ...counted,
  ];
}

function differences(
  what: string,
  old: Readonly<Record<string, object>>,
  now: Readonly<Record<string, object>>,
): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name) => {
    const [was, is] = [old[name], now[name]];
    if (was === undefined) return [`${what} ${name}: new`];
    if (is === undefined) return [`${what} ${name}: taken out`];
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
      (key) => JSON.stringify(was[key as keyof typeof was]) !== JSON.stringify(is[key as keyof typeof is]),
    );
    return keys.length === 0 ? [] : [`${what} ${name}: other ${keys.join(', ')}`];
  });
}
