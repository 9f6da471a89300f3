import { median } from 'simple-statistics';
import type { BenchOptions, BenchResult } from './contract.js';
import { marksOf, type SetScore, scoreHead, scoreLine, showRatio, withContest } from './fidelity-contest.js';
import { labRun, strategyOf, targetLab } from './fidelity-run.js';
import { budget, geometricMean, marked, type Ratio } from './fidelity-score.js';
import { computedLab, computedNames } from './fidelity-sets.js';

/** Share of the range, from the best value to the first one of single fidelity in the median, that nobody may need. */
const nearEnough = 0.01;

/**
 * The figure of `benchFidelities` on whole spaces of test functions at two or three fidelities: any design may be
 * measured, once or again, at any of them. What is left of the way to a mark soon is precision that nobody may need, so
 * each set is scored again with 1 % of the range below the mark near enough.
 */
export function benchContinuousFidelities(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { only, seeds } = options;
  const strategy = strategyOf(options);
  return withContest(seeds, log, async (contest) => {
    const scores: SetScore[] = [];
    const ratios: Record<'exact' | 'near', Ratio[]> = { exact: [], near: [] };
    for (const name of computedNames.filter((one) => only?.includes(one) ?? true)) {
      const lab = computedLab(name);
      const single = await contest.runs(`${name}, single fidelity`, (seed, decide) =>
        labRun(targetLab(lab), { seed, budget, enough: lab.best, strategy: 'default', decide }),
      );
      const enough = Math.max(...marksOf(single));
      const own = await contest.runs(name, (seed, decide) => labRun(lab, { seed, budget, enough, strategy, decide }));
      const first = median(single.runs.map(({ steps }) => steps[0]![1]));
      const exact = contest.score(name, own, single);
      const near = contest.score(`${name}, near`, own, single, nearEnough * (lab.best - first));
      for (const { score } of [exact, near]) log(scoreLine(score));
      for (const [kind, { score, ratio }] of Object.entries({ exact, near })) {
        scores.push(score);
        ratios[kind as keyof typeof ratios].push(ratio);
      }
    }
    const means = Object.entries(ratios).flatMap(([marks, of]) =>
      of.length === 0 ? [] : [{ marks, ...geometricMean(of) }],
    );
    return {
      figures: { seeds, marked, budget, sets: scores, means },
      lines: [
        scoreHead,
        ...scores.map(scoreLine),
        ...means.map((mean) => `geometric mean of the ratios, ${mean.marks}: ${showRatio(mean)}`),
      ],
    };
  });
}
