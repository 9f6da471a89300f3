import type { CampaignSpec } from './campaign.js';

/** Lowest and highest value that can be true; null on a side without a limit. */
export type Limits = readonly [number | null, number | null];

/** What is wrong with a value beyond its limits, in words; null where nothing is. */
export function beyond(name: string, value: number, [low, high]: Limits): string | null {
  if ((low === null || value >= low) && (high === null || value <= high)) return null;
  const allowed = low === null ? `at most ${high}` : high === null ? `at least ${low}` : `from ${low} to ${high}`;
  return `${name} = ${value} lies beyond its limits, ${allowed}`;
}

/** The limits of each objective that has some. */
export function limitsOf({ objectives }: Pick<CampaignSpec, 'objectives'>): Readonly<Record<string, Limits>> {
  return Object.fromEntries(objectives.flatMap(({ name, limits }) => (limits === undefined ? [] : [[name, limits]])));
}
