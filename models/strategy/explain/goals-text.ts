import type { CampaignSpec } from '../../domain/campaign.js';
import { meritOf, metOf } from '../../domain/merit.js';
import type { Gain } from '../../domain/proposal.js';
import { type Goals, goalsOf, leader, lossOf, ownValue, turnedBound, wishesOf } from '../../domain/standing.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { logBetween } from '../../stats/log-between.js';
import { logsumexp } from '../../stats/logsumexp.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import type { JudgedVisit } from '../history.js';

/** What is expected of an outcome at the target, in its own unit. */
export interface Expected {
  readonly name: string;
  readonly mean: number;
  readonly sd: number;
}

/** What several goals are told by. */
export interface GoalsTold {
  /** Of each objective, in their order; one that was never measured is missing. */
  readonly expected: readonly Expected[];
  /** The trials that none is better than, as they are known; with contexts, as they are expected in the current ones. */
  readonly front: readonly JudgedVisit[];
  /** Probability that the bounds are kept; null where there are none, or nothing is known of their outcomes. */
  readonly within: number | null;
  /** What it is expected to add; absent where that was not computed. */
  readonly gain?: Gain | undefined;
  /** A value with as many digits as its sd makes sense of. */
  readonly number: (value: number, sd?: number) => string;
}

/** What is said of what was measured where it is told as it would be in the current contexts. */
export const expectedNow = 'as expected in these contexts';

/** Front trials that a trade-off is told beside. */
const named = 3;

/**
 * What a proposal for several goals aims at, in words: what is expected of each objective, where that lies beside the front (beyond
 * it in an objective, better than trials of it in all, or between some), and how likely it keeps its bounds.
 */
export function goalsText(spec: CampaignSpec, { expected, front, within, gain, number }: GoalsTold): string {
  const goals = goalsOf(spec);
  const unitOf = (name: string) => {
    const { unit } = spec.objectives.find((one) => one.name === name) ?? {};
    return unit === undefined ? '' : ` ${unit}`;
  };
  const means = expected.map(({ name, mean, sd }) =>
    // What is computed from the design alone is known.
    sd === 0 ? `${name} ${number(mean)}${unitOf(name)}` : `${name} ${number(mean, sd)} ± ${number(sd)}${unitOf(name)}`,
  );
  const parts = [`expected at the target: ${means.join(', ')}`];
  const inContexts = spec.contexts === undefined ? '' : `, ${expectedNow}`;
  parts.push(front.length === 0 ? nothingYet(goals) : `${beside(goals, expected, front, number)}${inContexts}`);
  if (goals.combine !== undefined && expected.length === goals.objectives.length) {
    const losses = goals.objectives.map((goal) => lossOf(goal, expected.find(({ name }) => name === goal.name)!.mean));
    const best = leader(front)?.merit;
    const so = best === undefined ? '' : `, best so far ${meritText(spec, best)}`;
    parts.push(`${meritText(spec, meritOf(goals.combine, wishesOf(goals), losses))} by what is expected${so}`);
  }
  if (within !== null) parts.push(`keeps its bounds with probability ${within.toFixed(2)}`);
  if (gain !== undefined) parts.push(gainText(gain, number, farther(goals, front, gain)));
  return parts.join('; ');
}

/** What a trial is expected to add, in words. @param best - what it betters, of one objective */
export function gainText({ of, expected, now }: Gain, number: GoalsTold['number'], best = 'the best'): string {
  const added = number(expected);
  if (of === 'hypervolume')
    return `adds ${added} to the hypervolume on average${now === null ? '' : ` (now ${number(now)})`}`;
  if (!(expected > 0)) return 'nothing is expected to better what there is';
  return of === 'loss' ? `betters ${best} by ${added} on average` : `betters what all come to by ${added} on average`;
}

/** What objectives come to together, in words. */
export function meritText({ combine, objectives }: CampaignSpec, merit: number): string {
  if (combine === 'desirability') return `desirability ${(1 - merit).toPrecision(3)}`;
  const met = metOf(merit, objectives.length);
  return `${met} of ${objectives.length} objectives where they are wanted`;
}

/** What is bettered, where that is by more than the best is from its target: then it is not taken to be as near as it was measured. */
function farther({ objectives }: Goals, front: readonly JudgedVisit[], { of, expected }: Gain): string | undefined {
  const measured = front[0]?.losses[0] ?? null;
  const isTarget = of === 'loss' && objectives[0]!.direction === 'target';
  if (!isTarget || measured === null || expected <= measured) return undefined;
  return 'the best, which by all that is known is farther off than it was measured,';
}

function nothingYet({ bounds }: Goals): string {
  if (bounds.length === 0) return 'nothing to compare it with yet';
  const kept = bounds.map(({ name, min, max }) =>
    [min === undefined ? '' : `${min} ≤ `, name, max === undefined ? '' : ` ≤ ${max}`].join(''),
  );
  return `sought to keep ${kept.join(' and ')}, which no trial is known to do yet`;
}

function beside(
  goals: Goals,
  expected: readonly Expected[],
  front: readonly JudgedVisit[],
  number: GoalsTold['number'],
) {
  const seen = expected.map((one) => {
    const place = goals.objectives.findIndex(({ name }) => name === one.name);
    const goal = goals.objectives[place]!;
    return { ...one, place, goal, loss: lossOf(goal, one.mean) };
  });
  const lossesOf = (trial: JudgedVisit) => seen.map(({ place }) => trial.losses[place]!);
  const idOf = ({ visit }: JudgedVisit) => visit.trialId;
  if (goals.objectives.length === 1) {
    const [best] = front;
    const [only] = seen;
    const loss = best!.losses[0]!;
    if (only!.goal.direction !== 'target') return `best so far ${number(ownValue(only!.goal, loss))} (${idOf(best!)})`;
    const reached = loss <= (only!.goal.within ?? 0) ? ', which reaches it' : '';
    const where = loss === 0 ? 'on its target' : `${number(loss)} from its target`;
    return `best so far ${where} (${idOf(best!)})${reached}`;
  }
  const isBeaten = (own: readonly number[]) =>
    own.every((loss, k) => seen[k]!.loss <= loss) && own.some((loss, k) => seen[k]!.loss < loss);
  const beaten = front.filter((trial) => isBeaten(lossesOf(trial)));
  if (beaten.length > 0) return `better in all than ${listed(beaten.map(idOf))} of the front`;
  const beyond = seen.filter(({ loss }, k) => front.every((trial) => loss < lossesOf(trial)[k]!));
  if (beyond.length > 0) return `beyond the front in ${beyond.map(({ name }) => name).join(' and ')}`;
  const above = front.find((trial) => lossesOf(trial).every((loss, k) => loss <= seen[k]!.loss));
  if (above !== undefined) return `in nothing better than ${idOf(above)} of the front`;
  const near = nearest(
    seen.map(({ loss }) => loss),
    front,
    lossesOf,
  ).slice(0, 2);
  const against = near.map((trial) => {
    const own = lossesOf(trial);
    const [better, worse] = [true, false].map((wanted) =>
      seen.filter(({ loss }, k) => loss !== own[k]! && loss < own[k]! === wanted).map(({ name }) => name),
    );
    const parts = [
      ...(better!.length === 0 ? [] : [`better ${better!.join(' and ')}`]),
      ...(worse!.length === 0 ? [] : [`worse ${worse!.join(' and ')}`]),
    ];
    return `${idOf(trial)} (${parts.join(', ')})`;
  });
  return `a trade-off beside ${against.join(' and ')}`;
}

/** Trials of the front by their distance, each objective in units of its range there. */
function nearest(losses: readonly number[], front: readonly JudgedVisit[], lossesOf: (trial: JudgedVisit) => number[]) {
  const ranges = losses.map((_, k) => {
    const own = front.map((trial) => lossesOf(trial)[k]!);
    return Math.max(...own) - Math.min(...own) || 1;
  });
  const distance = (trial: JudgedVisit) =>
    lossesOf(trial).reduce((sum, loss, k) => sum + ((loss - losses[k]!) / ranges[k]!) ** 2, 0);
  return [...front].sort((a, b) => distance(a) - distance(b));
}

function listed(ids: readonly string[]): string {
  const more = ids.length > named ? ` and ${ids.length - named} more` : '';
  return `${ids.slice(0, named).join(', ')}${more}`;
}

/**
 * Probability at a design that every bounded outcome keeps its bounds at the target, by the surrogates of those that were measured;
 * null where there is none.
 *
 * @param known - ensembles of outcomes by name, the first objective's among them
 */
export function chanceWithin(
  spec: CampaignSpec,
  known: ReadonlyMap<string, Ensemble>,
  point: EncodedDesigns,
): number | null {
  const goals = goalsOf(spec);
  const asked = goals.bounds.filter(({ name }) => known.has(name)).map((bound) => turnedBound(goals, bound));
  if (asked.length === 0) return null;
  const logs = asked.map(({ name, min, max }) =>
    logsumexp(
      known.get(name)!.members.map(({ surrogate, weight }) => {
        const { mean, variance } = surrogate.posterior(point);
        const { scale } = surrogate;
        const within = logBetween({
          mean: mean.at(-1)![0]!,
          variance: variance.at(-1)![0]!,
          min: min === undefined ? Number.NEGATIVE_INFINITY : scale.toLatent(min),
          max: max === undefined ? Number.POSITIVE_INFINITY : scale.toLatent(max),
        });
        return Math.log(weight) + within.value;
      }),
    ),
  );
  return Math.min(1, Math.exp(logs.reduce((sum, one) => sum + one, 0)));
}
