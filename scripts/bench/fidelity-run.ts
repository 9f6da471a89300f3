import type { Strategy } from '../../models/domain/campaign.js';
import { rowsById } from '../../models/domain/space.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { cpuSeconds } from './cpu-seconds.js';
import type { FidelityPool } from './fidelity-sets.js';

/** How the best target value of a campaign rose with what it had cost. */
export interface FidelityRun {
  /** Cost in target trials, and the best value from there on. */
  readonly steps: readonly (readonly [cost: number, best: number])[];
  /** Cost spent below the target. */
  readonly low: number;
  readonly cost: number;
  readonly decisions: number;
  /** CPU seconds of all decisions. */
  readonly seconds: number;
}

/** How a campaign on a pool is to go. */
export interface FidelityRunOptions {
  readonly seed: number;
  /** In target trials. */
  readonly budget: number;
  /** Value at which it may end. */
  readonly enough: number;
  readonly strategy: Strategy;
}

/** A campaign on the pool, one trial at a time. */
export async function fidelityRun(
  { campaign, values }: FidelityPool,
  options: FidelityRunOptions,
): Promise<FidelityRun> {
  const { seed, budget, enough, strategy } = options;
  const { fidelities } = campaign.spec;
  const unit = fidelities.at(-1)!.cost;
  const spec = { ...campaign.spec, seed, strategy, budget: { cost: budget * unit } };
  const planner = new Planner({ ...campaign, spec });
  const rowOf = rowsById(campaign.space.pool!);
  const steps: [number, number][] = [];
  let [cost, low, decisions, seconds, best] = [0, 0, 0, 0, Number.NEGATIVE_INFINITY];
  while (best < enough) {
    const asked = await cpuSeconds(() => planner.ask(1));
    const [proposal] = asked.result.proposals;
    if (proposal === undefined) break;
    decisions += 1;
    seconds += asked.seconds;
    const level = fidelities.findIndex(({ name }) => name === proposal.fidelity);
    const value = values[level]![rowOf.get(proposal.rowId!)!]!;
    cost += proposal.estimatedCost / unit;
    if (level < fidelities.length - 1) low += proposal.estimatedCost / unit;
    else if (value > best) {
      best = value;
      steps.push([cost, best]);
    }
    planner.tell([{ id: proposal.id, value }]);
  }
  return { steps, low, cost, decisions, seconds };
}

/** Cost at which a run first had that value; infinite where it never had. */
export function costTo({ steps }: FidelityRun, value: number): number {
  return steps.find(([, best]) => best >= value)?.[0] ?? Number.POSITIVE_INFINITY;
}

/** Best value of a run up to a cost. */
export function bestWithin({ steps }: FidelityRun, cost: number): number {
  return steps.findLast(([spent]) => spent <= cost + 1e-9)?.[1] ?? Number.NEGATIVE_INFINITY;
}
