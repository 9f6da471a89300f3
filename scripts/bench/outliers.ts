import { readFile } from 'node:fs/promises';
import type { Problem } from '../../models/problems/contract.js';
import { problemNamed } from '../../models/problems/problems.js';
import { Generator } from '../../models/random/generator.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { regretGain } from './regret-gain.js';
import { designAtUnit, toldCampaign, valueAtUnit } from './told-campaign.js';

/** Functions by name and number of inputs; nothing was chosen on the last one, and on Styblinski-Tang only the rule for better values, of which it showed a false alarm. */
const functions = {
  branin: problemNamed('branin'),
  hartmann3: problemNamed('hartmann3'),
  hartmann6: problemNamed('hartmann6'),
  levy4: problemNamed('levy', 4),
  rosenbrock4: problemNamed('rosenbrock', 4),
  ackley4: problemNamed('ackley', 4),
  styblinskiTang3: problemNamed('styblinskiTang', 3),
  griewank2: problemNamed('griewank', 2),
} satisfies Record<string, Problem>;

/** Results of the start, one of which is wrong, and proposals after them. */
const [started, proposed] = [20, 20];

/** Runs on one function, [seed][proposal + 1]: lowest true value of a trial so far. */
interface Curves {
  readonly start: readonly number[];
  readonly clean: readonly (readonly number[])[];
  readonly wrong: readonly (readonly number[])[];
}

/** What another engine did from the same starts, by problem: `wrong` as in `Curves`. */
type PeerCurves = Readonly<Record<string, Pick<Curves, 'wrong'>>>;

/** The start of a run: points of the unit cube, [20], their values, and the values with one gross error. */
interface Start {
  readonly units: readonly (readonly number[])[];
  readonly values: readonly number[];
  readonly spoilt: readonly number[];
}

/**
 * Regret after 20 results of which one is wrong by 2 to 10 times their range, upwards or downwards, and 20 proposals
 * measured without error: against the same run without the error, and against another engine where the file has it.
 */
export async function benchOutliers(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { seeds, only, surrogate } = options;
  const peer: PeerCurves = options.outliers === undefined ? {} : JSON.parse(await readFile(options.outliers, 'utf8'));
  const figures: Record<string, unknown> = {};
  const starts: Record<string, unknown> = {};
  const lines: string[] = [];
  const paired: number[] = [];
  for (const [name, problem] of Object.entries(functions).filter(([one]) => only?.includes(one) ?? true)) {
    const runs = Array.from({ length: seeds }, (_, seed) => startOf(name, problem, seed));
    const clean: number[][] = [];
    const wrong: number[][] = [];
    for (const [seed, run] of runs.entries()) {
      clean.push(await curve(problem, { seed, run, values: run.values, surrogate }));
      wrong.push(await curve(problem, { seed, run, values: run.spoilt, surrogate }));
    }
    const { bounds, minimum } = problem;
    const range = meanAndError(runs.map(({ values }) => Math.max(...values) - Math.min(...values))).mean;
    const ends = (curves: readonly (readonly number[])[]) => curves.map((one) => one.at(-1)! - minimum);
    const gain = regretGain(ends(wrong), ends(clean), range);
    const against =
      peer[name] === undefined ? null : regretGain(ends(wrong), ends(peer[name].wrong).slice(0, seeds), range);
    paired.push(gain.difference.mean);
    starts[name] = { bounds, minimum, runs };
    figures[name] = { clean, wrong, gain, against };
    const beside = against === null ? '' : `; minus the other engine's ${difference(against)}`;
    lines.push(`${name.padEnd(16)} with the error minus without ${difference(gain)}${beside}`);
    log(lines.at(-1)!);
  }
  return {
    figures: { curves: figures, starts },
    lines: [
      `log10 regret after ${started} results, one of them wrong, and ${proposed} more (in brackets, as far as above 1 % of the range):`,
      ...lines,
      `mean over functions: ${meanAndError(paired).mean.toFixed(2)}`,
    ],
  };
}

function difference({ difference: all, aboveOnePercent }: Record<'difference' | 'aboveOnePercent', MeanAndError>) {
  return `${showMean(all, 2)} (${showMean(aboveOnePercent, 2)})`;
}

function startOf(name: string, problem: Problem, seed: number): Start {
  const random = new Generator(seed, `outlier ${name}`);
  const units = Array.from({ length: started }, () => problem.bounds.map(() => random.uniform()));
  const values = units.map((unit) => valueAtUnit(problem, unit));
  const range = Math.max(...values) - Math.min(...values);
  const size = (2 + 8 * random.uniform()) * (random.uniform() < 0.5 ? -1 : 1);
  const at = Math.floor(random.uniform() * started);
  return { units, values, spoilt: values.map((value, i) => (i === at ? value + size * range : value)) };
}

/** Lowest true value after the start, and after each proposal. */
async function curve(
  problem: Problem,
  given: {
    readonly seed: number;
    readonly run: Start;
    readonly values: readonly number[];
    readonly surrogate: string | undefined;
  },
): Promise<number[]> {
  const { seed, run, values, surrogate } = given;
  const { name, bounds } = problem;
  const strategy = { initial: { trials: 1 }, ...(surrogate === undefined ? {} : { surrogate }) };
  const campaign = toldCampaign({ name, seed, bounds, direction: 'minimise', strategy });
  const planner = new Planner(campaign);
  planner.tell(run.units.map((unit, i) => ({ design: designAtUnit(bounds, unit), value: values[i]! })));
  const best = [Math.min(...run.values)];
  for (let k = 0; k < proposed; k++) {
    const [next] = (await planner.ask(1)).proposals;
    const value = problem.evaluate(Object.values(next!.design) as number[], []);
    planner.tell([{ id: next!.id, value }]);
    best.push(Math.min(value, best.at(-1)!));
  }
  return best;
}
