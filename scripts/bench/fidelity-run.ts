import type { Strategy } from '../../models/domain/campaign.js';
import type { Proposal } from '../../models/domain/proposal.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { rowsById } from '../../models/domain/space.js';
import { Planner, type PlannerOptions } from '../../models/strategy/ask-tell.js';
import type { BenchOptions } from './contract.js';
import type { FidelityLab, FidelityPool } from './fidelity-sets.js';

/** How the best target value of a campaign rose with what it had cost. */
export interface FidelityRun {
  /** Cost in target trials, and the best value from there on. */
  readonly steps: readonly (readonly [cost: number, best: number])[];
  /** Cost spent below the target. */
  readonly low: number;
  readonly cost: number;
  readonly decisions: number;
  readonly trials: readonly TrialRecord[];
}

/** How a campaign is to go. */
export interface FidelityRunOptions extends Pick<PlannerOptions, 'decide'> {
  readonly seed: number;
  /** In target trials. */
  readonly budget: number;
  /** Value at which it may end. */
  readonly enough: number;
  readonly strategy: Strategy;
}

/** The strategy of a bench: the default, or parts of another that were named. */
export function strategyOf({ acquisition, surrogate }: Pick<BenchOptions, 'acquisition' | 'surrogate'>) {
  return {
    ...(acquisition === undefined ? {} : { acquisition }),
    ...(surrogate === undefined ? {} : { surrogate }),
  };
}

/** The trials of a pool whose values are known. */
export function poolLab({ campaign, values, costs }: FidelityPool): FidelityLab {
  const rowOf = rowsById(campaign.space.pool!);
  const cell = (table: readonly (readonly number[])[]) => (level: number, proposal: Proposal) =>
    table[level]![rowOf.get(proposal.rowId!)!]!;
  return { campaign, value: cell(values), ...(costs === undefined ? {} : { cost: cell(costs) }) };
}

/** The same at the target alone. */
export function targetLab({ campaign, value, cost }: FidelityLab): FidelityLab {
  const { fidelities } = campaign.spec;
  const target = fidelities.length - 1;
  return {
    campaign: { ...campaign, spec: { ...campaign.spec, fidelities: fidelities.slice(-1) } },
    value: (_, proposal) => value(target, proposal),
    ...(cost === undefined ? {} : { cost: (_, proposal) => cost(target, proposal) }),
  };
}

/** A campaign on the pool, one trial at a time. */
export function fidelityRun(pool: FidelityPool, options: FidelityRunOptions): Promise<FidelityRun> {
  return labRun(poolLab(pool), options);
}

/** A campaign, one trial at a time. */
export async function labRun(lab: FidelityLab, options: FidelityRunOptions): Promise<FidelityRun> {
  const { seed, budget, enough, strategy, decide } = options;
  const { campaign } = lab;
  const { fidelities } = campaign.spec;
  const unit = fidelities.at(-1)!.cost;
  const spec = { ...campaign.spec, seed, strategy, budget: { cost: budget * unit } };
  const planner = new Planner({ ...campaign, spec }, [], decide === undefined ? {} : { decide });
  const steps: [number, number][] = [];
  let [spent, low, decisions, best] = [0, 0, 0, Number.NEGATIVE_INFINITY];
  while (best < enough) {
    const [proposal] = (await planner.ask(1)).proposals;
    if (proposal === undefined) break;
    decisions += 1;
    const level = fidelities.findIndex(({ name }) => name === proposal.fidelity);
    const value = lab.value(level, proposal);
    const cost = lab.cost?.(level, proposal) ?? fidelities[level]!.cost;
    spent += cost / unit;
    if (level < fidelities.length - 1) low += cost / unit;
    else if (value > best) {
      best = value;
      steps.push([spent, best]);
    }
    planner.tell([{ id: proposal.id, value, cost }]);
  }
  return { steps, low, cost: spent, decisions, trials: planner.trials };
}

/** Cost at which a run first had that value; infinite where it never had. */
export function costTo({ steps }: Pick<FidelityRun, 'steps'>, value: number): number {
  return steps.find(([, best]) => best >= value)?.[0] ?? Number.POSITIVE_INFINITY;
}

/** Best value of a run up to a cost. */
export function bestWithin({ steps }: FidelityRun, cost: number): number {
  return steps.findLast(([spent]) => spent <= cost + 1e-9)?.[1] ?? Number.NEGATIVE_INFINITY;
}
