import type { CampaignRecord } from '../../models/domain/record.js';
import {
  counts,
  type Goal,
  goalsOf,
  type Judged,
  joined,
  judgedAt,
  lossOf,
  lossReaching,
  primaryObjective,
} from '../../models/domain/standing.js';
import { hypervolume } from '../../models/pareto/hypervolume.js';
import { referenceOf } from '../../models/strategy/rules/several-goals.js';
import { traceOf } from '../outcome.js';

/** What runs are compared by, as a goal of its own. */
export type Measure = Goal & { readonly unit?: string | undefined };

/** By which one number runs are compared. */
export interface Judging {
  /** What it is, as an objective of its own. */
  readonly objective: Measure;
  /** Its loss after each ended trial of a run; infinite while nothing counts. */
  readonly losses: (record: CampaignRecord) => readonly number[];
}

/**
 * The objective; where there are several the hypervolume of the front, from a reference point that all runs share, or the merit where
 * they are combined.
 */
export function judgingOf(records: readonly CampaignRecord[]): Judging {
  const { spec } = records[0]!.campaign;
  const goals = goalsOf(spec);
  const goal = goals.objectives[0]!;
  const { name, unit } = primaryObjective(spec);
  if (goals.objectives.length === 1)
    return {
      objective: isTarget(goal)
        ? { name: `distance of ${name} to its target`, direction: 'minimise', ...(unit === undefined ? {} : { unit }) }
        : { ...goal, unit },
      losses: (record) =>
        traceOf(record).map(({ best }) => (best === null ? Number.POSITIVE_INFINITY : lossOf(goal, best))),
    };
  if (goals.combine !== undefined) {
    const isDesirability = goals.combine === 'desirability';
    return {
      objective: isDesirability
        ? { name: 'desirability', direction: 'maximise' }
        : { name: 'merit in lexicographic order', direction: 'minimise' },
      losses: (record) => {
        let best = Number.POSITIVE_INFINITY;
        return judgedIn(record).map((judged) => {
          if (judged !== null) best = Math.min(best, judged.merit! - (isDesirability ? 1 : 0));
          return best;
        });
      },
    };
  }
  const reference = referenceOf(
    spec,
    goals,
    records.flatMap(judgedIn).filter((judged) => judged !== null),
  );
  const m = goals.objectives.length;
  return {
    objective: { name: 'hypervolume', direction: 'maximise' },
    losses: (record) => {
      let best: readonly Judged[] = [];
      let loss = Number.POSITIVE_INFINITY;
      return judgedIn(record).map((judged) => {
        if (judged === null) return loss;
        const next = joined(best, judged);
        if (next === best) return loss;
        best = next;
        const points = Float64Array.from(best.flatMap(({ losses }) => losses as readonly number[]));
        loss = -hypervolume({ losses: points, m }, reference);
        return loss;
      });
    },
  };
}

/** What a value of the objective, as stop rules state it, is as a value of that by which runs are compared. */
export function statedValue(goal: Goal, value: number): number {
  return isTarget(goal) ? lossReaching(goal, value) : value;
}

function isTarget({ direction }: Goal): boolean {
  return direction === 'target';
}

/** What each ended trial is worth; null where it does not count. */
function judgedIn(record: CampaignRecord): (Judged | null)[] {
  return traceOf(record).map(({ trial: { proposal, observation } }) => {
    const judged = judgedAt(record.campaign.spec, proposal.fidelity, observation!);
    return judged !== null && counts(judged) ? judged : null;
  });
}
