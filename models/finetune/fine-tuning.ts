import { NumericalError } from '../domain/errors.js';
import { mul, scale, sub } from '../onnx/operators.js';
import { readModel, type StoredModel } from '../onnx/stored-model.js';
import { Training, type TrainingPlan } from '../onnx/training.js';
import { Generator } from '../random/generator.js';
import { readBoundary, withoutRuntime } from './boundary.js';
import { foretold, headParameters, headsAtFirst, lossOf } from './heads.js';
import { type HeldOut, judged } from './judge.js';
import { type FineTuned, merge } from './merge.js';
import { checkPlan, type FineTunePlan, planIdentity } from './plan.js';
import { type FineTuneState, type Numbers, readState, stateBytes } from './state.js';
import { findTail } from './tail.js';
import { TailModel, type TailParts, tailData, tailNumbers, writeTail } from './tail-model.js';
import { learnedWeights, weightParameters, weightsAtFirst } from './tail-weights.js';
import { type Targets, targetsOf } from './targets.js';

/** What is told of a chunk. */
export interface FineTuneFigures {
  readonly step: number;
  /** Steps if it does not end before. */
  readonly steps: number;
  /** Mean loss of the steps of the chunk, of standardised values; null if it was done before. */
  readonly loss: number | null;
  /** After an epoch, of the molecules held out. */
  readonly heldOut: HeldOut | null;
  /** Least error on these so far, and after which step: 0 is the model as it was stored. */
  readonly best: FineTuneState['best'];
  readonly done: boolean;
}

interface Parts extends TailParts {
  readonly plan: FineTunePlan;
  readonly identity: string;
  readonly model: StoredModel;
  readonly targets: Targets;
  readonly heads: Numbers;
  /** Of the embeddings as they are stored, over the molecules that are learned from. */
  readonly centre: { readonly mean: Float32Array; readonly sd: Float32Array };
}

/**
 * Fine-tunes the last layers of a stored transformer on labels of several levels, a chunk of steps at a time.
 *
 * What is not learned runs once for each molecule. A state is bytes and may be kept: from it the same bits come as without a break, on
 * one machine, also in another process that opens the same plan. Every call blocks the thread while it computes.
 */
export class FineTuning {
  private constructor(
    private readonly parts: Parts,
    private readonly tail: TailModel,
    private readonly training: Training,
  ) {}

  /**
   * Cuts the model and runs what is not learned.
   *
   * @throws {AthanorError} INVALID_INPUT, INFEASIBLE, CONTRACT or DAMAGED if the plan cannot be followed: names what of it, and why
   */
  static async open(plan: FineTunePlan): Promise<FineTuning> {
    checkPlan(plan);
    const { settings, tokens } = plan;
    const { method, batch, layers, heldOut, seed } = settings;
    const random = new Generator(seed, 'fine-tuning');
    const share = { molecules: tokens.length, weights: plan.levelWeights, share: heldOut };
    const targets = targetsOf(plan.labels, share, random.split('held out'));
    const model = readModel(plan.model);
    const tail = findTail(model, { ids: plan.ids, output: plan.output, layers });
    const boundary = await readBoundary(model, tail, plan, batch);
    const mask = Float32Array.from({ length: tokens.length * boundary.tokens }, (_, at) =>
      at % boundary.tokens < tokens[Math.floor(at / boundary.tokens)]!.length ? 1 : 0,
    );
    const learned = learnedWeights(tail, boundary, method);
    const own = { tail, opset: model.opset, boundary, learned, method, pooling: plan.pooling, batch, mask };
    const tailModel = await TailModel.open(own);
    const stored = await tailModel.embeddings(weightsAtFirst(learned, method, random), [...tokens.keys()]);
    const lost = stored.findIndex((value) => !Number.isFinite(value));
    if (lost >= 0)
      throw new NumericalError(
        `what the model gives for molecule ${Math.floor(lost / tailModel.width)} is not finite: '${plan.output}' has ${stored[lost]}`,
      );
    const centre = centreOf(stored, tailModel.width, targets.learned);
    const heads = headsAtFirst(standardised(stored, centre), tailModel.width, targets);
    const parts = { ...own, plan, identity: planIdentity(plan), model, targets, heads, centre };
    const training = await Training.open(trainingPlan(parts, tailModel.width));
    if (training === null) throw withoutRuntime();
    return new FineTuning(parts, tailModel, training);
  }

  /** The state before the first step: the model as it is stored, under the best linear heads. */
  async begin(): Promise<Uint8Array> {
    const { plan, learned, method, heads, targets } = this.parts;
    const random = new Generator(plan.settings.seed, 'fine-tuning');
    const parameters = { ...weightsAtFirst(learned, method, random), ...heads };
    const { first, second } = this.training.begin(parameters) as { first: Numbers; second: Numbers };
    const best = targets.heldOut.length === 0 ? null : { step: 0, error: (await this.judge(parameters)).error };
    return this.bytes({ step: 0, best, stale: 0, done: false, parameters, first, second, kept: parameters });
  }

  /**
   * Goes on by one chunk; a state that is done stays as it is.
   *
   * @throws {NumericalError} if a loss is not finite; names the step
   * @throws {ContractError} if the state is of another plan
   * @throws {DamagedError} if it is none
   */
  async advance(bytes: Uint8Array): Promise<{ readonly state: Uint8Array; readonly figures: FineTuneFigures }> {
    const before = this.read(bytes);
    const { settings } = this.parts.plan;
    const inEpoch = Math.ceil(this.parts.targets.learned.length / settings.batch);
    const steps = settings.epochs * inEpoch;
    if (before.done) {
      const { step, best, done } = before;
      return { state: bytes, figures: { step, steps, loss: null, heldOut: null, best, done } };
    }
    const count = Math.min(settings.chunk, inEpoch - (before.step % inEpoch));
    const ran = await this.training.run(before, this.numbers(), {
      rates: Array.from({ length: count }, (_, i) => rateAt(before.step + i, steps, settings.rate)),
      decay: settings.decay,
      batches: Array.from({ length: count }, (_, i) => this.batchAt(before.step + i, inEpoch)),
    });
    const lost = ran.told.findIndex((loss) => !Number.isFinite(loss));
    if (lost >= 0)
      throw new NumericalError(
        `the loss of step ${before.step + lost + 1} is ${ran.told[lost]}: learning has lost its way; a smaller rate than ${settings.rate} may help`,
      );
    const { step } = ran.state;
    const now = { step, ...(ran.state as unknown as Record<'parameters' | 'first' | 'second', Numbers>) };
    const isEpoch = step % inEpoch === 0;
    const heldOut = isEpoch && before.best !== null ? await this.judge(now.parameters) : null;
    const isBetter = heldOut !== null && heldOut.error < before.best!.error;
    const best = isBetter ? { step, error: heldOut.error } : before.best;
    const stale = isBetter ? 0 : before.stale + (isEpoch ? 1 : 0);
    const done = step >= steps || (best !== null && stale >= settings.patience);
    const kept = isBetter || best === null ? now.parameters : before.kept;
    const state = this.bytes({ ...now, best, stale, done, kept });
    return { state, figures: { step, steps, loss: ran.told.reduce((a, b) => a + b) / count, heldOut, best, done } };
  }

  /**
   * The model with what was learned so far: of the best epoch, or the last weights where no molecules are held out.
   *
   * @throws {NumericalError} if it gives anything else than what was learned, by more than 1e-4
   */
  async finish(bytes: Uint8Array): Promise<FineTuned> {
    return merge(this.parts, this.read(bytes).kept, this.tail);
  }

  /** Gives its memory back. */
  async close(): Promise<void> {
    await this.tail.close();
    await this.training.close();
  }

  private read(bytes: Uint8Array): FineTuneState {
    const { identity, learned, method, plan } = this.parts;
    const shapes = {
      ...weightParameters(learned, method),
      ...headParameters(this.tail.width, plan.levelWeights.length),
    };
    return readState(bytes, identity, shapes);
  }

  private bytes(state: FineTuneState): Uint8Array {
    return stateBytes(state, this.parts.identity);
  }

  private numbers(): Numbers {
    const { targets } = this.parts;
    return { ...tailNumbers(this.parts), y: targets.y, weight: targets.weight };
  }

  /** Molecules of a step: an epoch has each once, those at its start again where the last batch is not full. */
  private batchAt(step: number, inEpoch: number): number[] {
    const { plan, targets } = this.parts;
    const { seed, batch } = plan.settings;
    const order = new Generator(seed, 'fine-tuning', 'epoch', Math.floor(step / inEpoch)).permutation(
      targets.learned.length,
    );
    const from = (step % inEpoch) * batch;
    return Array.from({ length: batch }, (_, i) => targets.learned[order[(from + i) % order.length]!]!);
  }

  private async judge(parameters: Numbers): Promise<HeldOut> {
    const { targets, centre } = this.parts;
    const rows = standardised(await this.tail.embeddings(parameters, targets.heldOut), centre);
    return judged(rows, this.tail.width, parameters, targets);
  }
}

/** Grows over the first tenth of the steps, then falls along a cosine to a tenth. */
function rateAt(step: number, steps: number, rate: number): number {
  const fallen = rate * (0.1 + 0.45 * (1 + Math.cos((Math.PI * step) / steps)));
  return fallen * Math.min(1, (step + 1) / Math.max(1, steps / 10));
}

function trainingPlan(parts: Parts, width: number): TrainingPlan {
  const { plan, targets, learned, method, batch, centre } = parts;
  const n = plan.tokens.length;
  const { levels } = targets;
  const own = tailData(parts);
  const data = Object.fromEntries(Object.entries(own).map(([name, shape]) => [name, [n, ...shape]]));
  const total = targets.learned.reduce((sum, i) => {
    return sum + targets.weight.subarray(i * levels, (i + 1) * levels).reduce((a, b) => a + b, 0);
  }, 0);
  return {
    type: 'float32',
    parameters: { ...weightParameters(learned, method), ...headParameters(width, levels) },
    data: { ...data, y: [n, levels], weight: [n, levels] },
    batch: { of: [...Object.keys(own), 'y', 'weight'], rows: batch },
    loss: (parameters, seen) => {
      const { tape } = seen.y!;
      const { embedding } = writeTail(tape, parts, parameters, seen);
      const rows = mul(sub(embedding, tape.constant(centre.mean)), tape.constant(centre.sd.map((sd) => 1 / sd)));
      const loss = lossOf(plan.settings.loss, foretold(rows, parameters), { y: seen.y!, weight: seen.weight! });
      const objective = scale(loss, targets.learned.length / (total * batch));
      return { objective, told: objective };
    },
  };
}

function centreOf(rows: Float32Array, width: number, molecules: readonly number[]): Parts['centre'] {
  const [mean, sd] = [new Float32Array(width), new Float32Array(width)];
  for (let j = 0; j < width; j++) {
    const own = molecules.map((i) => rows[i * width + j]!);
    const average = own.reduce((a, b) => a + b, 0) / own.length;
    const variance = own.reduce((sum, value) => sum + (value - average) ** 2, 0) / own.length;
    mean[j] = average;
    sd[j] = Math.sqrt(variance) || 1;
  }
  return { mean, sd };
}

function standardised(rows: Float32Array, { mean, sd }: Parts['centre']): Float32Array {
  return rows.map((value, at) => (value - mean[at % mean.length]!) / sd[at % sd.length]!);
}
