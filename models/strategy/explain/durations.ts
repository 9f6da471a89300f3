import { medianSorted } from 'simple-statistics';
import type { Campaign } from '../../domain/campaign.js';
import type { TrialRecord } from '../../domain/record.js';

/** How long trials of a fidelity took. */
export interface FidelityDurations {
  readonly name: string;
  /** Durations of the trials that ran to an end, milliseconds, ascending. */
  readonly sortedMs: readonly number[];
}

/** When a trial in flight is expected to end. */
export type ExpectedEnd =
  | { readonly kind: 'in'; readonly remainingMs: number }
  /** It has run for longer than any before it. */
  | { readonly kind: 'overdue'; readonly longestMs: number };

/**
 * How long trials took from start to result, by fidelity, cheapest first.
 *
 * A duration is the time between start and end as the campaign saw them, with any waiting for the device; where time was
 * virtual, what the adapter says of its run. Measured and failed trials count; those that a person cancelled or must still
 * judge do not, nor do durations that are not positive.
 */
export function durationsOf(
  fidelities: Campaign['spec']['fidelities'],
  trials: readonly TrialRecord[],
): FidelityDurations[] {
  return fidelities.map(({ name }) => {
    const sortedMs = trials
      .filter(({ proposal }) => proposal.fidelity === name)
      .flatMap((trial) => durationOf(trial) ?? [])
      .sort((a, b) => a - b);
    return { name, sortedMs };
  });
}

/**
 * When a trial that has run for a time is expected to end: the median of the durations above that time, less it.
 *
 * @param elapsedMs - since its start, milliseconds
 * @returns null where no trial of the fidelity has ended yet
 */
export function expectedEnd({ sortedMs }: FidelityDurations, elapsedMs: number): ExpectedEnd | null {
  const longestMs = sortedMs.at(-1);
  if (longestMs === undefined) return null;
  const longer = sortedMs.filter((ms) => ms > elapsedMs);
  if (longer.length === 0) return { kind: 'overdue', longestMs };
  return { kind: 'in', remainingMs: medianSorted(longer) - elapsedMs };
}

function durationOf({ observation, startedAt, endedAt }: TrialRecord): number | null {
  if (observation === null || (observation.outcome !== 'measured' && observation.outcome !== 'failed')) return null;
  const ms = startedAt === null || endedAt === null ? observation.durationMs : endedAt - startedAt;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
