import { correlationPerCost } from '../../acquisition/per-cost.js';
import { bestStaged, type StagedView, worthStaging } from '../../acquisition/staged-improvement.js';
import { type EncodedDesigns, selectDesigns } from '../../encode/encoded-designs.js';
import type { LevelPosterior } from '../../surrogate/contract.js';
import { feasibilityPower } from '../../surrogate/feasibility.js';
import { normalised } from '../../surrogate/weights.js';
import type { Best } from '../best-candidate.js';
import { type Listed, placeAt } from '../candidates.js';
import type { Open } from '../open.js';
import type { MemberSituation, Situation } from './contract.js';

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
export function stagedChoice(
  members: readonly MemberSituation[],
  listed: Listed,
  { costs, costsAt, feasibility }: Pick<Situation, 'costs' | 'costsAt' | 'feasibility'>,
  open: Open,
): Best | null {
  const { levels } = open;
  const target = costs.length - 1;
  const lower = levels.filter((level) => level !== target);
  const own = costs.map((_, level) => costsAt?.(level, listed.encoded) ?? null);
  const costOf = (row: number, level: number) => own[level]?.[row] ?? costs[level]!;
  const viewsOf = targetViews(members, listed.encoded, target, feasibility?.log(listed.encoded) ?? null);
  const designOf = (row: number) => ({
    views: viewsOf.at(row),
    targetCost: costOf(row, target),
    stages: lower.filter((level) => open.row(listed, row, level)).map((level) => ({ level, cost: costOf(row, level) })),
  });
  const free = Array.from({ length: listed.designs.length }, (_, row) => row).filter((row) =>
    open.row(listed, row, target),
  );
  const rows = worthStaging(free.length, (place) => designOf(free[place]!)).map((place) => free[place]!);
  if (rows.length === 0) return null;
  const candidates = selectDesigns(listed.encoded, rows);
  const posteriors = members.map(({ withPending }) => withPending.posterior(candidates, Math.min(...levels)));
  const designs = rows.map((row, at) => {
    const { stages, ...rest } = designOf(row);
    const told = ({ level, cost }: { level: number; cost: number }) => {
      const share = explained(members, posteriors, { row: at, level });
      return { level, cost, explained: Math.min(mostExplained, share) };
    };
    return { ...rest, stages: stages.map(told) };
  });
  const best = bestStaged(designs);
  if (best === null) return null;
  const level = designs[best.place]!.stages[best.first]?.level ?? target;
  return { ...placeAt(listed, rows[best.place]!), level, value: Math.log(best.rate) + viewsOf.logUnit };
}

/**
 * The posterior of each member for the target loss at the rows of a list, the members' weights made to add up to 1, or where
 * something failed by its design to a power of the probability that the row gives a value: what it promises is worth as
 * much less.
 *
 * @param feasible - its logarithm, [n]; null where nothing failed
 * @returns the views of a row; and the log of the loss in whose shares their units are, as losses may be near the largest
 *   number there is
 */
function targetViews(
  members: readonly MemberSituation[],
  encoded: EncodedDesigns,
  target: number,
  feasible: Float64Array | null,
) {
  const posteriors = members.map(({ withPending }) => withPending.posterior(encoded, target));
  const logUnits = members.map(
    ({ surrogate: { scale }, incumbent }) => -Math.log(scale.slope(scale.toLoss(incumbent))),
  );
  const logUnit = Math.max(...logUnits);
  const shares = normalised(members);
  const at = (row: number): StagedView[] =>
    shares.map(({ weight, incumbent }, m) => ({
      weight: feasible === null ? weight : weight * Math.exp(feasibilityPower * feasible[row]!),
      unit: Math.exp(logUnits[m]! - logUnit),
      incumbent,
      mean: posteriors[m]!.mean[target]![row]!,
      sd: Math.sqrt(posteriors[m]!.variance[target]![row]!),
    }));
  return { at, logUnit };
}

/** Σ_m w_m·ρ²_m of a trial of a row at a level with the target. */
function explained(
  members: readonly MemberSituation[],
  posteriors: readonly LevelPosterior[],
  trial: { readonly row: number; readonly level: number },
): number {
  return members.reduce((sum, { weight, withPending }, m) => {
    const noCosts = withPending.noise.map(() => 1);
    return sum + weight * Math.exp(correlationPerCost(withPending, posteriors[m]!, trial, noCosts));
  }, 0);
}
