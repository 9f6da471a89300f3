import { resolve } from 'node:path';
import type { AdapterType, CheckScope } from '../../lab-adapters/contract.js';
import type { PlacedFault } from './schema-faults.js';
import { placed, schemaFaults, segments } from './schema-faults.js';

/** Settings of an adapter with paths made absolute. */
export function absoluteSettings(
  type: Pick<AdapterType, 'paths'>,
  given: Readonly<Record<string, unknown>>,
  baseDir: string,
): Record<string, unknown> {
  const settings = { ...given };
  for (const key of type.paths ?? []) {
    const path = settings[key];
    if (typeof path === 'string') settings[key] = resolve(baseDir, path);
  }
  return settings;
}

/** Settings with the cost of a level where the adapter takes one and they have none. */
export function withCost(
  { costSetting }: Pick<AdapterType, 'costSetting'>,
  settings: Readonly<Record<string, unknown>>,
  cost: number | undefined,
): Readonly<Record<string, unknown>> {
  if (costSetting === undefined || settings[costSetting] !== undefined || cost === undefined) return settings;
  return { ...settings, [costSetting]: cost };
}

/**
 * What an adapter type has against settings.
 *
 * @param at - where in the document they stand
 */
export async function settingsFaults(
  type: AdapterType,
  settings: Readonly<Record<string, unknown>>,
  at: readonly PropertyKey[],
  { scope, mayRun }: { readonly scope: CheckScope | undefined; readonly mayRun: boolean },
): Promise<PlacedFault[]> {
  const wrong = schemaFaults(type.settings, settings, at);
  if (wrong.length > 0 || type.check === undefined) return wrong;
  const faults = await type.check(type.settings.parse(settings), scope, mayRun);
  return faults.map((fault) => ({ ...placed([...at, ...segments(fault.path)], fault.message, fault.remedy) }));
}
