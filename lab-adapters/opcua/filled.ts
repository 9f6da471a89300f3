import { ContractError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { JobRequest } from '../contract.js';
import { fill, type Template } from '../internal/template.js';
import { loadUnits } from '../internal/units.js';
import type { Action, OpcuaSettings } from './settings.js';

/** What is talked about. */
export interface About {
  readonly key: string;
  readonly name: string;
  /** Null where it was found by its key alone. */
  readonly request: JobRequest | null;
}

const nothing: JobRequest = { design: {}, rowId: null, substances: {}, fidelity: '', objectives: [] };

async function made(template: Template, { key, name, request }: About, path: readonly PropertyKey[] = []) {
  return fill(template, { key, request: request ?? nothing, units: await loadUnits(), more: { name } }, path);
}

/** A value with what a request has. @throws {ContractError} if there is none for a place */
export async function filled(template: Template, about: About): Promise<unknown> {
  const given = await made(template, about);
  if ('value' in given) return given.value;
  throw new ContractError(given.faults.map(({ message }) => message).join('; '));
}

type Placed = readonly (readonly [Template, readonly PropertyKey[]])[];

/** All templates of the settings that a request has to fill, with their places. */
export function templatesOf({ set, start }: OpcuaSettings): Placed {
  return [
    ...set.map(({ value }, i) => [value, ['set', i, 'value']] as const),
    ...('write' in start
      ? [[start.write.value, ['start', 'write', 'value']] as const]
      : Object.entries(start.call.arguments).map(
          ([name, each]) => [each, ['start', 'call', 'arguments', name]] as const,
        )),
  ];
}

/** Templates of what ends a run, when nothing else of it may be known. */
export function endTemplatesOf({ cancel, safeStop }: OpcuaSettings): Placed {
  const of = (action: Action | undefined, at: string): Placed =>
    action === undefined
      ? []
      : 'write' in action
        ? action.write.map(({ value }, i) => [value, [at, 'write', i, 'value']] as const)
        : Object.entries(action.call.arguments).map(([name, each]) => [each, [at, 'call', 'arguments', name]] as const);
  return [...of(cancel, 'cancel'), ...of(safeStop, 'safeStop')];
}

/** What keeps a request from being written. */
export async function requestFaults(settings: OpcuaSettings, request: JobRequest): Promise<readonly Fault[]> {
  const about = { key: 'key', name: '0'.repeat(32), request };
  const all = await Promise.all(templatesOf(settings).map(([template, path]) => made(template, about, path)));
  return all.flatMap((each) => ('faults' in each ? each.faults : []));
}

/** Whether what was read back is what was written; a Float has seven digits. */
export function isNear(found: unknown, wanted: unknown, within: number | undefined): boolean {
  if (typeof found !== 'number' || typeof wanted !== 'number') return found === wanted;
  return Math.abs(found - wanted) <= (within ?? 1e-6 * Math.abs(wanted));
}
