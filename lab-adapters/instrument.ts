import { createHash } from 'node:crypto';

/**
 * The name of an instrument that only a campaign file describes: the adapter's type, and a hash of its settings. So two
 * campaigns, or two levels, with the same settings use one instrument. Where it stands (in which home, where its jobs are
 * known there only) the ledger says beside it.
 *
 * @param settings - plain JSON; the order of keys does not matter
 */
export function instrumentId(type: string, settings: unknown): string {
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
