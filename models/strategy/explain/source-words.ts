import type { SourceFit } from '../../domain/fit-record.js';
import type { TrialRecord } from '../../domain/record.js';
import type { Source } from '../../domain/source.js';

/** What was learned of the earlier campaigns by the last fit of these trials; null before there is one. */
export function lastSourceFits(trials: readonly Pick<TrialRecord, 'proposal'>[]): readonly SourceFit[] | null {
  const last = trials.findLast(({ proposal }) => proposal.basis.fit?.sources !== undefined);
  return last?.proposal.basis.fit?.sources ?? null;
}

/** An earlier campaign and what was learned of it, for people. @param fit - null before there is one */
export function sourceInWords({ name, values, leftOut, beyond = 0 }: Source, fit: SourceFit | null): string {
  const rows = `${name}: ${values.length} rows`;
  const used = fit === null || fit.used === fit.rows ? '' : ` (${fit.used} used)`;
  const strange = leftOut === 0 ? '' : `, ${leftOut} more left out as no designs of the space`;
  const left = beyond === 0 ? strange : `${strange}, ${beyond} more left out beyond the limits of what can be true`;
  if (fit === null) return `${rows}${left}; nothing is known yet of how far it holds here`;
  const { weight, correlation, foretold } = fit;
  const weighted = `surrogates that use it have ${percent(weight)} of the weight, by which it correlates ${two(correlation)} with the target`;
  return `${rows}${used}${left}; ${verdict(foretold)}; ${weighted}`;
}

function verdict({ pairs, correlation }: SourceFit['foretold']): string {
  if (correlation === null) return `too little is measured to tell how far it holds here (${pairs} trials)`;
  const { value, low, high } = correlation;
  const holds = low > 0 ? 'it holds here' : high < 0 ? 'it holds here with its sign turned' : 'it may not hold here';
  return `${holds}: what it predicts of ${pairs} trials correlates ${two(value)} (90 %: ${two(low)} to ${two(high)}) with what was measured`;
}

function two(value: number): string {
  return (value + 0).toFixed(2);
}

function percent(value: number): string {
  return `${(100 * value).toFixed(0)} %`;
}
