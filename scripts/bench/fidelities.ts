import type { BenchOptions, BenchResult } from './contract.js';
import { marksOf, type Runs, type SetScore, scoreHead, scoreLine, showRatio, withContest } from './fidelity-contest.js';
import { coverageHead, coverageText, type FidelityCoverage, fidelityCoverage } from './fidelity-coverage.js';
import { inRanks, valueOfRank } from './fidelity-ranks.js';
import { fidelityRun, labRun, poolLab, strategyOf, targetLab } from './fidelity-run.js';
import { budget, geometricMean, marked, type Ratio } from './fidelity-score.js';
import { type FidelityPool, fidelityPool, fidelitySets, isComputed, varied } from './fidelity-sets.js';

/** Forms of pools whose ratios have a mean, and what it and each of them should not exceed. */
const bars = {
  informative: { mean: 0.55, each: null },
  perm: { mean: 1, each: 1.25 },
  trap: { mean: null, each: 1.5 },
} as const;

type Form = keyof typeof bars;

/** The sets of one form together. */
interface FormMean {
  readonly variant: Form;
  readonly mean: number;
  /** 90 % interval of the mean over seeds drawn anew. */
  readonly interval: readonly [low: number, high: number];
  /** Largest ratio of its sets. */
  readonly worst: number;
  readonly bars: { readonly mean: number | null; readonly each: number | null };
  readonly met: boolean;
}

interface CoveredScore extends SetScore {
  /** How often 90 % intervals hold, by run. */
  readonly coverage: readonly FidelityCoverage[];
}

/**
 * Campaigns over several fidelities of a pool: the cost at which they reach what single-fidelity campaigns from nested
 * starts have at cost 40, beside what these need themselves for the values of their other seeds, on pools whose lower
 * fidelities are informative, turned round, shuffled, or right but for the best rows. Every seed has a pool of its own of
 * a test function, and the ranks in these pools are compared. Measured pools are left out without data sets.
 */
export function benchFidelities(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { pools: folder, only, seeds } = options;
  const strategy = strategyOf(options);
  const wanted = fidelitySets.filter(
    ({ name, pool }) => (only?.includes(name) ?? true) && (folder !== undefined || isComputed(pool)),
  );
  return withContest(seeds, log, async (contest) => {
    const scores: CoveredScore[] = [];
    const ratios = new Map<string, Ratio>();
    const singles = new Map<string, { pools: readonly FidelityPool[]; single: Runs; enough: number }>();
    for (const { name, pool: from, variant } of wanted) {
      let known = singles.get(from);
      if (known === undefined) {
        const pools = await poolsOf(from, seeds, folder);
        const single = await contest.runs(`${from}, single fidelity`, async (seed, decide) => {
          const best = Math.max(...targetValues(pools[seed]!));
          const options = { seed, budget, enough: best, strategy: 'default', decide } as const;
          return inRanks(await labRun(targetLab(poolLab(pools[seed]!)), options), targetValues(pools[seed]!));
        });
        known = { pools, single, enough: Math.max(...marksOf(single)) };
        singles.set(from, known);
      }
      const { pools, single } = known;
      const own = await contest.runs(name, async (seed, decide) => {
        const values = targetValues(pools[seed]!);
        const enough = valueOfRank(values, known.enough);
        const options = { seed, budget, enough, strategy, decide };
        return inRanks(await fidelityRun(varied(pools[seed]!, variant, seed), options), values);
      });
      const { score, ratio } = contest.score(name, own, single);
      const coverage = await contest.each(`${name}, intervals`, (seed, decide) =>
        fidelityCoverage(varied(pools[seed]!, variant, seed), { seed, strategy, decide }),
      );
      scores.push({ ...score, coverage });
      ratios.set(name, ratio);
      log(coveredLine(scores.at(-1)!));
    }
    const means = (Object.keys(bars) as Form[]).flatMap((form) => meanOf(form, ratios));
    return {
      figures: { seeds, marked, budget, sets: scores, means },
      lines: [`${scoreHead} ${coverageHead}`, ...scores.map(coveredLine), ...means.map(meanLine)],
    };
  });
}

/** The pool of each seed: of a test function drawn anew, so that no accident of one of them is shared by all. */
async function poolsOf(name: string, seeds: number, folder: string | undefined): Promise<FidelityPool[]> {
  const numbers = Array.from({ length: seeds }, (_, seed) => seed);
  if (isComputed(name)) return Promise.all(numbers.map((seed) => fidelityPool(name, folder, seed)));
  const pool = await fidelityPool(name, folder);
  return numbers.map(() => pool);
}

function targetValues({ values }: FidelityPool): readonly number[] {
  return values.at(-1)!;
}

function coveredLine(score: CoveredScore): string {
  return `${scoreLine(score)}  ${coverageText(score.coverage)}`;
}

/** The form of a set by its name; one turned round is as informative as a plain one. */
function formOf(name: string): Form {
  return (/-(perm|trap)$/.exec(name)?.[1] ?? 'informative') as Form;
}

function meanOf(variant: Form, ratios: ReadonlyMap<string, Ratio>): FormMean[] {
  const of = [...ratios].filter(([name]) => formOf(name) === variant).map(([, ratio]) => ratio);
  if (of.length === 0) return [];
  const { ratio: mean, interval } = geometricMean(of);
  const worst = Math.max(...of.map(({ ratio }) => ratio));
  const { mean: most, each } = bars[variant];
  const met = (most === null || mean <= most) && (each === null || worst <= each);
  return [{ variant, mean, interval, worst, bars: bars[variant], met }];
}

function meanLine({ variant, mean, interval, worst, bars: { mean: most, each }, met }: FormMean): string {
  const wanted = [most === null ? [] : [`mean ${most.toFixed(2)}`], each === null ? [] : [`each ${each.toFixed(2)}`]];
  return `geometric mean of the ratios, ${variant}: ${showRatio({ ratio: mean, interval })}, largest ${worst.toFixed(2)} (at most: ${wanted.flat().join(', ')}: ${met ? 'met' : 'missed'})`;
}
