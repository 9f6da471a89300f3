import { logEiPerCost } from '../acquisition/log-ei-per-cost.js';
import { correlationPerCost } from '../acquisition/per-cost.js';
import type { Campaign } from '../domain/campaign.js';
import { type EncodedDesigns, sliceDesigns } from '../encode/encoded-designs.js';
import { type Best, bestCandidate, type Choosable, type MemberSituation } from './best-candidate.js';
import { placeKey } from './candidates.js';
import type { Visit } from './history.js';

/** What a design and its level were chosen for. */
export type Step = 'target' | 'informs' | 'paired' | 'guarded';

/** Target trials that are paired with a lower fidelity at most; and never for more than one target trial's cost. */
const mostPairs = 5;

/** Least share of target trials that the members of the target alone choose, by what is said of the lower fidelities. */
const leastGuarded = { validated: 0, tested: 1 / 6, unvalidated: 1 / 3 } as const;

/**
 * The design with the largest log expected improvement at the target, and then the level at which it is asked.
 *
 * 1. Of the target trials, as large a share is chosen by the members that see the target alone as these are believed
 *    (Σ of their w_m), and asked there at once; and at least a sixth, a third where a lower fidelity is marked
 *    `unvalidated`, none where all are `validated`: no score can tell a lower fidelity that is right wherever it was
 *    tested and wrong at the best designs, such trials can.
 * 2. For the others x* = argmax log Σ_m w_m·EI_m(x) by the members that see all fidelities, over designs not yet asked at
 *    the target, whatever they cost.
 * 3. Of the lower levels l not yet asked at x*: while fewer than min(5, c_T/c_l) target trials have level l too, that
 *    level (pairing: correlations are learned from pairs); else the one with the largest Σ_m w_m·ρ²_m(x*, l)·c_T/c_l if
 *    that is above 1, w_m of all members; else the target. ρ² as in `perCost`; costs are those expected of x*.
 *
 * The two groups take turns instead of being mixed: a group that a lower fidelity cannot tell anything goes on hoping
 * for designs that this fidelity has shown to be bad, and little belief in great hope outweighs much belief in little.
 *
 * A design is asked at most once at each lower level, whatever came of it. A trial in flight counts as asked.
 *
 * @param where - `levels`: those that may be proposed; without the target nothing is
 * @returns null if no design is left
 */
export async function twoStep(
  situations: readonly MemberSituation[],
  where: Choosable,
  spec: Campaign['spec'],
): Promise<(Best & { readonly step: Step }) | null> {
  const target = where.costs.length - 1;
  const lower = where.levels.filter((level) => level !== target);
  if (lower.length === where.levels.length) return null;
  const [alone, informed] = [true, false].map((is) => situations.filter((one) => seesTargetAlone(one) === is));
  const isGuarded = informed!.length > 0 && isDue(where.visits, target, guardedShare(spec, alone!));
  const group = isGuarded || informed!.length === 0 ? alone! : informed!;
  const { costsAt, ...alike } = where;
  const best = await bestCandidate(logEiPerCost, believed(group), { ...alike, levels: [target] });
  if (best === null || isGuarded) return best === null ? null : { ...best, step: 'guarded' };
  const key = placeKey(best);
  const asked = new Set(where.visits.filter((visit) => placeKey(visit) === key).map((visit) => visit.level));
  const missing = lower.filter((level) => !asked.has(level) && !where.tooDear(level, () => best));
  const point = where.prepared.encoder.encode([best.design]);
  const costs = where.costs.map((cost, level) => costsAt?.(level, point)?.[0] ?? cost);
  const worth = new Map(missing.map((level) => [level, worthAt(situations, point, level, costs)]));
  const largest = (levels: readonly number[]) =>
    levels.reduce((a, b) => (worth.get(b)! > worth.get(a)! ? b : a), levels[0] ?? target);
  const unpaired = missing.filter((level) => isUnpaired(where, level));
  if (unpaired.length > 0) return { ...best, level: largest(unpaired), step: 'paired' };
  const level = largest(missing);
  return level !== target && worth.get(level)! > 1 ? { ...best, level, step: 'informs' } : { ...best, step: 'target' };
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

/** Whether lower fidelities tell this member nothing of the target. */
function seesTargetAlone({ surrogate, measured }: MemberSituation): boolean {
  const { covariance } = surrogate.posterior(sliceDesigns(measured, 0, Math.min(2, measured.n)));
  return covariance.slice(0, -1).every((values) => values.every((value) => value === 0));
}

/** The members with their weights made to add up to 1. */
export function believed(situations: readonly MemberSituation[]): MemberSituation[] {
  const total = totalWeight(situations);
  return situations.map((situation) => ({ ...situation, weight: situation.weight / total }));
}

/** How far the members are believed in all. */
export function totalWeight(situations: readonly MemberSituation[]): number {
  return situations.reduce((sum, { weight }) => sum + weight, 0);
}

/** Σ_m w_m·ρ²_m·c_T/c_l at the point. */
function worthAt(
  situations: readonly MemberSituation[],
  point: EncodedDesigns,
  level: number,
  costs: readonly number[],
): number {
  return situations.reduce((sum, { weight, believing }) => {
    const log = correlationPerCost(believing, believing.posterior(point), { row: 0, level }, costs);
    return sum + weight * costs.at(-1)! * Math.exp(log);
  }, 0);
}

/** Whether fewer target trials have this level too than are to. */
function isUnpaired({ visits, costs }: Choosable, level: number): boolean {
  const target = costs.length - 1;
  const below = new Set(visits.filter((visit) => visit.level === level).map(placeKey));
  const pairs = visits.filter((visit) => visit.level === target && below.has(placeKey(visit))).length;
  return pairs < Math.min(mostPairs, costs[target]! / costs[level]!);
}
