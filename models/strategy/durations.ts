import { medianAbsoluteDeviation, medianSorted } from 'simple-statistics';
import type { Campaign } from '../domain/campaign.js';
import type { TrialRecord } from '../domain/record.js';

/** What turns a median absolute deviation into the standard deviation of a normal distribution. */
const madToSd = 1.482602218505602;

/** How long trials of a fidelity took. */
export interface FidelityDurations {
  readonly name: string;
  /** Durations of the trials that ran to an end, milliseconds, ascending. */
  readonly sortedMs: readonly number[];
  /** Null without such a trial. */
  readonly medianMs: number | null;
  /** Robust standard deviation of the log of durations, 1.4826·median|log t − median|; null with fewer than three. */
  readonly spread: number | null;
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
    const medianMs = sortedMs.length === 0 ? null : medianSorted(sortedMs);
    const spread = sortedMs.length < 3 ? null : madToSd * medianAbsoluteDeviation(sortedMs.map((ms) => Math.log(ms)));
    return { name, sortedMs, medianMs, spread };
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
