import { readFile } from 'node:fs/promises';
import type { Campaign } from '../../models/domain/campaign.js';
import { campaignSchema } from '../../models/domain/campaign.js';
import type { Parameter } from '../../models/domain/parameters/parameter.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { problemNamed } from '../../models/problems/problems.js';
import { Generator } from '../../models/random/generator.js';
import { decide } from '../../models/strategy/decide.js';
import type { BenchOptions, BenchResult } from './index.js';
import { meanAndError } from './mean-and-error.js';

/** Curves of other engines from stated starts: best value so far by engine, seed and evaluation. */
interface ReferenceCurves {
  readonly bounds: readonly (readonly [number, number])[];
  readonly optimum: number;
  readonly n0: number;
  readonly evaluations: number;
  /** Starting designs in the unit cube, by seed. */
  readonly initialDesigns: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly engines: Readonly<Record<string, { readonly best: readonly (readonly number[])[] }>>;
}

interface Score {
  readonly problem: string;
  /** Mean paired difference of log10 regret to the reference, with its standard error, at half and at all evaluations. */
  readonly half: { readonly mean: number; readonly error: number };
  readonly full: { readonly mean: number; readonly error: number };
  readonly cpuMsPerProposal: number;
}

const noise: Readonly<Record<string, number>> = { hartmann6noisy: 0.1 };

/**
 * Regret on test problems from the starting designs of a file of reference curves, against the BoTorch curves in it:
 * mean paired difference of log10(max(best − optimum, 1e-6)), negative where ours is better. Skipped without a
 * file of curves.
 */
export async function benchRegret(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { curves: file, only } = options;
  if (file === undefined) return { figures: null, lines: ['skipped: --curves names no file of reference curves'] };
  const curves = JSON.parse(await readFile(file, 'utf8')) as Record<string, ReferenceCurves>;
  const scores: Score[] = [];
  for (const [problem, reference] of Object.entries(curves).filter(([name]) => only?.includes(name) ?? true)) {
    scores.push(await score(problem, reference, options));
    log(line(scores.at(-1)!));
  }
  const mean = (key: 'half' | 'full') => scores.reduce((sum, one) => sum + one[key].mean, 0) / scores.length;
  const total = { half: mean('half'), full: mean('full') };
  return {
    figures: { scores, mean: total },
    lines: [...scores.map(line), `mean over problems: ${total.half.toFixed(2)} / ${total.full.toFixed(2)}`],
  };
}

function line({ problem, half, full, cpuMsPerProposal }: Score): string {
  const cell = ({ mean, error }: { mean: number; error: number }) => `${mean.toFixed(2)} ± ${error.toFixed(2)}`;
  return `${problem.padEnd(16)} ${cell(half)} / ${cell(full)}   ${cpuMsPerProposal.toFixed(0)} ms CPU a proposal`;
}

async function score(name: string, reference: ReferenceCurves, options: BenchOptions): Promise<Score> {
  const { seeds } = options;
  const engine = Object.entries(reference.engines).find(([key]) => key.startsWith('botorch'))![1];
  const differences: { half: number[]; full: number[] } = { half: [], full: [] };
  const before = process.cpuUsage();
  for (let seed = 0; seed < seeds; seed++) {
    const ours = await curve(name, reference, seed, options);
    const regret = (best: number) => Math.log10(Math.max(best - reference.optimum, 1e-6));
    const at = (evaluation: number) => regret(ours[evaluation - 1]!) - regret(engine.best[seed]![evaluation - 1]!);
    differences.half.push(at(reference.n0 + Math.floor(reference.evaluations / 2)));
    differences.full.push(at(reference.n0 + reference.evaluations));
  }
  const { user, system } = process.cpuUsage(before);
  return {
    problem: name,
    half: meanAndError(differences.half),
    full: meanAndError(differences.full),
    cpuMsPerProposal: (user + system) / 1000 / (seeds * reference.evaluations),
  };
}

/** Lowest noiseless value so far after each evaluation, the start included. */
async function curve(
  name: string,
  reference: ReferenceCurves,
  seed: number,
  { acquisition, batch }: BenchOptions,
): Promise<number[]> {
  const campaign = campaignOf(name, reference, seed, acquisition);
  const problem = problemNamed(name.replace(/noisy$|4$/, ''), reference.bounds.length);
  const random = new Generator(seed, 'noise');
  const trials: TrialRecord[] = [];
  const best: number[] = [];
  for (let round = 1; best.length < reference.n0 + reference.evaluations; round++) {
    const { proposals } = await decide({ campaign, round, count: batch, pending: [], remainingCost: null, trials });
    for (const proposal of proposals) {
      const value = problem.evaluate(
        campaign.space.parameters.map((parameter) => proposal.design[parameter.name] as number),
        [],
      );
      const values = { f: value + (noise[name] ?? 0) * random.normal() };
      const observation = {
        trialId: proposal.id,
        outcome: 'measured',
        values,
        noise: {},
        cost: 1,
        durationMs: 0,
        cause: null,
        artefacts: {},
        details: {},
      } as const;
      trials.push({ proposal, state: 'ended', observation, startedAt: null, endedAt: null });
      best.push(Math.min(value, best.at(-1) ?? Number.POSITIVE_INFINITY));
    }
  }
  return best;
}

function campaignOf(
  name: string,
  { bounds, initialDesigns, n0 }: ReferenceCurves,
  seed: number,
  acquisition: string | undefined,
): Campaign {
  const parameters = bounds.map(
    (range, j): Parameter => ({ name: `x${j + 1}`, type: 'continuous', bounds: [...range] }),
  );
  const designs = initialDesigns[`${seed}`]!.map((unit) =>
    Object.fromEntries(unit.map((u, j) => [`x${j + 1}`, bounds[j]![0] + u * (bounds[j]![1] - bounds[j]![0])])),
  );
  const spec = campaignSchema.parse({
    name,
    seed,
    space: { parameters },
    objectives: [{ name: 'f', direction: 'minimise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', cost: 1 }],
    strategy: { initial: { designs, trials: n0 }, ...(acquisition === undefined ? {} : { acquisition }) },
    budget: { trials: 10_000 },
  });
  return { id: name, spec, space: { parameters, pool: null } };
}
