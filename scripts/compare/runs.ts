import type { CampaignRecord } from '../../models/domain/record.js';
import { traceOf } from '../outcome.js';
import type { Judging } from './judging.js';

/** What progress is counted in: what was spent, or trials of whatever fidelity. */
export type Measure = 'cost' | 'trials';

/** How the best of one run went on. */
export interface Run {
  readonly record: CampaignRecord;
  /** One for each ended trial; `loss` is the lowest at the target so far, infinite while nothing was measured there. */
  readonly steps: readonly { readonly cost: number; readonly trials: number; readonly loss: number }[];
}

/** A run from its record. */
export function runOf(record: CampaignRecord, { losses }: Judging): Run {
  const own = losses(record);
  const steps = traceOf(record).map(({ cumulativeCost }, i) => ({
    cost: cumulativeCost,
    trials: i + 1,
    loss: own[i]!,
  }));
  return { record, steps };
}

/** What a run has come to in all. */
export function totalOf({ steps }: Run, measure: Measure): number {
  return steps.at(-1)?.[measure] ?? 0;
}

/** Lowest loss after so much was spent; that at its end, where a run ended before. Infinite before anything was measured. */
export function lossAt({ steps }: Run, measure: Measure, spent: number): number {
  // Sums of the same costs in another order differ in the last digits.
  const limit = spent * (1 + 1e-12);
  let [from, to] = [0, steps.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (steps[middle]![measure] <= limit) from = middle + 1;
    else to = middle;
  }
  return steps[from - 1]?.loss ?? Number.POSITIVE_INFINITY;
}

/** What was spent when a loss was first reached; infinite if it never was. */
export function spentTo({ steps }: Run, measure: Measure, loss: number): number {
  return steps.find((step) => step.loss <= loss)?.[measure] ?? Number.POSITIVE_INFINITY;
}
