import path from 'node:path';
import { median, quantile } from 'simple-statistics';
import { createRegistry } from '../../lab-adapters/registry.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import { loadCampaign } from '../campaign-file.js';
import { completeTable } from './complete-table.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { withContest } from './fidelity-contest.js';
import { costTo, fidelityRun, strategyOf } from './fidelity-run.js';
import { type FidelityPool, maximised } from './fidelity-sets.js';
import { costOfBest } from './replayed-campaign.js';

/** The most that the median campaign should cost, in shares of the funnel, and what would be better still. */
const bar = 0.8;
const goal = 0.6;

/** Median, quartiles and largest of what campaigns cost. */
interface Spread {
  readonly median: number;
  readonly q25: number;
  readonly q75: number;
  readonly worst: number;
}

/**
 * The campaign of the quinones, replayed one trial at a time from the complete table of its real simulator, costs
 * included: the cost at which the best row was measured at the top level, beside all rows at the top, and beside the
 * funnel. Then the campaign as its file has it, how often its budget suffices for the best row. The table is computed first,
 * in some minutes, where the folder does not hold it yet.
 */
export async function benchQuinones(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { quinones: file, tables, seeds } = options;
  if (tables === undefined)
    return { figures: null, lines: ['skipped: --tables names no folder for the complete table'] };
  if (file === undefined) return { figures: null, lines: ['skipped: --quinones names no campaign file'] };
  const campaign = await loadCampaign(file);
  const table = await completeTable(campaign, path.join(tables, `${campaign.id}.json`), createRegistry(), log);
  const { values, costs } = table;
  const sign = -orientationOf(primaryObjective(campaign.spec));
  const pool = {
    campaign: maximised(campaign, campaign.space),
    values: values.map((level) => level.map((value) => sign * value)),
    costs,
  };
  const unit = campaign.spec.fidelities.at(-1)!.cost;
  const top = costs.at(-1)!.reduce((sum, cost) => sum + cost, 0);
  const screen = funnel(pool);
  const best = Math.max(...pool.values.at(-1)!);
  // Enough to measure every row at every level.
  const budget = costs.flat().reduce((sum, cost) => sum + cost, 0) / unit;
  const strategy = strategyOf(options);
  const { runs, seconds } = await withContest(seeds, log, (contest) =>
    contest.runs('quinones', (seed, decide) => fidelityRun(pool, { seed, budget, enough: best, strategy, decide })),
  );
  const asWritten = await withContest(seeds, log, (contest) =>
    contest.each('as its file has it', (seed, decide) => costOfBest(campaign, table, seed, decide)),
  );
  const within = asWritten.filter(Number.isFinite);
  const spent = runs.map((run) => unit * costTo(run, best));
  const ofAll = spread(spent.map((cost) => cost / top));
  const ofFunnel = spread(spent.map((cost) => cost / screen.cost));
  const low = runs.reduce((sum, run) => sum + run.low, 0) / runs.reduce((sum, run) => sum + run.cost, 0);
  const decisions = runs.reduce((sum, run) => sum + run.decisions, 0);
  const met = ofFunnel.median <= goal ? 'met' : `missed; at most ${bar}: ${ofFunnel.median <= bar ? 'met' : 'missed'}`;
  return {
    figures: { seeds, costs: { top, funnel: screen }, spent, ofAll, ofFunnel, bar, goal, low, asWritten },
    lines: [
      `all ${values.at(-1)!.length} rows at the top level ${top.toFixed(1)} CPU s; the funnel ${screen.cost.toFixed(1)} = ${(screen.cost / top).toFixed(2)} of it, ${screen.trials} of them at the top`,
      'cost at which the best row was measured at the top level, median (quartiles; largest):',
      `of all at the top  ${spreadText(ofAll)}`,
      `of the funnel      ${spreadText(ofFunnel)}   (goal ${goal}: ${met})`,
      `as its file has it, the order in which trials end drawn anew: the best row within the budget of ${campaign.spec.budget.cost} in ${within.length} of ${seeds} runs, at ${within.length === 0 ? '-' : `${median(within).toFixed(1)} (largest ${Math.max(...within).toFixed(1)})`}`,
      `share below the top ${low.toFixed(2)}; ${((1000 * seconds) / decisions).toFixed(0)} ms CPU a decision`,
    ],
  };
}

/**
 * What it costs to measure all rows at the lowest level, and then the best of these first at the top, until the best
 * row of all has been measured there.
 */
export function funnel({ values, costs }: Required<Pick<FidelityPool, 'values' | 'costs'>>): {
  readonly cost: number;
  /** Trials at the top. */
  readonly trials: number;
} {
  const [lowest, top] = [values[0]!, values.at(-1)!];
  const best = Math.max(...top);
  let cost = costs[0]!.reduce((sum, one) => sum + one, 0);
  let trials = 0;
  for (const row of [...lowest.keys()].sort((a, b) => lowest[b]! - lowest[a]!)) {
    cost += costs.at(-1)![row]!;
    trials += 1;
    if (top[row] === best) break;
  }
  return { cost, trials };
}

function spread(values: readonly number[]): Spread {
  const all = [...values];
  return { median: median(all), q25: quantile(all, 0.25), q75: quantile(all, 0.75), worst: Math.max(...all) };
}

function spreadText({ median: middle, q25, q75, worst }: Spread): string {
  return `${middle.toFixed(2)} (${q25.toFixed(2)} to ${q75.toFixed(2)}; ${worst.toFixed(2)})`;
}
