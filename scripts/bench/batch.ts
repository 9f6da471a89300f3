import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';
import { type BatchRun, type BatchTask, batchRun, type Mode, modes } from './batch-run.js';
import { functionTasks, poolTasks } from './batch-tasks.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';

/** Trials in flight. */
const sizes = [4, 8] as const;

/** Of the way from the best of the start to the optimum, what is left is counted down to this share. */
const leastLeft = 1e-4;

const runSchema = z.object({ best: z.array(z.number()), near: z.int(), proposed: z.int(), cpu: z.number() });
const peerSchema = z.record(z.string(), z.object({ runs: z.record(z.string(), z.array(runSchema)) }));

/** Runs of another engine by task, and by `q mode`. */
type PeerRuns = z.infer<typeof peerSchema>;

/** One engine on one task, by run. */
interface EngineScore {
  /** log10 of the share of the way from the best of the start to the optimum that is left, half-way and at the end. */
  readonly left: readonly [MeanAndError, MeanAndError];
  /** Share of proposals that came within 0.1 % of a range of one in flight. */
  readonly near: number;
  readonly cpu: number;
}

interface BatchScore {
  readonly task: string;
  readonly q: number;
  readonly mode: Mode;
  readonly runs: number;
  readonly ours: EngineScore;
  readonly peer: EngineScore | null;
  /** Paired difference of `left`, by run; negative where ours is nearer to the optimum. */
  readonly differences: readonly (readonly number[])[] | null;
}

/**
 * Batches of 4 and 8 trials, ending together or one at a time, on test functions and measured pools from the starts of the
 * files of reference curves and draws: how far from the optimum they end, and how many trials were all but the same as one
 * in flight; beside another engine's runs from the same starts, where a file has them. Skipped without any reference.
 */
export async function benchBatch(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { curves, draws, pools, batches, only, seeds } = options;
  const tasks = [
    ...(curves === undefined ? [] : await functionTasks(curves)),
    ...(draws === undefined || pools === undefined ? [] : await poolTasks(draws, pools)),
  ].filter(({ name }) => only?.includes(name) ?? true);
  if (tasks.length === 0) return { figures: null, lines: ['skipped: no file of reference curves or draws'] };
  const peers = batches === undefined ? {} : await peerRuns(batches);
  const scores: BatchScore[] = [];
  for (const task of tasks)
    for (const q of sizes)
      for (const mode of modes) {
        const peer = peers[task.name]?.runs[`${q} ${mode}`] ?? null;
        scores.push(await score(withStrategy(task, options), { q, mode, seeds, peer }));
        log(line(scores.at(-1)!));
      }
  return {
    figures: scores,
    lines: [
      'log10 of the share of the way from the best of the start to the optimum that is left, half-way / at the end;',
      "difference to BoTorch's from the same start; proposals within 0.1 % of one in flight; ms CPU a proposal:",
      ...scores.map(line),
      ...sizes.flatMap((q) => modes.map((mode) => together(scores, q, mode))),
    ],
  };
}

async function peerRuns(file: string): Promise<PeerRuns> {
  const found = peerSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!found.success) throw new AthanorError('PEER', `${file} has no runs of batches: ${found.error.message}`);
  return found.data;
}

function withStrategy(task: BatchTask, { acquisition, surrogate }: BenchOptions): BatchTask {
  const campaign = (seed: number) => {
    const { spec, ...rest } = task.campaign(seed);
    const strategy = {
      ...(spec.strategy === 'default' ? {} : spec.strategy),
      ...(acquisition === undefined ? {} : { acquisition }),
      ...(surrogate === undefined ? {} : { surrogate }),
    };
    return { ...rest, spec: { ...spec, strategy } };
  };
  return { ...task, campaign };
}

async function score(
  task: BatchTask,
  { q, mode, seeds, peer }: { q: number; mode: Mode; seeds: number; peer: readonly BatchRun[] | null },
): Promise<BatchScore> {
  const runs: BatchRun[] = [];
  for (let seed = 0; seed < seeds; seed++) runs.push(await batchRun(task, q, mode, seed));
  const ours = leftOf(task, runs);
  const theirs = peer === null ? null : leftOf(task, peer);
  return {
    task: task.name,
    q,
    mode,
    runs: seeds,
    ours: engineScore(runs, ours),
    peer: peer === null ? null : engineScore(peer, theirs!),
    differences: theirs && ours.map((values, at) => theirs[at]!.map((other, run) => values[run]! - other)).map(numbers),
  };
}

/** Differences of the runs that both engines have. */
function numbers(differences: readonly number[]): number[] {
  return differences.filter((difference) => !Number.isNaN(difference));
}

/** log10 of what is left of the way, half-way and at the end, by run. */
function leftOf({ optimum, n0, evaluations }: BatchTask, runs: readonly BatchRun[]): [number[], number[]] {
  const after = (count: number) =>
    runs.map(({ best }) => {
      const way = Math.abs(optimum - best[n0 - 1]!);
      const left = Math.abs(optimum - best[Math.min(n0 + count, best.length) - 1]!);
      return Math.log10(Math.max(leastLeft, way === 0 ? 0 : left / way));
    });
  return [after(Math.floor(evaluations / 2)), after(evaluations)];
}

function engineScore(runs: readonly BatchRun[], [half, full]: readonly [number[], number[]]): EngineScore {
  const sum = (of: (run: BatchRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  return {
    left: [meanAndError(half), meanAndError(full)],
    near: sum((run) => run.near) / sum((run) => run.proposed),
    cpu: sum((run) => run.cpu) / runs.length,
  };
}

function line({ task, q, mode, ours, peer, differences }: BatchScore): string {
  const pair = (values: readonly MeanAndError[]) => values.map((value) => showMean(value, 2)).join(' / ');
  const minus = differences === null ? '-' : pair(differences.map(meanAndError));
  const nears = [ours, peer].map((one) => (one === null ? '-' : `${(100 * one.near).toFixed(1)} %`)).join(', ');
  const times = [ours, peer].map((one) => (one === null ? '-' : (1000 * one.cpu).toFixed(0))).join(', ');
  return `${task.padEnd(16)} ${q} ${mode.padEnd(11)} ${pair(ours.left)}   ${minus}   ${nears}   ${times}`;
}

/** All runs that both engines have, of all tasks. */
function together(scores: readonly BatchScore[], q: number, mode: Mode): string {
  const those = scores.filter((one) => one.q === q && one.mode === mode);
  const mean = (at: 0 | 1) => those.reduce((sum, one) => sum + one.ours.left[at].mean, 0) / those.length;
  const paired = ([0, 1] as const).map((at) => meanAndError(those.flatMap((one) => one.differences?.[at] ?? [])));
  const minus = those.every((one) => one.differences === null)
    ? '-'
    : paired.map((value) => showMean(value, 2)).join(' / ');
  return `${'all tasks'.padEnd(16)} ${q} ${mode.padEnd(11)} ${mean(0).toFixed(2)} / ${mean(1).toFixed(2)}   ${minus}`;
}
