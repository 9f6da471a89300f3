import type { Campaign } from '../../models/domain/campaign.js';
import { hypervolume } from '../../models/pareto/hypervolume.js';
import { problemNamed } from '../../models/problems/problems.js';
import { braninCurrin } from '../../models/problems/several/branin-currin.js';
import { dtlz2 } from '../../models/problems/several/dtlz2.js';
import { Generator } from '../../models/random/generator.js';
import { quantile } from '../../models/stats/quantile.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { meanAndError, showMean } from './mean-and-error.js';
import { type RegretGain, regretGain } from './regret-gain.js';
import { designAtUnit, toldCampaign } from './told-campaign.js';

/** Two outcomes over a box, both lower the better. */
interface Pair {
  readonly bounds: readonly (readonly [number, number])[];
  evaluate(x: readonly number[]): readonly [number, number];
}

const hartmann = problemNamed('hartmann3');
const ball = dtlz2(3);

/** The first two were looked at while the rules were made, the others were not. */
const pairs: Readonly<Record<string, Pair>> = {
  // A reaction: the yield by temperature and time, and an impurity that grows with both.
  reaction: {
    bounds: [
      [20, 120],
      [1, 24],
    ],
    evaluate: ([t, h]) => [-80 * Math.exp(-(((t! - 85) / 25) ** 2)) * (1 - Math.exp(-h! / 6)), 1 + t! / 60 + h! / 20],
  },
  braninCurrin: {
    bounds: braninCurrin.bounds,
    evaluate: (x) => braninCurrin.evaluate(x) as [number, number],
  },
  hartmann3: {
    bounds: hartmann.bounds,
    evaluate: (x) => [hartmann.evaluate(x, []), x.reduce((sum, one) => sum + (one - 0.3) ** 2, 0)],
  },
  dtlz2: { bounds: ball.bounds, evaluate: (x) => ball.evaluate(x) as [number, number] },
};

/** What is wanted of the two; a bound is met by `share` of the box. */
const wishes = ['bound', 'bounded outcome', 'second goal'] as const;
type Wish = (typeof wishes)[number];
const share = 0.4;

/** Results of the start, one of which is wrong, proposals after them, and designs by which the best there is is known. */
const [started, proposed, known] = [20, [4, 12], 20_000] as const;

/** A pair with what is wanted of it, and how far some designs' values are from the best there is. */
interface Task {
  readonly pair: Pair;
  readonly wish: Wish;
  /** The bound, and of each outcome its worst value of interest. */
  readonly bound: number;
  readonly reference: readonly [number, number];
  /** Least loss, or most hypervolume. */
  readonly best: number;
  readonly range: number;
}

interface Run {
  readonly name: string;
  readonly seed: number;
  readonly isWrong: boolean;
  readonly surrogate: string | undefined;
}

/**
 * How far from the best after 20 results of which one value is wrong, by 2 to 10 times the range of its outcome, upwards or downwards,
 * and 4 and 12 proposals measured without error, less the same without the error: with a bound on the objective, on another outcome, and with
 * a second goal. The distance is that of the least loss that keeps the bound, or of the hypervolume.
 */
export async function benchOutlierGoals(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { seeds, only, surrogate } = options;
  const figures: Record<string, unknown> = {};
  const lines: string[] = [];
  for (const [name, pair] of Object.entries(pairs).filter(([one]) => only?.includes(one) ?? true))
    for (const wish of wishes) {
      const task = taskOf(name, pair, wish);
      const ends: Record<'clean' | 'wrong', (readonly number[])[]> = { clean: [], wrong: [] };
      for (let seed = 0; seed < seeds; seed++)
        for (const kind of ['clean', 'wrong'] as const)
          ends[kind].push(await distances(task, { name, seed, isWrong: kind === 'wrong', surrogate }));
      const moments = proposed.map((at, i) => {
        const [wrong, clean] = [ends.wrong, ends.clean].map((some) => some.map((one) => one[i]!));
        const [mean, without] = [wrong!, clean!].map((some) => meanAndError(some.map((one) => one / task.range)).mean);
        return { at, gain: regretGain(wrong!, clean!, task.range), mean: mean!, without: without! };
      });
      figures[`${name}, ${wish}`] = { ...ends, moments };
      lines.push(`${name.padEnd(13)} ${wish.padEnd(16)} ${moments.map(momentText).join(' / ')}`);
      log(lines.at(-1)!);
    }
  const head = `log10 distance to the best after ${started} results, one of them wrong, and ${proposed.join(' / ')} more, less that without the error (in brackets, as far as above 1 % of the range); mean distances in ranges with the error, without:`;
  return { figures, lines: [head, ...lines] };
}

function momentText(moment: { readonly gain: RegretGain; readonly mean: number; readonly without: number }): string {
  const { gain, mean, without } = moment;
  return `${showMean(gain.difference, 2)} (${showMean(gain.aboveOnePercent, 2)}); ${mean.toFixed(3)}, ${without.toFixed(3)}`;
}

function taskOf(name: string, pair: Pair, wish: Wish): Task {
  const random = new Generator(1, `box ${name}`);
  const values = Array.from({ length: known }, () => valuesAt(pair, unitOf(random, pair)));
  const column = (k: 0 | 1) => Float64Array.from(values, (value) => value[k]).sort();
  const [f, g] = [column(0), column(1)];
  const bound = quantile(wish === 'bound' ? f : g, share);
  const task = { pair, wish, bound, reference: [f.at(-1)!, g.at(-1)!] as const, best: 0, range: f.at(-1)! - f[0]! };
  const best = reached(task, values);
  return { ...task, best, range: wish === 'second goal' ? best : task.range };
}

function unitOf(random: Generator, { bounds }: Pair): readonly number[] {
  return bounds.map(() => random.uniform());
}

function valuesAt(pair: Pair, unit: readonly number[]): readonly [number, number] {
  return pair.evaluate(Object.values(designAtUnit(pair.bounds, unit)));
}

/** The hypervolume of true values, or the least loss of those that keep the bound: of none the largest there is. */
function reached({ wish, bound, reference }: Task, values: readonly (readonly [number, number])[]): number {
  if (wish === 'second goal')
    return hypervolume({ losses: Float64Array.from(values.flat()), m: 2 }, Float64Array.from(reference));
  const kept = values.filter(([f, g]) => (wish === 'bound' ? f : g) <= bound);
  return kept.reduce((least, [f]) => Math.min(least, f), reference[0]);
}

/** After each number of proposals. */
async function distances(task: Task, run: Run): Promise<readonly number[]> {
  const { pair, wish, best } = task;
  const { name, seed, isWrong } = run;
  const planner = new Planner(campaignOf(task, run));
  const random = new Generator(seed, `outlier ${name} ${wish}`);
  const units = Array.from({ length: started }, () => unitOf(random, pair));
  const values = units.map((unit) => valuesAt(pair, unit));
  // Where the second outcome counts, either may be wrong.
  const which = wish === 'bound' || random.uniform() < 0.5 ? 0 : 1;
  const own = values.map((value) => value[which]);
  const size = (2 + 8 * random.uniform()) * (random.uniform() < 0.5 ? -1 : 1) * (Math.max(...own) - Math.min(...own));
  const at = Math.floor(random.uniform() * started);
  const shown = values.map(([f, g], i): readonly [number, number] => {
    const off = isWrong && i === at ? size : 0;
    return which === 0 ? [f + off, g] : [f, g + off];
  });
  planner.tell(units.map((unit, i) => ({ design: designAtUnit(pair.bounds, unit), ...answer(wish, shown[i]!) })));
  const found: number[] = [];
  for (let k = 1; k <= proposed.at(-1)!; k++) {
    const [next] = (await planner.ask(1)).proposals;
    const value = pair.evaluate(Object.values(next!.design) as number[]);
    values.push(value);
    planner.tell([{ id: next!.id, ...answer(wish, value) }]);
    if (!proposed.some((at) => at === k)) continue;
    const own = reached(task, values);
    found.push(Math.max(0, wish === 'second goal' ? best - own : own - best));
  }
  return found;
}

function answer(wish: Wish, [f, g]: readonly [number, number]) {
  return wish === 'bound' ? { value: f } : { value: f, values: { g } };
}

function campaignOf({ pair, wish, bound }: Task, { name, seed, surrogate }: Run): Campaign {
  const strategy = { initial: { trials: 1 }, ...(surrogate === undefined ? {} : { surrogate }) };
  const campaign = toldCampaign({ name, seed, bounds: pair.bounds, direction: 'minimise', strategy });
  const [only] = campaign.spec.objectives;
  const more = {
    bound: { objectives: [{ ...only!, max: bound }] },
    'bounded outcome': { outcomes: [{ name: 'g', max: bound }] },
    'second goal': { objectives: [only!, { name: 'g', direction: 'minimise' as const }] },
  }[wish];
  return { ...campaign, spec: { ...campaign.spec, ...more } };
}
