import type { TrialRecord } from './record.js';
import { timesRun } from './record.js';

/** How far a person knows a trial who decides on it. */
export interface Seen {
  /** Which time it is run, from 1. */
  readonly generation: number;
  /** How many rulings there are on that. */
  readonly rulings: number;
}

/** What there is to be seen of a trial. */
export function seenOf({ earlier, rulings = [] }: Pick<TrialRecord, 'earlier' | 'rulings'>): Seen {
  const generation = timesRun(earlier === undefined ? {} : { earlier });
  return { generation, rulings: rulings.filter((ruling) => ruling.generation === generation).length };
}

/** What was seen as a mark, such as `1.0`: `inbox` gives it, and decisions take it with `--seen`. */
export function seenMark({ generation, rulings }: Seen): string {
  return `${generation}.${rulings}`;
}

/** What a mark stands for; null where it is none. */
export function readSeen(mark: string): Seen | null {
  const [, generation, rulings] = /^([1-9]\d{0,8})\.(\d{1,9})$/.exec(mark) ?? [];
  return generation === undefined ? null : { generation: Number(generation), rulings: Number(rulings) };
}

/** Whether there is more to be seen of a trial than a person has. */
export function isSeenStale(seen: Seen, now: Seen): boolean {
  return seen.generation !== now.generation || seen.rulings !== now.rulings;
}
