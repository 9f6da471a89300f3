import { describe, expect, it } from 'vitest';
import { foretold, headParameters, headsAtFirst, type Loss, lossOf } from '../../../models/finetune/heads.js';
import { targetsOf } from '../../../models/finetune/targets.js';
import { Tape } from '../../../models/onnx/expression.js';
import { GraphBuilder } from '../../../models/onnx/graph-builder.js';
import { openSession } from '../../../models/onnx/runtime.js';
import { Generator } from '../../../models/random/generator.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();
const random = new Generator(4);
const [n, width] = [60, 5];
const embeddings = Float32Array.from({ length: n * width }, () => random.normal());
const truth = [1, -2, 0, 0.5, 0];
const value = (i: number) => truth.reduce((sum, w, j) => sum + w * embeddings[i * width + j]!, 0);
const labels = Array.from({ length: n }, (_, molecule) => [
  { molecule, level: 0, value: value(molecule) + 0.01 * random.normal() },
  { molecule, level: 1, value: random.normal() },
]).flat();

describe('headsAtFirst', () => {
  it('finds linear heads, weak where nothing is to be learned, and the variance that they leave', () => {
    const targets = targetsOf(labels, { molecules: n, weights: [1, 1, 1], share: 0.3 }, random);
    const heads = headsAtFirst(embeddings, width, targets);
    const column = (k: number) => truth.map((_, j) => heads['head.weight']![j * 6 + k]! * targets.sd[k]!);
    column(0).forEach((w, j) => {
      expect(w).toBeCloseTo(truth[j]!, 1);
    });
    expect(Math.hypot(...column(1))).toBeLessThan(0.5);
    expect(column(2)).toEqual([0, 0, 0, 0, 0]);
    const logVariances = [...heads['head.offset']!.subarray(3)];
    expect(logVariances[0]).toBeLessThan(-3);
    expect(Math.abs(logVariances[1]!)).toBeLessThan(0.6);
    expect([...heads['head.offset']!.subarray(0, 3)]).toEqual([0, 0, 0]);
  });
});

describe.runIf(present)('lossOf', () => {
  const [z, weights, offsets] = [
    [0.5, -1, 2, 0.25],
    [0.3, 0.1, -0.2, 0.4],
    [0.2, -0.6],
  ];
  const [y, counted] = [
    [1, 0],
    [2, 0],
  ];
  const of = async (loss: Loss) => {
    const graph = new GraphBuilder('loss');
    const tape = new Tape(graph, 'float64');
    const shapes = headParameters(2, 1);
    const parameters = {
      'head.weight': tape.constant(weights, shapes['head.weight']),
      'head.offset': tape.constant(offsets, shapes['head.offset']),
    };
    const told = foretold(tape.constant(z, [2, 2]), parameters);
    const made = lossOf(loss, told, { y: tape.constant(y, [2, 1]), weight: tape.constant(counted, [2, 1]) });
    graph.output('loss', made.value, 'float64', []);
    const session = (await openSession(graph.model()))!;
    const found = Number((await session.run({})).loss!.data[0]);
    await session.release();
    return found;
  };

  it('counts squared errors or log likelihoods of labels alone', async () => {
    const mean = z[0]! * weights[0]! + z[1]! * weights[2]! + offsets[0]!;
    const logVariance = 5 * Math.tanh((z[0]! * weights[1]! + z[1]! * weights[3]! + offsets[1]!) / 5);
    const squared = (mean - 1) ** 2;
    const nll = (logVariance + squared / Math.exp(logVariance)) / 2;
    expect(await of({ kind: 'squared' })).toBeCloseTo(2 * squared, 12);
    expect(await of({ kind: 'nll', beta: 0 })).toBeCloseTo(2 * nll, 12);
    expect(await of({ kind: 'nll', beta: 0.5 })).toBeCloseTo(2 * Math.exp(0.5 * logVariance) * nll, 12);
  });
});
