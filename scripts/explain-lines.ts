import type { Campaign } from '../models/domain/campaign.js';
import { designObjectives } from '../models/domain/computed.js';
import type { Reason } from '../models/domain/proposal.js';
import type { TrialRecord } from '../models/domain/record.js';
import { type Goal, goalsOf, lossOf, primaryObjective } from '../models/domain/standing.js';
import { gainText } from '../models/strategy/explain/goals-text.js';
import type { Importance, Insight, OutcomeInsight } from '../models/strategy/explain/insight.js';
import type { Slice, SlicePoint } from '../models/strategy/explain/slices.js';
import type { Alternative, Why } from '../models/strategy/explain/why.js';
import { targetName } from './outcome.js';
import { formatExpected, formatNumber, formatSd, wordingOf } from './wording.js';

/** Factors and trials that are told in words, at most; all are in the JSON. */
const told = { factors: 12, off: 3 } as const;

/** What a campaign has learned, in words: of each outcome that goals are stated on. */
export function insightLines(campaign: Campaign, trials: readonly TrialRecord[], insight: Insight): readonly string[] {
  return [
    ...insight.outcomes.flatMap((outcome) => outcomeLines(campaign, trials, insight, outcome)),
    ...[...designObjectives(campaign).keys()].map(
      (name) => `${campaign.id}: ${name} is computed from the design alone: known of each, and nothing to learn`,
    ),
  ];
}

function outcomeLines(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  { through }: Insight,
  outcome: OutcomeInsight,
): readonly string[] {
  const { name, importance, slices } = outcome;
  const wording = wordingOf(campaign, trials);
  const by = outcome.surrogates.map((one) => `${one.name} (weight ${formatSd(one.weight)})`).join(', ');
  const more = importance.length - told.factors;
  const goal = goalOf(campaign.spec, name);
  const isBarred = slices.some(({ barred }) => barred > 0);
  return [
    `${campaign.id}: what ${by} learned of ${name} at ${targetName(campaign.spec)}`,
    'importance',
    ...importance.slice(0, told.factors).map((one) => `  ${importanceText(one)}`),
    ...(more > 0 ? [`  and ${more} more (--json)`] : []),
    `along each factor, through the best trial ${through.trialId} (${wording.design(through.design, through.rowId)})${isBarred ? ', as far as constraints are kept' : ''}; medians, nine times in ten between`,
    ...slices.slice(0, told.factors).map((slice) => `  ${sliceText(goal, slice)}`),
    ...leaveOneOutLines(campaign, trials, outcome),
  ];
}

/** What is wanted of an outcome; null where it is only to keep its bounds. */
function goalOf(spec: Campaign['spec'], name: string): Goal | null {
  return goalsOf(spec).objectives.find((one) => one.name === name) ?? null;
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

function sliceText(goal: Goal | null, { name, points }: Slice): string {
  const [first, last] = [points[0]!, points.at(-1)!];
  const lossAt = ({ median }: SlicePoint) => (goal === null ? median : lossOf(goal, median));
  const best = points.reduce((a, b) => (lossAt(b) < lossAt(a) ? b : a));
  const ends = [first, last].filter((point) => point !== best).map(pointText);
  return `${name}: ${goal === null ? 'lowest' : 'best'} at ${pointText(best)}${ends.length === 0 ? '' : `; ${[...new Set(ends)].join('; ')}`}`;
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
  { name, leaveOneOut: { trials: left, r2, coverage } }: OutcomeInsight,
): string[] {
  if (left.length === 0) return [];
  const wording = wordingOf(campaign, trials);
  const ofFirst = name === primaryObjective(campaign.spec).name;
  const shares = coverage.map(
    ({ nominal, covered }) => `${Math.round(100 * covered)} % in the central ${100 * nominal} %`,
  );
  const off = left
    .filter(({ rank }) => Math.abs(2 * rank - 1) > 0.9)
    .sort((a, b) => Math.abs(b.rank - 0.5) - Math.abs(a.rank - 0.5))
    .slice(0, told.off)
    .map(
      ({ trialId, measured, interval: [low, high] }) =>
        `  ${trialId}: measured ${ofFirst ? wording.value(measured) : formatNumber(measured)}, expected ${formatSd(low)} to ${formatSd(high)}`,
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
      (one) => `  ${wording.design(one.design, one.rowId)} at ${one.fidelity}: ${alternativeText(campaign, one)}`,
    ),
  ];
}

/** What was expected of an alternative, and how far it fell short. */
function alternativeText({ spec }: Campaign, { reason, promise }: Alternative): string {
  const { acquisition, value } = reason;
  const expected = expectedText(spec, reason);
  const worth = value === null ? `${acquisition}` : `${acquisition} ${formatSd(value)}`;
  if (promise === null) return `${expected}${worth}`;
  const missed = promise > 1 ? ', which the search missed' : '';
  return `${expected}${worth}, ${formatSd(100 * promise)} % of what it promised${missed}`;
}

/** What was expected of each objective at the target, how likely bounds are kept, and what that adds. */
function expectedText(spec: Campaign['spec'], { targetMean, targetSd, outcomes = [], within, gain }: Reason): string {
  if (targetMean === null || targetSd === null) return '';
  const further = outcomes.filter(({ name }) => spec.objectives.some((one) => one.name === name));
  const own = formatExpected(targetMean, targetSd);
  const all =
    further.length === 0
      ? [own]
      : [
          `${primaryObjective(spec).name} ${own}`,
          ...further.map((one) => `${one.name} ${formatExpected(one.mean, one.sd)}`),
        ];
  const bounds = within === undefined ? [] : [`keeps its bounds with probability ${within.toFixed(2)}`];
  const added = gain === undefined ? [] : [gainText({ ...gain, now: null }, formatSd)];
  return `expected ${[...all, ...bounds, ...added].join(', ')}, `;
}
