import type { Campaign } from '../../models/domain/campaign.js';
import { rowsById } from '../../models/domain/space.js';
import { Generator } from '../../models/random/generator.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { CompleteTable } from './complete-table.js';
import type { Decide } from './fidelity-contest.js';

/** A trial in flight ends after what the table says it takes, times a number from these two: machines have other work. */
const busy = [0.7, 1.3] as const;
/** What a decision and the way to a program and back take beside it, seconds. */
const overhead = 0.3;

/**
 * A campaign on a pool as its file has it, replayed from a complete table: budget, trials in flight and what is charged are
 * its own; in which order trials end is drawn, so that two seeds of the order are two runs of the same campaign.
 *
 * @param order - seed of the order in which trials end
 * @returns what had been charged when the best row was measured at the target; infinite if the budget ended before
 */
export async function costOfBest(
  campaign: Campaign,
  table: CompleteTable,
  order: number,
  decide: Decide,
): Promise<number> {
  const { fidelities, parallel, costs } = campaign.spec;
  const planner = new Planner(campaign, [], { decide });
  const rows = rowsById(campaign.space.pool!);
  const target = fidelities.length - 1;
  const best = table.values[target]!.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const clock = new Generator(order, 'order');
  const running: { id: string; level: number; row: number; end: number }[] = [];
  for (let now = 0, spent = 0; ; ) {
    while (running.length < parallel) {
      const [proposal] = (await planner.ask(1)).proposals;
      if (proposal === undefined) break;
      const level = fidelities.findIndex(({ name }) => name === proposal.fidelity);
      const row = rows.get(proposal.rowId!)!;
      const takes = table.costs[level]![row]! * (busy[0] + (busy[1] - busy[0]) * clock.uniform()) + overhead;
      running.push({ id: proposal.id, level, row, end: now + takes });
    }
    const next = running.sort((a, b) => a.end - b.end).shift();
    if (next === undefined) return Number.POSITIVE_INFINITY;
    const { id, level, row, end } = next;
    now = end;
    const cost = costs === 'stated' ? fidelities[level]!.cost : table.costs[level]![row]!;
    spent += cost;
    const value = table.values[level]![row]!;
    if (level === target && value === best) return spent;
    planner.tell([{ id, value, cost }]);
  }
}
