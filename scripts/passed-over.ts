import { placeRun } from '../models/domain/achieved.js';
import type { CampaignSpec } from '../models/domain/campaign.js';
import type { Design } from '../models/domain/design.js';
import { standingsOf } from '../models/domain/design-standings.js';
import type { TrialRecord } from '../models/domain/record.js';
import {
  byFirstObjective,
  counts,
  type Goals,
  goalsOf,
  isFeasible,
  type Judged,
  joined,
  type OutcomeBound,
  type OutcomeValues,
} from '../models/domain/standing.js';
import { valuesText } from './trade-offs.js';
import { formatNumber, meanWords, type Wording } from './wording.js';

/** Why a trial that was measured does not count: of an outcome. */
export interface Obstacle {
  readonly outcome: string;
  /** What was measured and breaks a bound; null where nothing was, and it would have to be. */
  readonly value: number | null;
  /** Its bounds; absent on a side without one. */
  readonly min?: number;
  readonly max?: number;
}

/** A design that would be the best, or of the front, did it count. */
export interface PassedOver {
  readonly trialId: string;
  /** Of the objectives, each in its own unit, means where it was measured more than once; without those that were not measured. */
  readonly values: OutcomeValues;
  /** The trials whose means these are; absent where it was measured once. */
  readonly measuredIn?: readonly string[];
  readonly design: Design;
  readonly rowId: string | null;
  /** Never empty. */
  readonly why: readonly Obstacle[];
}

/**
 * Trials at the target that would be the best, or of the front, but for a bound that they break or that is not known to be kept, or for want
 * of an objective while they are ahead of all that count in another. Those that only lack a value come first, as a person may add
 * it; then the best by the first objective.
 */
export function passedOver(spec: CampaignSpec, trials: readonly TrialRecord[]): readonly PassedOver[] {
  const goals = goalsOf(spec);
  const designs = standingsOf(spec, trials);
  return designs.all
    .filter((one) => !counts(one) && isAhead(one, designs.front))
    .map((one) => ({ ...one, isOpen: one.feasible !== false, asIf: { ...one, feasible: true } }))
    .sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || byFirstObjective(a.asIf, b.asIf))
    .map(({ trialId, trial: { proposal, observation }, values, measuredIn }) => ({
      trialId,
      values: Object.fromEntries(
        goals.objectives.flatMap(({ name }) => (values[name] === undefined ? [] : [[name, values[name]]])),
      ),
      ...(measuredIn === undefined ? {} : { measuredIn }),
      ...placeRun(proposal, observation),
      why: obstaclesOf(goals, values),
    }));
}

/** Whether a trial that does not count would change a front, as far as it is known. */
function isAhead(judged: Judged, best: readonly Judged[]): boolean {
  const { losses } = judged;
  if (losses.every((loss) => loss !== null)) return joined(best, { ...judged, feasible: true }) !== best;
  return losses.some((loss, k) => loss !== null && best.every((other) => loss < other.losses[k]!));
}

/** What keeps values from counting: the objectives and bounded outcomes that were not measured, and the bounds that are broken. */
function obstaclesOf(goals: Goals, values: OutcomeValues): readonly Obstacle[] {
  const bare = goals.objectives.filter(({ name }) => goals.bounds.every((bound) => bound.name !== name));
  const asked: readonly OutcomeBound[] = [...bare.map(({ name }) => ({ name })), ...goals.bounds];
  return asked.flatMap(({ name, min, max }) => {
    if (isFeasible({ ...goals, bounds: [{ name, min, max }] }, values) === true) return [];
    const sides = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    return [{ outcome: name, value: values[name] ?? null, ...sides }];
  });
}

/** Why values do not count, in words; null where they do. */
export function notCountingText(spec: CampaignSpec, values: OutcomeValues): string | null {
  const why = obstaclesOf(goalsOf(spec), values);
  return why.length === 0 ? null : whyText(why);
}

function whyText(why: readonly Obstacle[]): string {
  return why
    .map(({ outcome, value, min, max }) => {
      const wanted = [
        ...(min === undefined ? [] : [`≥ ${formatNumber(min)}`]),
        ...(max === undefined ? [] : [`≤ ${formatNumber(max)}`]),
      ].join(' and ');
      const is = value === null ? 'was not measured' : `is ${formatNumber(value)}`;
      return `${outcome} ${is}${wanted === '' ? '' : ` (wanted ${wanted})`}`;
    })
    .join(' and ');
}

/** Trials that are told in a text. */
const mostTold = 3;

/** The same as lines for people, a trial each, the first few of them; nothing where there are none. */
export function passedOverLines(
  spec: CampaignSpec,
  passed: readonly PassedOver[],
  wording: Wording,
): readonly string[] {
  const lines = passed
    .slice(0, mostTold)
    .map(
      ({ trialId, values, measuredIn, design, rowId, why }) =>
        `${valuesText(spec, values)}${meanWords(measuredIn?.length)}: ${wording.design(design, rowId)} (${trialId}), as ${whyText(why)}`,
    );
  return passed.length > mostTold ? [...lines, `and ${passed.length - mostTold} more`] : lines;
}
