import type { Campaign } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { problemNamed } from '../../models/problems/problems.js';
import { Generator } from '../../models/random/generator.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { surrogatesBehind } from '../../models/strategy/explain/surrogates-behind.js';
import type { BenchOptions } from './contract.js';
import { coverage90, targetMedians } from './coverage90.js';
import { cpuSeconds } from './cpu-seconds.js';
import { designAtUnit, toldCampaign } from './told-campaign.js';

/** Curves of other engines from stated starts: best value so far by engine, seed and evaluation. */
export interface ReferenceCurves {
  readonly bounds: readonly (readonly [number, number])[];
  readonly optimum: number;
  /** Evaluations of the start, and after it. */
  readonly n0: number;
  readonly evaluations: number;
  /** Starting designs in the unit cube, by seed. */
  readonly initialDesigns: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly engines: Readonly<Record<string, EngineCurves>>;
}

/** The curves of one engine, all without noise, [seed][evaluation]. */
export interface EngineCurves {
  readonly best: readonly (readonly number[])[];
  /** Value at the design with the best posterior mean, before each evaluation after the start. */
  readonly inference?: readonly (readonly number[])[];
}

/** What one run on a test problem gave. */
export interface RegretRun {
  /** Lowest noiseless value so far after each evaluation, the start included. */
  readonly best: readonly number[];
  /** Noiseless value at the measured design with the best posterior mean, half-way and before the last evaluation. */
  readonly inference: { readonly half: number; readonly full: number };
  /** Share of 200 uniform points whose noiseless value lies in the 90 % interval, half-way. */
  readonly coverage: number;
  /** The same of intervals as calibrated. */
  readonly calibratedCoverage: number;
  readonly cpuSeconds: number;
}

/** Standard deviations of what is added to a value, by problem; 0 where absent. */
export const noises: Readonly<Record<string, number>> = { hartmann6noisy: 0.1 };
const coveragePoints = 200;

/** One run on a problem of the reference curves, from the start that they have for this seed. */
export async function regretRun(
  name: string,
  reference: ReferenceCurves,
  seed: number,
  { acquisition, surrogate, batch }: Pick<BenchOptions, 'acquisition' | 'surrogate' | 'batch'>,
): Promise<RegretRun> {
  const { bounds, n0, evaluations, initialDesigns } = reference;
  const designs = initialDesigns[`${seed}`]!.map((unit) => designAtUnit(bounds, unit));
  const strategy = {
    initial: { designs, trials: n0 },
    ...(acquisition === undefined ? {} : { acquisition }),
    ...(surrogate === undefined ? {} : { surrogate }),
  };
  const campaign = toldCampaign({ name, seed, bounds, direction: 'minimise', strategy });
  const problem = problemNamed(name.replace(/noisy$|4$/, ''), bounds.length);
  const truth = (design: Design) => problem.evaluate(Object.values(design) as number[], []);
  const random = new Generator(seed, 'noise');
  const planner = new Planner(campaign);
  const best: number[] = [];
  let seconds = 0;
  while (best.length < n0 + evaluations) {
    const asked = await cpuSeconds(() => planner.ask(batch));
    seconds += asked.seconds;
    for (const { id, design } of asked.result.proposals) {
      const value = truth(design);
      planner.tell([{ id, value: value + (noises[name] ?? 0) * random.normal() }]);
      best.push(Math.min(value, best.at(-1) ?? Number.POSITIVE_INFINITY));
    }
  }
  const { trials } = planner;
  const half = n0 + Math.floor(evaluations / 2);
  const decided = await behind(campaign, trials, half);
  const points = new Generator(seed, 'coverage');
  const uniform = Array.from({ length: coveragePoints }, () => {
    const design = designAtUnit(
      bounds,
      bounds.map(() => points.uniform()),
    );
    return { design, value: truth(design) };
  });
  return {
    best,
    inference: {
      half: truth(await inferred(campaign, trials, half)),
      full: truth(await inferred(campaign, trials, n0 + evaluations - 1)),
    },
    coverage: coverage90(decided.model, campaign, uniform, 'truth'),
    calibratedCoverage: coverage90(await decided.model.calibrated(), campaign, uniform, 'truth'),
    cpuSeconds: seconds,
  };
}

/** What was measured when the trial after the first n was decided, and the surrogates it was decided with. */
async function behind(campaign: Campaign, trials: readonly TrialRecord[], n: number) {
  const { observed, fit } = trials[n]!.proposal.basis;
  const known = trials.slice(0, observed);
  return { known, model: await surrogatesBehind(campaign, known, fit!) };
}

/** The one of the designs measured by then at which that surrogate expects the lowest value. */
async function inferred(campaign: Campaign, trials: readonly TrialRecord[], n: number): Promise<Design> {
  const { known, model } = await behind(campaign, trials, n);
  const designs = known.map(({ proposal }) => proposal.design);
  const medians = targetMedians(model, designs);
  return designs[medians.indexOf(Math.min(...medians))]!;
}
