import type { Constraint } from '../../models/domain/constraints/constraint.js';
import type { Problem } from '../../models/problems/contract.js';
import { problemNamed } from '../../models/problems/problems.js';
import { Generator } from '../../models/random/generator.js';
import { quantile } from '../../models/stats/quantile.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { meanAndError, showMean } from './mean-and-error.js';
import { designAtUnit, toldCampaign, valueAtUnit } from './told-campaign.js';

/** Functions by name and number of inputs; nothing was chosen on the last three. */
const functions = {
  branin: problemNamed('branin'),
  hartmann3: problemNamed('hartmann3'),
  hartmann6: problemNamed('hartmann6'),
  levy4: problemNamed('levy', 4),
  rosenbrock4: problemNamed('rosenbrock', 4),
  griewank2: problemNamed('griewank', 2),
} satisfies Record<string, Problem>;

/** Proposals after a start of two for each input, and two. */
const proposed = 30;

/** Points by which the share that fails is set. */
const points = 4000;

/** What regret is at most to be, in multiples of that of the oracle. */
const limit = 1.3;

/** A third of the space fails: where the sum of weighted coordinates of the unit cube is above `most`. */
interface Region {
  readonly weights: readonly number[];
  readonly most: number;
}

/** One run: lowest value so far after each proposal, and how many of them failed. */
interface Run {
  readonly best: readonly number[];
  readonly failed: number;
}

/**
 * Regret where a third of the space fails, beyond a plane of random direction that leaves a minimum, against that of an oracle
 * that has the plane as a constraint, from the same start: means over runs, and the same where 1 % of the range of the
 * start is as good as none. The limit is stated of the latter, over all functions.
 */
export async function benchFailures(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { seeds, only } = options;
  const figures: Record<string, unknown> = {};
  const lines: string[] = [];
  const logs: number[] = [];
  for (const [name, problem] of Object.entries(functions).filter(([one]) => only?.includes(one) ?? true)) {
    const ours: Run[] = [];
    const oracle: Run[] = [];
    const ranges: number[] = [];
    for (let seed = 0; seed < seeds; seed++) {
      const start = startOf(problem, seed);
      ranges.push(Math.max(...start.values) - Math.min(...start.values));
      ours.push(await run(problem, start, seed, false));
      oracle.push(await run(problem, start, seed, true));
    }
    const mean = (runs: readonly Run[], least: number) =>
      meanAndError(runs.map(({ best }, i) => Math.max(best.at(-1)! - problem.minimum, least * ranges[i]!)));
    const plain = [mean(ours, 0), mean(oracle, 0)] as const;
    const floored = [mean(ours, 0.01), mean(oracle, 0.01)] as const;
    const ratio = floored[0].mean / floored[1].mean;
    const failed = meanAndError(ours.map((one) => one.failed));
    logs.push(Math.log(ratio));
    figures[name] = { ours, oracle, plain, floored, ratio, failed };
    lines.push(
      `${name.padEnd(12)} ${plain.map(({ mean: value }) => value.toPrecision(3)).join(' / ')}, ratio ${ratio.toFixed(2)}, failed ${showMean(failed, 1)} of ${proposed}`,
    );
    log(lines.at(-1)!);
  }
  const over = Math.exp(meanAndError(logs).mean);
  return {
    figures: { functions: figures, ratio: over },
    lines: [
      `mean regret after ${proposed} proposals where a third of the space fails, ours / oracle; ratio with 1 % of the range as good as none:`,
      ...lines,
      `geometric mean of the ratios: ${over.toFixed(2)}`,
    ],
    missed: over > limit ? [`regret is ${over.toFixed(2)} of that of the oracle; at most ${limit} is wanted`] : [],
  };
}

interface Start {
  readonly region: Region;
  readonly units: readonly (readonly number[])[];
  /** Values, those of failures too, which no run is told. */
  readonly values: readonly number[];
}

function startOf(problem: Problem, seed: number): Start {
  const random = new Generator(seed, `failures ${problem.name}`);
  const d = problem.bounds.length;
  const point = () => Array.from({ length: d }, () => random.uniform());
  const region = regionOf(problem, random, Array.from({ length: points }, point));
  for (;;) {
    const units = Array.from({ length: 2 * d + 2 }, point);
    if (!units.some((unit) => !isBeyond(region, unit))) continue;
    return { region, units, values: units.map((unit) => valueAtUnit(problem, unit)) };
  }
}

/** Drawn until one of the places of the minimum does not fail. */
function regionOf(problem: Problem, random: Generator, cube: readonly (readonly number[])[]): Region {
  for (;;) {
    const weights = problem.bounds.map(() => random.normal());
    const sums = Float64Array.from(cube, (unit) => sumOf(weights, unit)).sort();
    const region = { weights, most: quantile(sums, 2 / 3) };
    if (problem.minimisers.some((place) => !isBeyond(region, unitOf(problem, place)))) return region;
  }
}

function sumOf(weights: readonly number[], unit: readonly number[]): number {
  return weights.reduce((sum, weight, j) => sum + weight * unit[j]!, 0);
}

function isBeyond({ weights, most }: Region, unit: readonly number[]): boolean {
  return sumOf(weights, unit) > most;
}

function unitOf({ bounds }: Problem, place: readonly number[]): number[] {
  return place.map((value, j) => (value - bounds[j]![0]) / (bounds[j]![1] - bounds[j]![0]));
}

/** The plane as a constraint on parameters in their own units. */
function constraintOf({ bounds }: Problem, { weights, most }: Region): Constraint {
  const factors = weights.map((weight, j) => weight / (bounds[j]![1] - bounds[j]![0]));
  const terms = Object.fromEntries(factors.map((factor, j) => [`x${j + 1}`, factor]));
  return { type: 'linear', terms, max: most + factors.reduce((sum, factor, j) => sum + factor * bounds[j]![0], 0) };
}

async function run(problem: Problem, { region, units, values }: Start, seed: number, knows: boolean): Promise<Run> {
  const { name, bounds } = problem;
  const plain = toldCampaign({ name, seed, bounds, direction: 'minimise', strategy: { initial: { trials: 1 } } });
  const campaign = knows
    ? { ...plain, space: { ...plain.space, constraints: [constraintOf(problem, region)] } }
    : plain;
  const planner = new Planner(campaign);
  const started = units.map((unit, i) => ({ unit, value: values[i]!, failed: isBeyond(region, unit) }));
  planner.tell(
    started
      .filter(({ failed }) => !(knows && failed))
      .map(({ unit, value, failed }) => {
        const design = designAtUnit(bounds, unit);
        return failed ? { design, outcome: 'failed' as const } : { design, value };
      }),
  );
  let least = Math.min(...started.filter(({ failed }) => !failed).map(({ value }) => value));
  const best: number[] = [];
  let failed = 0;
  for (let k = 0; k < proposed; k++) {
    const [next] = (await planner.ask(1)).proposals;
    const x = Object.values(next!.design) as number[];
    if (!knows && isBeyond(region, unitOf(problem, x))) {
      planner.tell([{ id: next!.id, outcome: 'failed' }]);
      failed++;
    } else {
      const value = problem.evaluate(x, []);
      planner.tell([{ id: next!.id, value }]);
      least = Math.min(least, value);
    }
    best.push(least);
  }
  return { best, failed };
}
