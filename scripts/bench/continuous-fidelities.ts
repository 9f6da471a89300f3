import { marksOf, type SetScore, scoreHead, scoreLine, showRatio, withContest } from './fidelity-contest.js';
import { labRun, strategyOf, targetLab } from './fidelity-run.js';
import { budget, geometricMean, marked, type Ratio } from './fidelity-score.js';
import { computedLab, computedNames } from './fidelity-sets.js';
import type { BenchOptions, BenchResult } from './index.js';

/**
 * The figure of `benchFidelities` on whole spaces of test functions at two or three fidelities: any design may be
 * measured, once or again, at any of them.
 */
export function benchContinuousFidelities(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { only, seeds } = options;
  const strategy = strategyOf(options);
  return withContest(seeds, log, async (contest) => {
    const scores: SetScore[] = [];
    const ratios: Ratio[] = [];
    for (const name of computedNames.filter((one) => only?.includes(one) ?? true)) {
      const lab = computedLab(name);
      const single = await contest.runs(`${name}, single fidelity`, (seed, decide) =>
        labRun(targetLab(lab), { seed, budget, enough: lab.best, strategy: 'default', decide }),
      );
      const enough = Math.max(...marksOf(single));
      const own = await contest.runs(name, (seed, decide) => labRun(lab, { seed, budget, enough, strategy, decide }));
      const { score, ratio } = contest.score(name, own, single);
      scores.push(score);
      ratios.push(ratio);
      log(scoreLine(score));
    }
    const mean = ratios.length === 0 ? null : geometricMean(ratios);
    return {
      figures: { seeds, marked, budget, sets: scores, mean },
      lines: [
        scoreHead,
        ...scores.map(scoreLine),
        ...(mean === null ? [] : [`geometric mean of the ratios: ${showRatio(mean)}`]),
      ],
    };
  });
}
