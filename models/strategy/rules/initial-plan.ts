import { type Campaign, mostInitialTrials } from '../../domain/campaign.js';
import { Constraints } from '../../domain/constraints/constraint.js';
import { designKey } from '../../domain/design.js';
import { isAnyComposition } from '../../domain/parameters/composition.js';
import type { Parameter } from '../../domain/parameters/parameter.js';
import { alreadyRun } from '../already-run.js';
import { type Place, type PreparedSpace, placeAt } from '../candidates.js';
import type { Visit } from '../history.js';
import { initialOrder } from '../initial-order.js';
import { plannedStart } from './planned-start.js';

/** One trial of the initial sample. */
export interface PlannedTrial extends Place {
  readonly kind: 'initial' | 'supplied';
  readonly level: number;
  /** What it is a part of, where the campaign file lays first trials out; such a trial is run where it stands. */
  readonly told?: string;
  /** Why it is no part of the first trials that the file lays out; absent where it is one, or there are none. */
  readonly instead?: string;
}

/**
 * The initial sample in the order it is run: designs that a person supplied, at the target; then lower fidelities worth
 * `lowCost` target trials (1 by default), split evenly over those that cost at most half a target trial; then the target.
 *
 * The designs are nested: a design measured at a higher fidelity is measured at all lower ones too, as far as their
 * numbers reach; which of them are measured at the target is chosen again once the lower ones are known, see `contrast`.
 * By default 2 target trials with lower fidelities, 3 with earlier campaigns alone, and without 5 in a listed space or
 * 2·(d + 1) (at most 20) in another; these defaults never take more than half of the trials that the budget allows, with
 * those that measure designs again by rule. Where the file lays
 * out the first trials (`strategy.initial.plan`), they are as many at the target as that has.
 */
export function initialPlan(campaign: Campaign, prepared: PreparedSpace, seed: number): PlannedTrial[] {
  const { fidelities, strategy, budget } = campaign.spec;
  const wanted = strategy === 'default' ? undefined : strategy.initial;
  const target = fidelities.length - 1;
  const targetCost = fidelities[target]!.cost;
  const supplied = suppliedTrials(campaign, prepared, target);
  const d = dimensionOf(campaign.space.parameters);
  const single = prepared.listed === null ? Math.min(20, 2 * (d + 1)) : 5;
  const { atTarget: each } = campaign.spec.replicates ?? { atTarget: 1 };
  const half =
    budget.trials === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(budget.trials / 2 / each));
  const atMost = target > 0 ? 2 : campaign.space.sources === undefined ? single : 3;
  const wantedAtTarget = wanted?.trials ?? Math.min(atMost, half);
  const own = supplied.map(({ design }) => design);
  const planned = plannedStart(campaign, prepared, Math.min(single, half), own);
  const start = planned === null || 'why' in planned ? null : planned;
  const instead = planned !== null && 'why' in planned ? { instead: planned.why } : {};
  const atTarget = start?.count ?? Math.max(0, wantedAtTarget - supplied.length);
  const lower = [...fidelities.keys()].filter((level) => level < target && fidelities[level]!.cost <= 0.5 * targetCost);
  const share = lower.length === 0 ? 0 : ((wanted?.lowCost ?? 1) * targetCost) / lower.length;
  const rest =
    wanted?.lowCost === undefined
      ? Math.floor((half - atTarget - supplied.length) / Math.max(1, lower.length))
      : Number.POSITIVE_INFINITY;
  const order = start === null ? initialOrder(prepared, { ...campaign.spec, seed }) : start.at;
  const nested = (i: number) => supplied[i] ?? order(i - supplied.length);
  const plan: PlannedTrial[] = [...supplied];
  const add = (level: number, from: number, count: number) => {
    for (let i = from; i < from + count; i++) {
      const place = nested(i);
      if (place === null) continue;
      const part = start !== null && i - supplied.length < start.count ? { told: start.words } : {};
      plan.push({ kind: 'initial', design: place.design, rowId: place.rowId, level, ...part, ...instead });
    }
  };
  for (const level of lower)
    add(level, 0, Math.max(0, Math.min(Math.round(share / fidelities[level]!.cost), rest, mostInitialTrials)));
  add(target, supplied.length, atTarget);
  return plan;
}

/** How many numbers and names a design is made of; those of a mixture add up, so that one follows from the others. */
function dimensionOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, one) => sum + (isAnyComposition(one) ? one.components.length - 1 : 1), 0);
}

/** The trials of the initial sample that were run, as they are or nearly so: see `alreadyRun`. */
export function planRun(
  prepared: PreparedSpace,
  plan: readonly PlannedTrial[],
  visits: readonly Visit[],
): Set<PlannedTrial> {
  const at =
    (level: number) =>
    <T extends { readonly level: number }>(trial: T) =>
      trial.level === level;
  const levels = [...new Set(plan.map(({ level }) => level))];
  // Who achieved another design than the one planned has run that one all the same.
  const asked = (level: number) => visits.filter(at(level)).map((visit) => visit.asked ?? visit);
  return new Set(levels.flatMap((level) => [...alreadyRun(prepared, plan.filter(at(level)), asked(level))]));
}

/**
 * What is left of the initial sample: at each level as many trials as it has more than were visited there, the first
 * that were not run themselves. Trials that a person ran on designs of their own count like those of the plan.
 *
 * @param run - see `planRun`
 */
export function planLeft(
  plan: readonly PlannedTrial[],
  visits: readonly Visit[],
  run: ReadonlySet<PlannedTrial>,
): PlannedTrial[] {
  const wanted = new Map<number, number>();
  for (const { level } of plan) wanted.set(level, (wanted.get(level) ?? 0) + 1);
  for (const { level } of visits) wanted.set(level, (wanted.get(level) ?? 0) - 1);
  return plan.filter((planned) => {
    if (run.has(planned)) return false;
    const left = wanted.get(planned.level)!;
    wanted.set(planned.level, left - 1);
    return left > 0;
  });
}

/**
 * What a person supplied, designs before rows; in a pool a design stands for the first row that has it. Those that parameters
 * fixed since leave out wait until these are released.
 */
function suppliedTrials({ spec, space }: Campaign, { listed }: PreparedSpace, level: number): PlannedTrial[] {
  const initial = spec.strategy === 'default' ? undefined : spec.strategy.initial;
  const trial = (place: Place): PlannedTrial => ({ kind: 'supplied', ...place, level });
  const { designs = [], rows = [] } = initial ?? {};
  const pool = listed !== null && listed.ids !== null ? listed : null;
  const keys = pool === null || designs.length === 0 ? [] : Array.from(pool.designs, designKey);
  const places = designs.map((design) => {
    const row = keys.indexOf(designKey(design));
    return row < 0 ? { design, rowId: null } : placeAt(pool!, row);
  });
  const all = [...places, ...rows.map((id) => placeAt(pool!, pool!.place.get(id)!))];
  return all.filter((place) => Constraints.of(space).broken(place.design).length === 0).map(trial);
}
