import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readTableFile } from '../../lab-adapters/table-file.js';
import type { Campaign, Objective, Strategy } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import { AthanorError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import { orientationOf } from '../../models/domain/standing.js';
import { hypervolume } from '../../models/pareto/hypervolume.js';
import { braninCurrin } from '../../models/problems/several/branin-currin.js';
import type { SeveralProblem } from '../../models/problems/several/contract.js';
import { dtlz2 } from '../../models/problems/several/dtlz2.js';
import { vehicleSafety } from '../../models/problems/several/vehicle-safety.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { loadCampaign } from '../campaign-file.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { cpuSeconds } from './cpu-seconds.js';
import { type MeanAndError, meanAndError, showMean } from './mean-and-error.js';
import { designAtUnit, toldCampaign } from './told-campaign.js';

/** A run of another engine, or of random designs, from a start that is stated. */
interface ReferenceRun {
  readonly problem?: string;
  readonly set?: string;
  readonly engine: string;
  readonly seed: number;
  readonly starts01?: readonly (readonly number[])[];
  readonly rows?: readonly number[];
  readonly hypervolume: readonly number[];
  readonly cpu?: readonly number[];
}

/** What is searched: a campaign, its start, and what its designs give. */
interface Task {
  readonly campaign: Campaign;
  readonly start: Strategy;
  readonly evaluate: (design: Design, rowId: string | null) => readonly number[];
  readonly reference: readonly number[];
  /** What the losses are divided by before volumes are taken, [m], and the largest volume. */
  readonly units: readonly number[];
  readonly most: number;
}

const problems: Readonly<Record<string, SeveralProblem>> = {
  BraninCurrin: braninCurrin,
  DTLZ2: dtlz2(6),
  VehicleSafety: vehicleSafety,
};
const pools = ['lnp3', 'direct_arylation'];
const evaluations = 40;
const peer = 'botorch-qlognehvi';

/** Least distance to the best hypervolume that counts, as a share of it. */
const least = 1e-4;

/** Log hypervolume differences after 20 and 40 trials, beside BoTorch's qLogNEHVI from the same starts. */
export async function benchGoals(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { goals: file, pools: folder, seeds, only } = options;
  if (file === undefined) throw new AthanorError('BENCH', 'no curves of other engines: give --goals FILE');
  const { runs } = JSON.parse(await readFile(file, 'utf8')) as { runs: readonly ReferenceRun[] };
  const names = [...Object.keys(problems), ...pools].filter((name) => only?.includes(name) ?? true);
  const figures: Record<string, unknown> = {};
  const lines = [
    'log10(best − hypervolume) at 20 / 40: ours less BoTorch, paired; (ours, BoTorch, random); CPU s a proposal',
  ];
  for (const name of names) {
    const of = (engine: string) => runs.filter((run) => (run.problem ?? run.set) === name && run.engine === engine);
    const theirs = of(peer).slice(0, seeds);
    const own: (readonly number[])[] = [];
    let seconds = 0;
    let most = 0;
    for (const run of theirs) {
      const task = await taskOf(name, run, folder, options);
      most = task.most;
      const found = await goalRun(task, run.seed);
      own.push(found.curve);
      seconds += found.seconds;
      log(
        `${name} seed ${run.seed}: ${found.curve[19]!.toPrecision(4)} / ${found.curve[39]!.toPrecision(4)} (BoTorch ${run.hypervolume[19]!.toPrecision(4)} / ${run.hypervolume[39]!.toPrecision(4)}) of ${most.toPrecision(4)}`,
      );
    }
    const score = (curve: readonly number[], at: number) => Math.log10(Math.max(most - curve[at - 1]!, least * most));
    const moments = [20, 40].map((at) => {
      const difference = meanAndError(own.map((curve, i) => score(curve, at) - score(theirs[i]!.hypervolume, at)));
      const mean = (some: readonly (readonly number[])[]) => meanAndError(some.map((curve) => score(curve, at)));
      const [ours, botorch, random] = [
        own,
        theirs.map((run) => run.hypervolume),
        of('random').map((run) => run.hypervolume),
      ].map(mean);
      return { at, difference, ours: ours!, botorch: botorch!, random: random! };
    });
    const asked = theirs.reduce((sum, run) => sum + evaluations - (run.starts01?.length ?? 5), 0);
    const peerSeconds = meanAndError(theirs.flatMap((run) => run.cpu ?? []));
    figures[name] = { moments, cpuSeconds: seconds / asked, peerCpuSeconds: peerSeconds.mean };
    lines.push(
      `${name.padEnd(16)} ${moments.map(momentText).join(' / ')}   ${(seconds / asked).toFixed(2)} (BoTorch ${peerSeconds.mean.toFixed(2)})`,
    );
    log(lines.at(-1)!);
  }
  return { figures, lines };
}

function momentText(moment: Readonly<Record<'difference' | 'ours' | 'botorch' | 'random', MeanAndError>>): string {
  const plain = (['ours', 'botorch', 'random'] as const).map((engine) => moment[engine].mean.toFixed(2)).join(', ');
  return `${showMean(moment.difference, 2)} (${plain})`;
}

/** Hypervolume after each trial, and the CPU seconds of all decisions. */
async function goalRun({ campaign, evaluate, reference, units, start }: Task, seed: number) {
  const spec = { ...campaign.spec, seed, strategy: start };
  const planner = new Planner({ ...campaign, spec });
  const { objectives } = spec;
  const losses: number[] = [];
  const curve: number[] = [];
  let seconds = 0;
  while (curve.length < evaluations) {
    const asked = await cpuSeconds(() => planner.ask(1));
    seconds += asked.seconds;
    const [proposal] = asked.result.proposals;
    const { id, design, rowId } = proposal!;
    const values = evaluate(design, rowId);
    const [first, ...others] = objectives.map(({ name }, k) => [name, values[k]!] as const);
    planner.tell([{ id, value: first![1], values: Object.fromEntries(others) }]);
    objectives.forEach((objective, k) => {
      losses.push((orientationOf(objective) * values[k]!) / units[k]!);
    });
    const points = { losses: Float64Array.from(losses), m: objectives.length };
    curve.push(
      hypervolume(
        points,
        Float64Array.from(reference, (one, k) => one / units[k]!),
      ),
    );
  }
  return { curve, seconds };
}

async function taskOf(
  name: string,
  run: ReferenceRun,
  folder: string | undefined,
  options: BenchOptions,
): Promise<Task> {
  const { acquisition, surrogate } = options;
  const more = {
    ...(acquisition === undefined ? {} : { acquisition }),
    ...(surrogate === undefined ? {} : { surrogate }),
  };
  const problem = problems[name];
  if (problem === undefined) return poolTask(path.join(folder ?? '', name), run, more);
  const { bounds, reference } = problem;
  const told = toldCampaign({ name, seed: run.seed, bounds, direction: 'minimise', strategy: 'default' });
  const objectives: Objective[] = reference.map((one, k) => ({
    name: `f${k + 1}`,
    direction: 'minimise',
    reference: one,
  }));
  const designs = run.starts01!.map((unit) => designAtUnit(bounds, unit));
  return {
    campaign: { ...told, spec: { ...told.spec, objectives } },
    start: { initial: { designs, trials: designs.length }, ...more },
    evaluate: (design) => problem.evaluate(Object.values(design) as number[]),
    reference,
    units: reference.map(() => 1),
    most: problem.hypervolume,
  };
}

/** A pool of several objectives, each scaled by its range in the pool. */
async function poolTask(folder: string, run: ReferenceRun, more: Exclude<Strategy, 'default'>): Promise<Task> {
  const campaign = await loadCampaign(folder);
  const table = await readTableFile(path.join(folder, 'data.csv'));
  if (!('columns' in table)) throw new AthanorError('BENCH', table.map(faultText).join('; '));
  const meta = JSON.parse(await readFile(path.join(folder, 'meta.json'), 'utf8')) as {
    readonly objectives: readonly { readonly column: string; readonly direction: string }[];
    readonly pareto: { readonly hypervolume: number };
  };
  const ids = table.cells(campaign.spec.space.pool!.id!).map((id) => id.trim());
  const columns = meta.objectives.map(({ column }) => table.cells(column).map(Number));
  const objectives = meta.objectives.map(({ column, direction }, k): Objective => {
    const isHigh = direction === 'maximize';
    const worst = isHigh ? Math.min(...columns[k]!) : Math.max(...columns[k]!);
    return { name: column, direction: isHigh ? 'maximise' : 'minimise', reference: worst };
  });
  const place = new Map(ids.map((id, row) => [id, row]));
  return {
    campaign: { ...campaign, spec: { ...campaign.spec, objectives } },
    start: { initial: { rows: run.rows!.slice(0, 5).map((row) => ids[row]!), trials: 5 }, ...more },
    evaluate: (_, rowId) => columns.map((values) => values[place.get(rowId!)!]!),
    reference: objectives.map((objective) => orientationOf(objective) * objective.reference!),
    units: columns.map((values) => Math.max(...values) - Math.min(...values)),
    most: meta.pareto.hypervolume,
  };
}
