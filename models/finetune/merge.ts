import { NumericalError } from '../domain/errors.js';
import { rewriteModel } from '../onnx/rewrite-model.js';
import { openSession } from '../onnx/runtime.js';
import type { StoredModel, StoredNode } from '../onnx/stored-model.js';
import { float32, type TensorData } from '../onnx/tensor.js';
import { withoutRuntime } from './boundary.js';
import type { FineTunePlan } from './plan.js';
import type { Numbers } from './state.js';
import type { TailModel, TailParts } from './tail-model.js';
import { mergedWeight } from './tail-weights.js';
import type { Targets } from './targets.js';

/** What fine-tuning gives. */
export interface FineTuned {
  /** Content of an `.onnx` file with the inputs and outputs of the stored one. */
  readonly model: Uint8Array;
  /** For each level: a value is offset + weights · output, in its own unit, of the output as it was pooled. */
  readonly heads: readonly { readonly offset: number; readonly weights: Float64Array }[];
  /** Largest difference of its output from what was learned, on a batch, of the larger of 1 and the value. */
  readonly difference: number;
}

/** Largest difference that is let pass. */
const tolerance = 1e-4;

/** What is merged. */
export interface Merging extends TailParts {
  readonly plan: FineTunePlan;
  readonly model: StoredModel;
  readonly targets: Targets;
  readonly centre: { readonly mean: Float32Array; readonly sd: Float32Array };
}

/**
 * Writes learned weights into the stored model, and looks whether it says what was learned. Weights that several layers share become
 * one for each place that has learned.
 *
 * @throws {NumericalError} if it says something else
 */
export async function merge(parts: Merging, parameters: Numbers, tail: TailModel): Promise<FineTuned> {
  const { model, learned, method, plan, batch } = parts;
  const inputs = new Map<StoredNode, readonly string[]>();
  const constants = new Map<string, TensorData>();
  const taken = new Set([...model.constants.keys(), ...model.nodes.flatMap(({ outputs }) => outputs), ...model.inputs]);
  for (const each of learned) {
    const { node, place } = each;
    let name = `${node.inputs[place]}.${node.outputs[0]}.tuned`;
    while (taken.has(name)) name += '+';
    taken.add(name);
    constants.set(name, float32(mergedWeight(each, method, parameters), each.weight.shape));
    inputs.set(
      node,
      (inputs.get(node) ?? node.inputs).map((input, i) => (i === place ? name : input)),
    );
  }
  const bytes = rewriteModel(model, { inputs, constants });
  const some = [...plan.tokens.keys()].slice(0, batch);
  const session = await openSession(bytes);
  if (session === null) throw withoutRuntime();
  try {
    const feeds = plan.feeds(
      some.map((i) => plan.tokens[i]!),
      parts.boundary.tokens,
    );
    const found = (await session.run(feeds))[plan.output]!.data as Float32Array;
    const learnedOutput = await tail.outputs(parameters, some);
    const difference = learnedOutput.reduce((worst, value, at) => {
      return Math.max(worst, Math.abs(value - found[at]!) / Math.max(1, Math.abs(value)));
    }, 0);
    if (!(difference <= tolerance))
      throw new NumericalError(
        `the merged model differs from what was learned by ${difference}, more than ${tolerance}`,
      );
    return { model: bytes, heads: headsOf(parts, parameters), difference };
  } finally {
    await session.release();
  }
}

/** Heads as functions of the embedding as it comes out of the model, in the units of the labels. */
function headsOf({ targets, centre }: Merging, parameters: Numbers): FineTuned['heads'] {
  const { levels, mean, sd } = targets;
  return Array.from({ length: levels }, (_, level) => {
    const weights = Float64Array.from(centre.sd, (spread, j) => {
      return (sd[level]! * parameters['head.weight']![j * 2 * levels + level]!) / spread;
    });
    const shift = weights.reduce((sum, weight, j) => sum + weight * centre.mean[j]!, 0);
    return { weights, offset: mean[level]! + sd[level]! * parameters['head.offset']![level]! - shift };
  });
}
