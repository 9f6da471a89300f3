import { createHash } from 'node:crypto';
import type { AdapterType } from './contract.js';

/** Names of an instrument that only a campaign file describes. */
export interface InstrumentNames {
  readonly id: string;
  /** What versions before this one called it, where that is another: numbers given out under that name are passed on. */
  readonly formerly: string | null;
}

/**
 * The name of an instrument that only a campaign file describes: the adapter's type, and a hash of those of its settings that
 * tell one device from another. So two campaigns, or two levels, that differ in costs and time limits only use one
 * instrument. Where it stands (in which home, where its jobs are known there only) the ledger says beside it.
 *
 * @param settings - plain JSON; the order of keys does not matter
 */
export function instrumentNames(
  { name, costSetting, incidental = [] }: Pick<AdapterType, 'name' | 'costSetting' | 'incidental'>,
  settings: Readonly<Record<string, unknown>>,
): InstrumentNames {
  const telling = Object.entries(settings).filter(([key]) => key !== costSetting && !incidental.includes(key));
  const [id, formerly] = [hashed(name, Object.fromEntries(telling)), hashed(name, settings)];
  return { id, formerly: formerly === id ? null : formerly };
}

function hashed(type: string, settings: unknown): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(sorted(settings)))
    .digest('hex');
  return `${type}-${hash.slice(0, 12)}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}
