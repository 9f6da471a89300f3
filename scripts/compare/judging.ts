import { type DesignStanding, DesignStandings, standingsOf } from '../../models/domain/design-standings.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import {
  counts,
  type Goal,
  type Goals,
  goalsOf,
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
      losses: (record) =>
        frontsOf(record, goals).map(([best]) =>
          best === undefined ? Number.POSITIVE_INFINITY : best.merit! - (isDesirability ? 1 : 0),
        ),
    };
  }
  const reference = referenceOf(
    spec,
    goals,
    records.flatMap(({ campaign, trials }) => standingsOf(campaign.spec, trials).all.filter(counts)),
  );
  const m = goals.objectives.length;
  return {
    objective: { name: 'hypervolume', direction: 'maximise' },
    losses: (record) => {
      let before: Front = [];
      let loss = Number.POSITIVE_INFINITY;
      return frontsOf(record, goals).map((front) => {
        if (front === before || front.length === 0) return loss;
        before = front;
        const points = Float64Array.from(front.flatMap(({ losses }) => losses as readonly number[]));
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

type Front = readonly DesignStanding<TrialRecord>[];

/** The front after each ended trial of a run. */
function frontsOf(record: CampaignRecord, goals: Goals): readonly Front[] {
  const standings = new DesignStandings<TrialRecord>(record.campaign.spec, goals);
  return traceOf(record).map(({ trial }) => {
    standings.add(trial);
    return standings.front;
  });
}
