import { median } from 'simple-statistics';
import { Artefacts } from '../../models/strategy/artefacts.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { TrainingSet } from '../../models/surrogate/contract.js';
import { type EarlierFit, Ensemble } from '../../models/surrogate/ensemble.js';
import { surrogateChoice } from '../../models/surrogate/surrogates.js';
import { cpuSeconds } from './cpu-seconds.js';
import { type LatencyData, latencyValue, likelihoodWithGradient, trainingSet, withPoint } from './latency-data.js';
import { designAtUnit, toldCampaign } from './told-campaign.js';

/** CPU seconds at n trials in d dimensions. */
export interface LatencyRow {
  readonly n: number;
  readonly d: number;
  /** The fit of the surrogates, from no earlier one. */
  readonly fit: number;
  readonly likelihoodAndGradient: number;
  /** What a next proposal costs beyond its surrogates. */
  readonly acquire: number;
  /** A whole proposal from n trials that were told, and the next one after one more trial. */
  readonly cold: number;
  readonly warm: number;
}

/** Calls over which the likelihood's time is averaged: one may be too short to be told. */
const likelihoodCalls = 5;

/** Data sets of which a row is the median. */
export const runsPerRow = 5;

/** What a proposal costs at n trials in d dimensions: the median over data sets. */
export async function latencyRow(sets: readonly LatencyData[]): Promise<LatencyRow> {
  const { n, d } = sets[0]!;
  const runs: LatencyRow[] = [];
  for (const set of sets) runs.push(await measure(set));
  const middle = (of: (run: LatencyRow) => number) => median(runs.map(of));
  return {
    n,
    d,
    fit: middle((run) => run.fit),
    likelihoodAndGradient: middle((run) => run.likelihoodAndGradient),
    acquire: middle((run) => run.acquire),
    cold: middle((run) => run.cold),
    warm: middle((run) => run.warm),
  };
}

/** Makes decisions that nobody times. */
export async function warmUp(sets: readonly LatencyData[]): Promise<void> {
  for (const set of sets) await told(set).ask(1);
}

/** A planner that was told the data. */
function told({ d, x, y }: LatencyData): Planner {
  const bounds = Array.from({ length: d }, () => [0, 1] as const);
  const strategy = { initial: { trials: 1 } };
  const planner = new Planner(toldCampaign({ name: 'latency', seed: 0, bounds, direction: 'maximise', strategy }));
  planner.tell(Array.from(y, (value, i) => ({ design: designAtUnit(bounds, x.subarray(i * d, (i + 1) * d)), value })));
  return planner;
}

async function measure(data: LatencyData): Promise<LatencyRow> {
  const { n, d } = data;
  const planner = told(data);
  const ask = () => cpuSeconds(async () => (await planner.ask(1)).proposals[0]!);
  const cold = await ask();
  const point = Object.values(cold.result.design) as number[];
  planner.tell([{ id: cold.result.id, value: latencyValue(point) }]);
  const warm = await ask();

  const { surrogate, members } = cold.result.basis.fit!;
  const fitted = (set: TrainingSet, options: { previous: readonly EarlierFit[]; optimise: boolean }) =>
    cpuSeconds(() => Ensemble.fit(surrogateChoice(surrogate).members, set, { seed: 0, ...options }));
  const training = trainingSet(data);
  const fit = await fitted(training, { previous: [], optimise: true });
  // What the second decision did for its surrogate: a new fit from the first one, or none but the new trial.
  const optimise = warm.result.basis.fit!.round === warm.result.round;
  const again = await fitted(trainingSet(withPoint(data, point)), {
    previous: await new Artefacts().earlier(members),
    optimise,
  });
  const evaluate = likelihoodWithGradient(training);
  evaluate();
  const likelihood = await cpuSeconds(() => {
    for (let call = 0; call < likelihoodCalls; call++) evaluate();
  });
  return {
    n,
    d,
    fit: fit.seconds,
    likelihoodAndGradient: likelihood.seconds / likelihoodCalls,
    acquire: Math.max(0, warm.seconds - again.seconds),
    cold: cold.seconds,
    warm: warm.seconds,
  };
}
