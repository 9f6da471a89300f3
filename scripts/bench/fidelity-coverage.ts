import type { Strategy } from '../../models/domain/campaign.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { isWithin, predictedTrials } from '../../models/strategy/explain/prequential.js';
import { surrogatesBehind } from '../../models/strategy/explain/surrogates-behind.js';
import { coverage90 } from './coverage90.js';
import type { Decide } from './fidelity-contest.js';
import { fidelityRun } from './fidelity-run.js';
import type { FidelityPool } from './fidelity-sets.js';
import { meanAndError, showMean } from './mean-and-error.js';

/** Costs, in target trials, at which intervals are looked at: half of those that set and that limit the marks. */
export const halves = [20, 30] as const;

/** How often the 90 % intervals of one campaign hold. */
export interface FidelityCoverage {
  /** Share of the rows not measured at the target whose target value is in its interval, at each of `halves`. */
  readonly rows: readonly number[];
  /** The same of the target trials chosen by then, each as it was predicted; how many there were. */
  readonly proposals: { readonly within: number; readonly trials: number };
}

/**
 * Runs a campaign on a pool up to the larger of `halves`, and compares the intervals of values at the target, noise
 * included and calibrated, with what they are.
 */
export async function fidelityCoverage(
  pool: FidelityPool,
  { seed, strategy, ...host }: { readonly seed: number; readonly strategy: Strategy; readonly decide?: Decide },
): Promise<FidelityCoverage> {
  const budget = Math.max(...halves);
  const { trials } = await fidelityRun(pool, { seed, budget, enough: Number.POSITIVE_INFINITY, strategy, ...host });
  const campaign = { ...pool.campaign, spec: { ...pool.campaign.spec, seed, strategy } };
  const target = campaign.spec.fidelities.at(-1)!;
  const { ids } = campaign.space.pool!;
  const rows: number[] = [];
  for (const half of halves) {
    const { basis } = decidedAt(trials, half * target.cost).proposal;
    const known = trials.slice(0, basis.observed);
    const seen = new Set(known.filter(({ proposal }) => proposal.fidelity === target.name).map(rowIdOf));
    const left = ids.flatMap((id, row) =>
      seen.has(id) ? [] : [{ design: campaign.space.pool!.designs.at(row)!, value: pool.values.at(-1)![row]! }],
    );
    const behind = await surrogatesBehind(campaign, known, basis.fit!);
    rows.push(coverage90(await behind.calibrated(), campaign, left, 'measurement'));
  }
  const predicted = predictedTrials(campaign.spec, trials).filter(
    ({ trial }) => trial.proposal.fidelity === target.name,
  );
  const within = predicted.filter((one) => isWithin(one, 0.9)).length;
  return { rows, proposals: { within, trials: predicted.length } };
}

/** What `coverageText` says. */
export const coverageHead = 'share in 90 % intervals, of rows at cost 20 / 30, of proposals:';

/** For people: coverage of rows at each of `halves`, and of proposals. */
export function coverageText(runs: readonly FidelityCoverage[]): string {
  const rows = halves.map((_, i) => showMean(meanAndError(runs.map((run) => run.rows[i]!)), 2));
  const sum = (of: 'within' | 'trials') => runs.reduce((total, { proposals }) => total + proposals[of], 0);
  return `${rows.join(' / ')}, ${(sum('within') / Math.max(1, sum('trials'))).toFixed(2)}`;
}

/** The first trial that surrogates chose once so much was spent; the last one where none came after. */
function decidedAt(trials: readonly TrialRecord[], cost: number): TrialRecord {
  let spent = 0;
  for (const trial of trials) {
    if (spent >= cost - 1e-9 && trial.proposal.basis.fit !== null) return trial;
    spent += trial.observation!.cost;
  }
  return trials.at(-1)!;
}

function rowIdOf({ proposal }: TrialRecord): string | null {
  return proposal.rowId;
}
