import { bestStaged } from '../acquisition/staged-improvement.js';
import type { LevelPosterior } from '../surrogate/contract.js';
import type { Best, Choosable, MemberSituation } from './best-candidate.js';
import { type Listed, placeAt, takenLevels } from './candidates.js';

/** Share of the variance at the target that a lower trial explains at most, lest nothing is left to be improved by. */
const mostExplained = 0.999;

/**
 * The design of a list that promises the most improvement for its cost if lower levels may be asked before the target,
 * and the level that comes first; see `bestStaged`. Designs asked at the target already are left out, and stages asked
 * already or too dear.
 *
 * A lower trial explains ρ² = Σ_m w_m·ρ²_m of the variance at the target, w_m of all members, so that those of the target
 * alone count for nothing; ρ²_m as in `perCost`.
 *
 * @param members - those that choose; their weights are part of those of all, which add up to 1
 * @param listed - the list of the space
 * @returns null where no design is left that could be better than the best one measured
 */
export function stagedChoice(members: readonly MemberSituation[], listed: Listed, where: Choosable): Best | null {
  const { costs, levels, tooDear } = where;
  const target = costs.length - 1;
  const posteriors = members.map(({ believing }) => believing.posterior(listed.encoded));
  const taken = takenLevels(listed, costs.length, where.visits);
  const own = costs.map((_, level) => where.costsAt?.(level, listed.encoded) ?? null);
  const costOf = (level: number, row: number) => own[level]?.[row] ?? costs[level]!;
  const free = (level: number, row: number) =>
    taken[row * costs.length + level] === 0 && !tooDear(level, () => placeAt(listed, row));
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  // Shares of the largest unit: losses may be near the largest number there is.
  const logUnits = members.map(
    ({ surrogate: { scale }, incumbent }) => -Math.log(scale.slope(scale.toLoss(incumbent))),
  );
  const largest = Math.max(...logUnits);
  const lower = levels.filter((level) => level !== target);
  const stagesAt = (row: number) => lower.filter((level) => free(level, row));
  const rows = Array.from({ length: listed.designs.length }, (_, row) => row).filter((row) => free(target, row));
  const best = bestStaged(rows, (row) => ({
    views: members.map(({ weight, incumbent }, m) => ({
      weight: weight / total,
      unit: Math.exp(logUnits[m]! - largest),
      incumbent,
      mean: posteriors[m]!.mean[target]![row]!,
      sd: Math.sqrt(posteriors[m]!.variance[target]![row]!),
    })),
    stages: stagesAt(row).map((level) => ({
      cost: costOf(level, row),
      explained: Math.min(mostExplained, explained(members, posteriors, { level, target, row })),
    })),
    targetCost: costOf(target, row),
  }));
  if (best === null) return null;
  const level = stagesAt(best.place)[best.first] ?? target;
  return { ...placeAt(listed, best.place), level, value: Math.log(best.rate) + largest };
}

/** Σ_m w_m·ρ²_m of a trial at the level with the target. */
function explained(
  members: readonly MemberSituation[],
  posteriors: readonly LevelPosterior[],
  { level, target, row }: { readonly level: number; readonly target: number; readonly row: number },
): number {
  return members.reduce((sum, { weight, believing }, m) => {
    const { variance, covariance } = posteriors[m]!;
    const measured = variance[level]![row]! + believing.noise[level]!;
    return sum + (weight * covariance[level]![row]! ** 2) / (variance[target]![row]! * measured);
  }, 0);
}
