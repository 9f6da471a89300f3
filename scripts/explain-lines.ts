import type { Campaign } from '../models/domain/campaign.js';
import type { TrialRecord } from '../models/domain/record.js';
import { lossOf, primaryObjective } from '../models/domain/standing.js';
import type { Importance, Insight } from '../models/strategy/explain/insight.js';
import type { Slice, SlicePoint } from '../models/strategy/explain/slices.js';
import type { Alternative, Why } from '../models/strategy/explain/why.js';
import { targetName } from './outcome.js';
import { formatExpected, formatNumber, formatSd, wordingOf } from './wording.js';

/** Factors and trials that are told in words, at most; all are in the JSON. */
const told = { factors: 12, off: 3 } as const;

/** What a campaign has learned, in words. */
export function insightLines(campaign: Campaign, trials: readonly TrialRecord[], insight: Insight): readonly string[] {
  const wording = wordingOf(campaign, trials);
  const { through, factors } = insight.slices;
  const by = insight.surrogates.map(({ name, weight }) => `${name} (weight ${formatSd(weight)})`).join(', ');
  const more = insight.importance.length - told.factors;
  return [
    `${campaign.id}: what ${by} learned of ${primaryObjective(campaign.spec).name} at ${targetName(campaign.spec)}`,
    'importance',
    ...insight.importance.slice(0, told.factors).map((one) => `  ${importanceText(one)}`),
    ...(more > 0 ? [`  and ${more} more (--json)`] : []),
    `along each factor, through the best trial ${through.trialId} (${wording.design(through.design, through.rowId)}); medians, nine times in ten between`,
    ...factors.slice(0, told.factors).map((slice) => `  ${sliceText(campaign, slice)}`),
    ...leaveOneOutLines(campaign, trials, insight),
  ];
}

/** How much a factor matters, in a line. */
function importanceText({ name, permutation, lengthscale }: Importance): string {
  const parts = [
    ...(permutation === null
      ? []
      : [`shuffled, R² falls by ${formatSd(permutation.fall)} ± ${formatSd(permutation.sd)}`]),
    ...(lengthscale === null ? [] : [lengthscaleText(lengthscale)]),
  ];
  return `${name}: ${parts.length === 0 ? 'nothing is known yet' : parts.join('; ')}`;
}

function lengthscaleText({ share, half }: NonNullable<Importance['lengthscale']>): string {
  const part = `${Math.round(100 * share)} % by lengthscales`;
  return half === null ? part : `${part}, half of the correlation is left after ${formatSd(half)}`;
}

function sliceText({ spec }: Campaign, { name, points }: Slice): string {
  const objective = primaryObjective(spec);
  const best = points.reduce((a, b) => (lossOf(objective, b.median) < lossOf(objective, a.median) ? b : a));
  const [first, last] = [points[0]!, points.at(-1)!];
  const ends = [first, last].filter((point) => point !== best).map(pointText);
  return `${name}: best at ${pointText(best)}${ends.length === 0 ? '' : `; ${ends.join('; ')}`}`;
}

/** What is expected at a place of a slice: value, median and interval. */
function pointText({ value, median, interval: [low, high] }: SlicePoint): string {
  const at = typeof value === 'number' ? formatSd(value) : value;
  const short = (one: number) => formatNumber(Number(one.toPrecision(4)));
  return `${at}: ${short(median)} (${short(low)} to ${short(high)})`;
}

function leaveOneOutLines(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  { leaveOneOut: { trials: left, r2, coverage } }: Insight,
): string[] {
  if (left.length === 0) return [];
  const wording = wordingOf(campaign, trials);
  const shares = coverage.map(
    ({ nominal, covered }) => `${Math.round(100 * covered)} % in the central ${100 * nominal} %`,
  );
  const off = left
    .filter(({ rank }) => Math.abs(2 * rank - 1) > 0.9)
    .sort((a, b) => Math.abs(b.rank - 0.5) - Math.abs(a.rank - 0.5))
    .slice(0, told.off)
    .map(
      ({ trialId, measured, interval: [low, high] }) =>
        `  ${trialId}: measured ${wording.value(measured)}, expected ${formatSd(low)} to ${formatSd(high)}`,
    );
  return [
    `each of ${left.length} trials predicted from all others: R² ${r2 === null ? 'unknown, as values do not differ' : formatSd(r2)}; ${shares.join(', ')}`,
    ...(off.length === 0 ? [] : ['farthest outside', ...off]),
  ];
}

/** Why a trial was proposed, and what it was preferred to, in words. */
export function whyLines(campaign: Campaign, trials: readonly TrialRecord[], why: Why): readonly string[] {
  const { proposal, purpose, alternatives, none } = why;
  const wording = wordingOf(campaign, trials);
  const { reason } = proposal;
  const value = reason.value === null ? '' : `; ${reason.acquisition} ${formatSd(reason.value)}`;
  return [
    `${proposal.id}: ${wording.design(proposal.design, proposal.rowId)} at ${proposal.fidelity}`,
    `  to ${purpose}: ${reason.text}${value}`,
    ...(none === null ? ['preferred to'] : [`  no alternatives: ${none}`]),
    ...alternatives.map(
      (one) => `  ${wording.design(one.design, one.rowId)} at ${one.fidelity}: ${alternativeText(one)}`,
    ),
  ];
}

/** What was expected of an alternative, and how far it fell short. */
function alternativeText({ reason: { targetMean, targetSd, acquisition, value }, promise }: Alternative): string {
  const expected = targetMean === null || targetSd === null ? '' : `expected ${formatExpected(targetMean, targetSd)}, `;
  const worth = value === null ? `${acquisition}` : `${acquisition} ${formatSd(value)}`;
  if (promise === null) return `${expected}${worth}`;
  const missed = promise > 1 ? ', which the search missed' : '';
  return `${expected}${worth}, ${formatSd(100 * promise)} % of what it promised${missed}`;
}
