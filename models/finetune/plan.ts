import { InfeasibleError, InvalidInputError } from '../domain/errors.js';
import type { Fault } from '../domain/fault.js';
import { sha256Of } from '../domain/sha256.js';
import type { Pooling } from '../pretrained/manifest.js';
import type { Molecules } from './boundary.js';
import type { Loss } from './heads.js';
import type { Method } from './tail-weights.js';
import type { Label } from './targets.js';

/** With fewer labels in all, frozen embeddings are as good, and fine-tuning does not begin unless it is asked to. */
export const fewestLabels = 100;

/** What is learned, from what. */
export interface FineTunePlan extends Molecules {
  /** Content of an `.onnx` file: a transformer of tokens. */
  readonly model: Uint8Array;
  /** Input that has the tokens; output that is learned from, and what is made of it where it has a row for each token. */
  readonly ids: string;
  readonly output: string;
  readonly pooling: Pooling;
  readonly labels: readonly Label[];
  /** What a value of each level counts, e.g. 1; as many as there are levels. */
  readonly levelWeights: readonly number[];
  readonly settings: FineTuneSettings;
  /** Begins with fewer than `fewestLabels`, too. */
  readonly evenIfFew?: boolean;
}

/** How it is learned. */
export interface FineTuneSettings {
  /** Whole number from 0 to 2³² − 1. */
  readonly seed: number;
  /** Layers that are learned, the last before the output. */
  readonly layers: number;
  readonly method: Method;
  readonly loss: Loss;
  /** Molecules of a step. */
  readonly batch: number;
  /** Passes over the molecules at most; after how many without a better figure on those held out it ends. */
  readonly epochs: number;
  readonly patience: number;
  /** Share of the molecules that is held out; with 0 all epochs are run, and the last weights taken. */
  readonly heldOut: number;
  /** Largest step length: reached after a tenth of the steps, then falling to a tenth of it. */
  readonly rate: number;
  /** Decay of what is added to stored weights, decoupled, relative to the step length. */
  readonly decay: number;
  /** Steps of a chunk, at most; an epoch ends one. */
  readonly chunk: number;
}

/** Settings but for the seed, where nothing else is said. */
export const usualSettings: Omit<FineTuneSettings, 'seed'> = {
  layers: 2,
  method: { kind: 'lora', rank: 8, alpha: 16 },
  loss: { kind: 'squared' },
  batch: 16,
  epochs: 30,
  patience: 5,
  heldOut: 0.2,
  rate: 1e-3,
  decay: 0.01,
  chunk: 25,
};

/**
 * Makes sure that a plan can be followed.
 *
 * @throws {InvalidInputError} naming every setting that is out of its range
 * @throws {InfeasibleError} if there are too few labels, or no molecules to learn from
 */
export function checkPlan({ settings, labels, tokens, levelWeights, evenIfFew }: FineTunePlan): void {
  const { seed, layers, method, loss, batch, epochs, patience, heldOut, rate, decay, chunk } = settings;
  const faults: Fault[] = [];
  const allow = (path: string, value: number, isGood: boolean, remedy: string) => {
    if (!isGood) faults.push({ path, message: `cannot be ${value}`, remedy });
  };
  const whole = (path: string, value: number, most: number) =>
    allow(path, value, Number.isInteger(value) && value >= 1 && value <= most, `a whole number from 1 to ${most}`);
  allow('seed', seed, Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32, 'a whole number from 0 to 2^32 - 1');
  whole('layers', layers, 1_000);
  whole('batch', batch, 1_024);
  whole('epochs', epochs, 100_000);
  whole('patience', patience, 100_000);
  whole('chunk', chunk, 100_000);
  allow('heldOut', heldOut, heldOut >= 0 && heldOut <= 0.5, 'a share from 0 to 0.5');
  allow('rate', rate, rate > 0 && rate <= 1, 'above 0, at most 1');
  allow('decay', decay, decay >= 0 && decay * rate < 1, 'at least 0, and below 1 over the rate');
  if (loss.kind === 'nll') allow('loss.beta', loss.beta, loss.beta >= 0 && loss.beta <= 1, 'from 0 to 1');
  if (method.kind === 'lora') {
    whole('method.rank', method.rank, 1_024);
    allow('method.alpha', method.alpha, method.alpha > 0 && Number.isFinite(method.alpha), 'above 0');
  }
  levelWeights.forEach((weight, level) => {
    allow(`levelWeights[${level}]`, weight, weight >= 0 && Number.isFinite(weight), 'at least 0');
  });
  tokens.forEach((row, i) => {
    if (row.length === 0) allow(`tokens[${i}]`, 0, false, 'at least one token');
  });
  if (faults.length > 0) throw new InvalidInputError('fine-tuning', faults.slice(0, 20));
  if (labels.length < fewestLabels && evenIfFew !== true)
    throw new InfeasibleError(
      `${labels.length} labels are fewer than the ${fewestLabels} from which fine-tuning pays: frozen embeddings are as good; it begins only if it is asked to`,
    );
  if (labels.length === 0) throw new InfeasibleError('there is no label to learn from');
}

/** By what a plan is known: states of another are not gone on with. */
export function planIdentity({
  model,
  ids,
  output,
  pooling,
  tokens,
  labels,
  levelWeights,
  settings,
}: FineTunePlan): string {
  return sha256Of(JSON.stringify([sha256Of(model), ids, output, pooling, tokens, labels, levelWeights, settings]));
}
