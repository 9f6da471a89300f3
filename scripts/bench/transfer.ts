import type { BenchOptions, BenchResult } from './contract.js';
import { marksOf, type SetScore, scoreHead, scoreLine, showRatio, withContest } from './fidelity-contest.js';
import { fidelityRun, strategyOf } from './fidelity-run.js';
import { budget, geometricMean, marked, type Ratio } from './fidelity-score.js';
import {
  type Earlier,
  earlierOf,
  type TransferPool,
  type TransferVariant,
  transferPool,
  transferPoolNames,
  variedEarlier,
} from './transfer-sets.js';

/** Forms of the earlier campaigns, and what the mean of their ratios should not exceed. */
const bars: Readonly<Record<TransferVariant, number>> = { related: 0.6, flip: 0.6, perm: 1.1 };

const variants = Object.keys(bars) as TransferVariant[];

/**
 * Campaigns that are given earlier ones: trials until they reach what campaigns without have after 40, beside what these
 * need themselves for the values of their other seeds. The earlier campaigns are searches of 40 trials: of the same
 * function moved by 8 % of each range, of a lower fidelity, or of other products of the same reaction; as they are,
 * turned round, or shuffled. Measured pools are left out without data sets.
 *
 * @throws {AthanorError} BENCH if there are fewer than two seeds
 */
export function benchTransfer(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { pools: folder, only, seeds } = options;
  const named = strategyOf(options);
  const strategy = Object.keys(named).length === 0 ? ('default' as const) : named;
  return withContest(seeds, log, async (contest) => {
    const scores: SetScore[] = [];
    const ratios = new Map(variants.map((variant) => [variant, [] as Ratio[]]));
    for (const name of transferPoolNames(folder).filter((one) => only?.includes(one) ?? true)) {
      const pool = await transferPool(name, folder);
      const best = Math.max(...pool.target.values[0]!);
      const single = await contest.runs(`${name}, alone`, (seed, decide) =>
        fidelityRun(pool.target, { seed, budget, enough: best, strategy: 'default', decide }),
      );
      const earlier = await contest.each(`${name}, before`, (seed, decide) => earlierOf(pool, seed, decide));
      const enough = Math.max(...marksOf(single));
      for (const variant of variants) {
        const own = await contest.runs(`${name}-${variant}`, (seed, decide) => {
          const target = withEarlier(pool, variedEarlier(earlier[seed]!, variant, seed));
          return fidelityRun(target, { seed, budget, enough, strategy, decide });
        });
        const { score, ratio } = contest.score(`${name}-${variant}`, own, single);
        scores.push(score);
        ratios.get(variant)!.push(ratio);
        log(scoreLine(score));
      }
    }
    const means = [...ratios].flatMap(([variant, of]) => {
      if (of.length === 0) return [];
      const { ratio: mean, interval } = geometricMean(of);
      return [{ variant, mean, interval, bar: bars[variant], met: mean <= bars[variant] }];
    });
    return {
      figures: { seeds, marked, budget, sets: scores, means },
      lines: [scoreHead, ...scores.map(scoreLine), ...means.map(meanLine)],
    };
  });
}

function meanLine({
  variant,
  mean,
  interval,
  bar,
  met,
}: Omit<Ratio, 'ratio' | 'draws'> & {
  readonly variant: TransferVariant;
  readonly mean: number;
  readonly bar: number;
  readonly met: boolean;
}): string {
  const judged = met ? 'met' : 'missed';
  return `geometric mean of the ratios, ${variant}: ${showRatio({ ratio: mean, interval })} (at most ${bar.toFixed(2)}: ${judged})`;
}

function withEarlier({ target: { campaign, values } }: TransferPool, sources: Earlier): TransferPool['target'] {
  return { campaign: { ...campaign, space: { ...campaign.space, sources } }, values };
}
