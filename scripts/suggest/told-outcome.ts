import { type ResultOutcome, resultOutcomes } from '../../models/strategy/result.js';

/** Outcomes of trials that tell nothing of their design: rows with them are left out, and counted. */
const silent = ['quarantined', 'cancelled', 'withdrawn'] as const;
/** One of the outcomes above. */
export type SilentOutcome = (typeof silent)[number];

/** Words that the outcome of a row may be. */
export const outcomeWords: readonly string[] = [...resultOutcomes, 'quarantined', 'cancelled'];

/**
 * What a table says became of a trial, by one rule for all tables: its outcome in whatever case, else where `export` says
 * that the trial stands. `unsaid` where neither says it; null where the outcome is none of the words.
 */
export function toldOutcome(outcome: string, state = ''): ResultOutcome | SilentOutcome | 'unsaid' | null {
  const word = outcome.toLowerCase();
  const known = [...resultOutcomes, ...silent].find((one) => one === word);
  if (word !== '') return known ?? null;
  if (state === 'withdrawn') return 'withdrawn';
  return state === 'proposed' || state === 'running' ? 'pending' : 'unsaid';
}

/** Whether rows of an outcome are left out of what is learned from. */
export function isSilent(outcome: string | null): outcome is SilentOutcome {
  return silent.some((one) => one === outcome);
}

/** How many rows were left out, by what became of them: '2 quarantined, 1 cancelled'. */
export function countsText(outcomes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
}
