import { availableParallelism } from 'node:os';
import { createDecidePool } from '../../activities/decide-pool.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { PlannerOptions } from '../../models/strategy/ask-tell.js';
import { cpuSeconds } from './cpu-seconds.js';
import { bestWithin, type FidelityRun } from './fidelity-run.js';
import { costsTo, marked, type Ratio, type Reached, ratioOf, reached, seedDraws } from './fidelity-score.js';
import { inLanes } from './lanes.js';

/** Makes decisions, in a thread of its own. */
export type Decide = NonNullable<PlannerOptions['decide']>;

/** The runs of one set over all seeds. */
export interface Runs {
  readonly runs: readonly FidelityRun[];
  /** CPU seconds of this process for all of them: nearly all of it decisions. */
  readonly seconds: number;
}

/** How campaigns over several fidelities fared against the single-fidelity ones of the same seeds. */
export interface SetScore extends Reached {
  readonly name: string;
  /** The single-fidelity campaigns to the marks of their other seeds. */
  readonly single: Reached;
  /** Ratio of the medians. */
  readonly ratio: number;
  /** Its 90 % interval over seeds drawn anew. */
  readonly interval: readonly [low: number, high: number];
  /** Share of the cost spent below the target. */
  readonly low: number;
  readonly secondsADecision: number;
}

/** Campaigns over the same seeds, as many at a time as there are cores. */
export interface Contest {
  /** Does the work for every seed, in their order; tells how far it is in sixths. */
  each<Result>(label: string, work: (seed: number, decide: Decide) => Promise<Result>): Promise<Result[]>;
  /** Runs every seed. */
  runs(label: string, run: (seed: number, decide: Decide) => Promise<FidelityRun>): Promise<Runs>;
  /**
   * The score of some runs against the single-fidelity ones, and the ratio over the draws of all sets.
   *
   * @param short - how far below a mark is near enough; 0 where absent
   */
  score(name: string, own: Runs, single: Runs, short?: number): { readonly score: SetScore; readonly ratio: Ratio };
}

/**
 * Opens threads for the decisions of a contest, does the work with it, and closes them. The loops share this thread,
 * decisions, by far the most of the work, have one each.
 *
 * @throws {AthanorError} BENCH if there are fewer than two seeds: single fidelity has no other ones to be compared with
 */
export async function withContest<Result>(
  seeds: number,
  log: (line: string) => void,
  work: (contest: Contest) => Promise<Result>,
): Promise<Result> {
  if (seeds < 2) throw new AthanorError('BENCH', 'fidelities are measured over two seeds or more');
  const lanes = Math.min(seeds, availableParallelism());
  const pool = createDecidePool(lanes);
  const decide: Decide = (request) => pool.decide(request);
  const numbers = Array.from({ length: seeds }, (_, seed) => seed);
  const draws = seedDraws(seeds);
  const step = Math.ceil(seeds / 6);
  const each = <Result>(label: string, one: (seed: number, decide: Decide) => Promise<Result>) => {
    const tell = (done: number) => {
      if (done % step === 0 || done === seeds) log(`${label}: ${done} of ${seeds} runs`);
    };
    return inLanes(numbers, lanes, (seed) => one(seed, decide), tell);
  };
  try {
    return await work({
      each,
      runs: async (label, run) => {
        const { result, seconds } = await cpuSeconds(() => each(label, run));
        return { runs: result, seconds };
      },
      score: (name, own, single, short = 0) => scored(name, own, single, { draws, short }),
    });
  } finally {
    await pool.close();
  }
}

/** The marks that single-fidelity runs set. */
export function marksOf({ runs }: Runs): number[] {
  return runs.map((run) => bestWithin(run, marked));
}

function scored(
  name: string,
  own: Runs,
  single: Runs,
  { draws, short }: { readonly draws: readonly (readonly number[])[]; readonly short: number },
) {
  const marks = marksOf(single).map((mark) => mark - short);
  const ratio = ratioOf(costsTo(own.runs, marks), costsTo(single.runs, marks), draws);
  const sum = (of: (run: FidelityRun) => number) => own.runs.reduce((total, run) => total + of(run), 0);
  const score: SetScore = {
    name,
    ...reached(own.runs, marks),
    single: reached(single.runs, marks, true),
    ratio: ratio.ratio,
    interval: ratio.interval,
    low: sum((run) => run.low) / sum((run) => run.cost),
    secondsADecision: own.seconds / sum((run) => run.decisions),
  };
  return { score, ratio };
}

/** What the columns of `scoreLine` are. */
export const scoreHead =
  'cost to reach single-fidelity values, median / upper quartile / never, with that of single fidelity for its other seeds; ratio of the medians [90 %]; share below the target:';

/** A score for people. */
export function scoreLine({ name, single, ratio, interval, low, secondsADecision, ...own }: SetScore): string {
  const show = (one: Reached) => [one.median, one.q75, one.never].map((value) => value.toFixed(2)).join(' / ');
  const ms = (1000 * secondsADecision).toFixed(0);
  return `${name.padEnd(16)} ${show(own)}  (${show(single)})  ${showRatio({ ratio, interval })}  ${low.toFixed(2)}  ${ms} ms CPU a decision`;
}

/** A ratio with its interval. */
export function showRatio({ ratio, interval }: Pick<Ratio, 'ratio' | 'interval'>): string {
  return `${ratio.toFixed(2)} [${interval.map((end) => end.toFixed(2)).join(', ')}]`;
}
