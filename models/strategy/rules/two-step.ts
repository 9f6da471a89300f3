import { logEiPerCost } from '../../acquisition/log-ei-per-cost.js';
import { correlationPerCost } from '../../acquisition/per-cost.js';
import type { Campaign } from '../../domain/campaign.js';
import { normalised, ofLargeWeight, totalWeight } from '../../surrogate/weights.js';
import { bestCandidate } from '../best-candidate.js';
import { type Place, placeKey } from '../candidates.js';
import type { Visit } from '../history.js';
import type { Open } from '../open.js';
import type { Choice, MemberSituation, Rule, Situation } from './contract.js';
import { stagedChoice } from './staged-choice.js';

/** Target trials that are paired with a lower fidelity at most; and never for more than one target trial's cost. */
const mostPairs = 5;

/** Least share of target trials that the members of the target alone choose, by what is said of the lower fidelities. */
const leastGuarded = { validated: 0, tested: 1 / 6, unvalidated: 1 / 3 } as const;

/**
 * The next design and the level at which it is asked, by expected improvement at the target.
 *
 * 1. Of the target trials, as large a share is chosen by the members that see the target alone as is their weight
 *    (Σ of their w_m), and asked there at once; and at least a sixth, a third where a lower fidelity is marked
 *    `unvalidated`, none where all are `validated`: no score can tell a lower fidelity that is right wherever it was
 *    tested and wrong at the best designs, such trials can.
 * 2. The others are chosen by the members that see all fidelities. Of a list, the design and the level that begin the
 *    plan with the most improvement for its cost: a lower level first, and the target if that still looks worth it (see
 *    `stagedChoice`). In a space without a list x* = argmax log Σ_m w_m·EI_m(x), whatever it costs, and the level at x*
 *    not yet asked with the largest Σ_m w_m·ρ²_m(x*, l)·c_T/c_l, w_m of all members, if that is above 1; else the target.
 *    ρ² as in `perCost`; costs are those expected of the design.
 * 3. While fewer than min(5, c_T/c_l) target trials have level l too, a target trial is made one of them by asking l
 *    first (pairing: correlations are learned from pairs).
 *
 * The two groups take turns instead of being mixed: a group that a lower fidelity cannot tell anything goes on hoping
 * for designs that this fidelity has shown to be bad, and a small weight of a large expectation outweighs a large weight of a small one.
 *
 * A design is asked at most once at each lower level, whatever came of it. A trial in flight counts as asked.
 *
 * Without the target among the open levels nothing is proposed.
 */
export const twoStep: Rule = { next };

async function next(situation: Situation, open: Open): Promise<Choice | null> {
  const { spec, members, visits, costs, prepared } = situation;
  const target = costs.length - 1;
  if (!open.levels.includes(target)) return null;
  const [alone, informed] = (['target', 'levels'] as const).map((sees) => members.filter((one) => one.sees === sees));
  const isGuarded = informed!.length > 0 && isDue(visits, target, guardedShare(spec, alone!));
  const group = ofLargeWeight(isGuarded || informed!.length === 0 ? alone! : informed!);
  const staged = isGuarded || prepared.listed === null ? null : stagedChoice(group, prepared.listed, situation, open);
  if (staged !== null && staged.level !== target) return { ...staged, step: 'informs' };
  const { costsAt: _, ...alike } = situation;
  const best = staged ?? (await bestCandidate(logEiPerCost, normalised(group), alike, open.at([target])));
  if (best === null) return null;
  if (isGuarded) return { ...best, step: 'guarded' };
  const worth = worthOfLevels(situation, open, best);
  const largest = (levels: readonly number[]) =>
    levels.reduce((a, b) => (worth.get(b)! > worth.get(a)! ? b : a), levels[0] ?? target);
  const unpaired = [...worth.keys()].filter((level) => isUnpaired(situation, level));
  if (unpaired.length > 0) return { ...best, level: largest(unpaired), step: 'paired' };
  const level = largest([...worth.keys()]);
  const isWorth = staged === null && level !== target && worth.get(level)! > 1;
  return isWorth ? { ...best, level, step: 'informs' } : { ...best, step: 'target' };
}

/** Share of target trials that the members of the target alone choose; 0 where there are none. */
function guardedShare({ fidelities }: Campaign['spec'], alone: readonly MemberSituation[]): number {
  if (alone.length === 0) return 0;
  const least = fidelities.slice(0, -1).map(({ trust }) => leastGuarded[trust ?? 'tested']);
  return Math.max(...least, totalWeight(alone));
}

/** Whether the next target trial is one of a share of them, spread evenly. */
export function isDue(visits: readonly Pick<Visit, 'level'>[], target: number, share: number): boolean {
  const asked = visits.filter((visit) => visit.level === target).length;
  // A share of 1/3 is to be every third one, whatever is rounded.
  const due = (trials: number) => Math.floor(trials * share + 1e-9);
  return due(asked + 1) > due(asked);
}

/** Σ_m w_m·ρ²_m·c_T/c_l at the place, of each lower level that is open there. */
function worthOfLevels(
  { members, prepared, costs, costsAt }: Situation,
  open: Open,
  place: Place,
): Map<number, number> {
  const target = costs.length - 1;
  const point = prepared.encoder.encode([place.design]);
  const missing = open.levels.filter((level) => level !== target && open.place(place, level));
  const own = costs.map((cost, level) => costsAt?.(level, point)?.[0] ?? cost);
  const worth = (level: number) =>
    members.reduce((sum, { weight, withPending }) => {
      const log = correlationPerCost(withPending, withPending.posterior(point), { row: 0, level }, own);
      return sum + weight * own[target]! * Math.exp(log);
    }, 0);
  return new Map(missing.map((level) => [level, worth(level)]));
}

/** Whether fewer target trials have this level too than are to. */
function isUnpaired({ visits, costs }: Situation, level: number): boolean {
  const target = costs.length - 1;
  const below = new Set(visits.filter((visit) => visit.level === level).map(placeKey));
  const pairs = visits.filter((visit) => visit.level === target && below.has(placeKey(visit))).length;
  return pairs < Math.min(mostPairs, costs[target]! / costs[level]!);
}
