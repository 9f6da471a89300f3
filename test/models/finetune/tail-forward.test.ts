import { describe, expect, it } from 'vitest';
import { readBoundary } from '../../../models/finetune/boundary.js';
import { findTail } from '../../../models/finetune/tail.js';
import { pooled, tailOutput } from '../../../models/finetune/tail-forward.js';
import {
  LearnedReading,
  learnedWeights,
  type Method,
  weightParameters,
} from '../../../models/finetune/tail-weights.js';
import { type Expression, Tape } from '../../../models/onnx/expression.js';
import { GraphBuilder } from '../../../models/onnx/graph-builder.js';
import { mul } from '../../../models/onnx/operators.js';
import { openSession } from '../../../models/onnx/runtime.js';
import { sizeOf, sum } from '../../../models/onnx/shaping.js';
import { readModel } from '../../../models/onnx/stored-model.js';
import { float64 } from '../../../models/onnx/tensor.js';
import { Generator } from '../../../models/random/generator.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';
import { type TinyTransformer, tinyFeeds, tinyTexts, tinyTransformer } from '../../support/tiny-transformer.js';

const present = await hasOnnxRuntime();
const shape: TinyTransformer = { layers: 2, width: 8, heads: 2, vocabulary: 9 };
const batch = 2;

/**
 * Largest difference of the derivatives of a whole layer, by all that is learned and by its input, from central differences in
 * 64 bits, of the largest derivative by the same tensor.
 */
async function worstError(method: Method, other: Partial<TinyTransformer>): Promise<number> {
  const model = readModel(tinyTransformer({ ...shape, ...other }, 3));
  const tail = findTail(model, { ids: 'input_ids', output: 'last_hidden_state', layers: 1 });
  const boundary = await readBoundary(model, tail, { tokens: tinyTexts(batch, shape, 5), feeds: tinyFeeds }, batch);
  const learned = learnedWeights(tail, boundary, method);
  const graph = new GraphBuilder('checked');
  const tape = new Tape(graph, 'float64');
  const draw = new Generator(2);
  const points = new Map<string, { size: readonly number[]; values: Float64Array }>();
  const input = (
    name: string,
    size: readonly number[],
    values = Float64Array.from({ length: sizeOf(size) }, () => 0.3 * draw.normal()),
  ) => {
    points.set(name, { size, values });
    return tape.input(name, size);
  };
  const parameters = Object.fromEntries(
    Object.entries(weightParameters(learned, method)).map(([name, size]) => [name, input(name, size)]),
  );
  const given = new Map<string, Expression>();
  for (const [name, own] of boundary.perMolecule) {
    const size = [batch, ...own.shape];
    const values = Float64Array.from(own.values);
    given.set(name, name === tail.cut ? input('cut', size, values) : tape.constant(values, size));
  }
  const reading = new LearnedReading(learned, method, parameters);
  const output = tailOutput(tape, tail, { opset: model.opset, boundary, given, learned: reading });
  const mask = tape.constant(new Float64Array(batch * boundary.tokens).fill(1), [batch, boundary.tokens]);
  const made = pooled(output, mask, 'mean');
  const shares = Float64Array.from({ length: sizeOf(made.shape) }, () => draw.normal());
  const loss = sum(mul(made, tape.constant(shares, made.shape)));
  graph.output('loss', loss.value, 'float64', []);
  const inputs = [...points.keys()].map((name) => (name === 'cut' ? given.get(tail.cut)! : parameters[name]!));
  tape.gradients(loss, inputs).forEach((gradient, i) => {
    graph.output(`g${i}`, gradient.value, 'float64', gradient.shape);
  });
  const session = (await openSession(graph.model()))!;
  const run = (moved?: { name: string; at: number; by: number }) =>
    session.run(
      Object.fromEntries(
        [...points].map(([name, { size, values }]) => {
          const here =
            name === moved?.name ? values.map((value, i) => (i === moved.at ? value + moved.by : value)) : values;
          return [name, float64(here, size)];
        }),
      ),
    );
  const found = await run();
  let worst = 0;
  for (const [i, [name, { values }]] of [...points].entries()) {
    const gradient = found[`g${i}`]!.data as Float64Array;
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Keys all shifted by the same change no share of attention.
    if (largest < 1e-10) continue;
    for (const at of [0, 1, Math.floor(values.length / 2), values.length - 1]) {
      const lossAt = async (by: number) => Number((await run({ name, at, by })).loss!.data[0]);
      const difference = ((await lossAt(1e-5)) - (await lossAt(-1e-5))) / 2e-5;
      worst = Math.max(worst, Math.abs(gradient[at]! - difference) / largest);
    }
  }
  await session.release();
  return worst;
}

describe.runIf(present)('the tail of a transformer', () => {
  const lora = { kind: 'lora', rank: 3, alpha: 6 } as const;
  const full = { kind: 'full' } as const;
  it.each([
    ['all weights', full, {}],
    ['all weights, as exporters write them', full, { exported: true }],
    ['all weights, normalised first', full, { normalFirst: true }],
    ['low rank', lora, {}],
    ['low rank, as exporters write it, normalised first', lora, { exported: true, normalFirst: true }],
  ] as const)('has the derivatives of central differences in 64 bits: %s', async (_, method, other) => {
    expect(await worstError(method, other)).toBeLessThan(1e-6);
  });
});
