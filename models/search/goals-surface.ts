import type { OutcomePart } from '../acquisition/goals/conditional-draws.js';
import type { PreparedGoals } from '../acquisition/goals/goal-acquisition.js';
import { type EncodedDesigns, sliceDesigns } from '../encode/encoded-designs.js';
import type { LevelPosterior } from '../surrogate/contract.js';
import { type Feasibility, feasibilityPower } from '../surrogate/feasibility.js';
import type { ComputedSurface, CostsAt } from './acquisition-surface.js';

/** Several goals, and what else a candidate is judged by. */
export interface GoalsSurface {
  readonly goals: PreparedGoals;
  /** Cost by level; the target is the last. */
  readonly costs: readonly number[];
  readonly costsAt?: CostsAt;
  readonly levels: readonly number[];
  readonly feasibility: Feasibility | null;
}

/** Candidates whose covariances with the anchors are held at the same time. */
const chunk = 512;

const none = new Float64Array();

/**
 * What candidates add to several goals, as a surface: × P⁴ that they give a value, × ρ² of a measurement at a level with the target,
 * per cost.
 *
 * ρ² = 1/K·Σ_k Σ_m w_km·cov²_km/(σ²_km·(σ²_km,l + noise_km,l)), over the outcomes k that are learned and their surrogates m; 1 at the
 * target
 */
export function goalsSurface({ goals, costs, costsAt, levels, feasibility }: GoalsSurface): ComputedSurface {
  const { parts } = goals;
  const target = costs.length - 1;
  const lowest = Math.min(...levels);
  const values = (candidates: EncodedDesigns): Float64Array[] => {
    const found = levels.map(() => new Float64Array(candidates.n));
    const own = levels.map((level) => costsAt?.(level, candidates) ?? null);
    const able = feasibility?.log(candidates) ?? null;
    for (let from = 0; from < candidates.n; from += chunk) {
      const some = sliceDesigns(candidates, from, Math.min(chunk, candidates.n - from));
      const posteriors = parts.map(({ surrogate }) => surrogate.posterior(some, lowest));
      const withAnchors = parts.map(({ anchored }) => anchored?.with(some, target) ?? none);
      for (let i = 0; i < some.n; i++) {
        const { value } = goals.worth(
          parts.map(({ anchored }, part) => {
            const p = anchored?.mean.length ?? 0;
            const { mean, variance } = posteriors[part]!;
            return {
              mean: mean[target]![i]!,
              variance: variance[target]![i]!,
              withAnchors: withAnchors[part]!.subarray(i * p, (i + 1) * p),
            };
          }),
        );
        const promised = value + (able === null ? 0 : feasibilityPower * able[from + i]!);
        levels.forEach((level, l) => {
          const share = level === target ? 0 : Math.log(explained(parts, posteriors, i, level));
          const one = promised + share - Math.log(own[l]?.[from + i] ?? costs[level]!);
          found[l]![from + i] = Number.isNaN(one) ? Number.NEGATIVE_INFINITY : one;
        });
      }
    }
    return found;
  };
  const at = (candidate: EncodedDesigns, level: number, gradient: Float64Array): number => {
    const d = gradient.length;
    gradient.fill(0);
    const add = (by: number, slopes: Float64Array, row = 0) => {
      if (by !== 0) for (let j = 0; j < d; j++) gradient[j] = gradient[j]! + by * slopes[row * d + j]!;
    };
    const locals = parts.map(({ surrogate }) => surrogate.local(candidate));
    const near = parts.map(({ anchored }) => anchored?.local(candidate, target) ?? null);
    const { value, byParts } = goals.worth(
      locals.map(({ mean, variance }, part) => ({
        mean: mean[target]!,
        variance: variance[target]!,
        withAnchors: near[part]?.covariance ?? none,
      })),
    );
    byParts.forEach(({ byMean, byVariance, byAnchors }, part) => {
      add(byMean, locals[part]!.meanGradient[target]!);
      add(byVariance, locals[part]!.varianceGradient[target]!);
      byAnchors.forEach((by, a) => {
        add(by, near[part]!.gradient, a);
      });
    });
    let sum = value - Math.log(costs[level]!);
    if (feasibility !== null) {
      const able = feasibility.local(candidate);
      sum += feasibilityPower * able.value;
      add(feasibilityPower, able.gradient);
    }
    if (level === target) return sum;
    const rows = locals.map(({ mean, variance, covariance }) => ({
      mean: [...mean].map((one) => Float64Array.of(one)),
      variance: [...variance].map((one) => Float64Array.of(one)),
      covariance: [...covariance].map((one) => Float64Array.of(one)),
    }));
    const total = explained(parts, rows, 0, level);
    // Surrogates of the target alone know of no other level.
    if (total === 0) return Number.NEGATIVE_INFINITY;
    locals.forEach((local, part) => {
      if (parts[part]!.surrogate.exact) return;
      const own = explained([parts[part]!], [rows[part]!], 0, level);
      if (own === 0) return;
      const by = own / total / outcomeCount(parts);
      const measured = local.variance[level]! + parts[part]!.surrogate.noise[level]!;
      add((2 * by) / local.covariance[level]!, local.covarianceGradient[level]!);
      add(-by / local.variance[target]!, local.varianceGradient[target]!);
      add(-by / measured, local.varianceGradient[level]!);
    });
    return sum + Math.log(total);
  };
  return { levels, values, at };
}

/** Share of the variance at the target that a measurement at a level explains, the mean over the outcomes. */
function explained(
  parts: readonly OutcomePart[],
  posteriors: readonly LevelPosterior[],
  row: number,
  level: number,
): number {
  const sum = parts.reduce((all, { surrogate, weight }, part) => {
    if (surrogate.exact) return all;
    const { variance, covariance } = posteriors[part]!;
    const measured = variance[level]![row]! + surrogate.noise[level]!;
    return all + (weight * covariance[level]![row]! ** 2) / (variance.at(-1)![row]! * measured);
  }, 0);
  return sum / outcomeCount(parts);
}

function outcomeCount(parts: readonly OutcomePart[]): number {
  return new Set(parts.flatMap(({ outcome, surrogate }) => (surrogate.exact ? [] : [outcome]))).size;
}
