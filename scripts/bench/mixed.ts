import { median } from 'simple-statistics';
import { type Campaign, campaignSchema, type Strategy } from '../../models/domain/campaign.js';
import { Constraints } from '../../models/domain/constraints/constraint.js';
import { AthanorError } from '../../models/domain/errors.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { randomName } from '../../models/strategy/names.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { cpuSeconds } from './cpu-seconds.js';
import { meanAndError, showMean } from './mean-and-error.js';
import { type MixedProblem, mixedProblems } from './mixed-problems.js';

/** Regret at the end in mixed and constrained spaces with known optima, beside random designs of them, and CPU seconds a proposal. */
export async function benchMixed(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { seeds, only, acquisition, surrogate } = options;
  const own: Strategy = {
    ...(acquisition === undefined ? {} : { acquisition }),
    ...(surrogate === undefined ? {} : { surrogate }),
  };
  const lines = ['regret after all trials (mean, median) · random (mean) · CPU seconds a proposal after the start'];
  const figures: Record<string, unknown> = {};
  for (const problem of mixedProblems) {
    if (only !== undefined && !only.includes(problem.name)) continue;
    const runs: MixedRun[] = [];
    const random: MixedRun[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      runs.push(await mixedRun(problem, seed, own));
      random.push(await mixedRun(problem, seed, { acquisition: randomName }));
      log(`${problem.name}, seed ${seed}: ${runs.at(-1)!.regrets.at(-1)!.toPrecision(4)}`);
    }
    const last = (all: readonly MixedRun[]) => all.map(({ regrets }) => regrets.at(-1)!);
    const seconds = meanAndError(runs.map((run) => run.secondsEach));
    figures[problem.name] = { runs, random };
    lines.push(
      `${problem.name} (${problem.trials} trials): ${showMean(meanAndError(last(runs)), 4)}, ${median(last(runs)).toPrecision(3)} · ${showMean(meanAndError(last(random)), 3)} · ${showMean(seconds, 3)}`,
    );
  }
  return { figures, lines };
}

interface MixedRun {
  /** Lowest value so far less the optimum, after each trial. */
  readonly regrets: readonly number[];
  readonly secondsEach: number;
}

async function mixedRun(
  problem: MixedProblem,
  seed: number,
  strategy: Exclude<Strategy, 'default'>,
): Promise<MixedRun> {
  const { trials, start, optimum } = problem;
  const campaign = campaignOf(problem, seed, { initial: { trials: start }, ...strategy });
  const constraints = Constraints.of(campaign.space);
  const planner = new Planner(campaign);
  const regrets: number[] = [];
  let seconds = 0;
  while (regrets.length < trials) {
    const asked = await cpuSeconds(() => planner.ask(1));
    if (regrets.length >= start) seconds += asked.seconds;
    const [proposal] = asked.result.proposals;
    const { id, design } = proposal!;
    const broken = constraints.broken(design);
    if (broken.length > 0) throw new AthanorError('BENCH', `${JSON.stringify(design)} breaks ${broken.join(', ')}`);
    const value = problem.evaluate(design);
    planner.tell([{ id, value }]);
    regrets.push(Math.min(value - optimum, regrets.at(-1) ?? Number.POSITIVE_INFINITY));
  }
  return { regrets, secondsEach: seconds / (trials - start) };
}

function campaignOf({ name, parameters, constraints }: MixedProblem, seed: number, strategy: Strategy): Campaign {
  const spec = campaignSchema.parse({
    name,
    seed,
    space: { parameters },
    objectives: [{ name: 'f', direction: 'minimise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', cost: 1 }],
    strategy,
    budget: { trials: 10_000 },
  });
  return { id: name, spec, space: { parameters, pool: null, ...(constraints.length === 0 ? {} : { constraints }) } };
}
