import { describe, expect, it } from 'vitest';
import { add, matmul, mean, mul, sub, tanh } from '../../../models/onnx/operators.js';
import { type Tensors, Training, type TrainingPlan } from '../../../models/onnx/training.js';
import { Generator } from '../../../models/random/generator.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();
const n = 12;

/** y ≈ v·tanh(W·x + b), least squares. */
const plan = (type: TrainingPlan['type'], batch?: TrainingPlan['batch']): TrainingPlan => ({
  type,
  parameters: { W: [3, 4], b: [4], v: [4, 1] },
  data: { x: [n, 3], y: [n, 1] },
  ...(batch === undefined ? {} : { batch }),
  loss: ({ W, b, v }, { x, y }) => {
    const error = sub(matmul(tanh(add(matmul(x!, W!), b!)), v!), y!);
    const objective = mean(mul(error, error));
    return { objective, told: objective };
  },
});

const draw = new Generator(5);
const normals = (count: number, type: TrainingPlan['type']) => {
  const values = Float64Array.from({ length: count }, () => draw.normal());
  return type === 'float32' ? Float32Array.from(values) : values;
};
const start = (type: TrainingPlan['type']): Tensors => ({
  W: normals(12, type),
  b: normals(4, type),
  v: normals(4, type),
});
const dataOf = (type: TrainingPlan['type']): Tensors => ({ x: normals(3 * n, type), y: normals(n, type) });

describe.runIf(present)('Training', () => {
  it('is the same bit for bit in one run, in chunks and step by step, and again', async () => {
    const training = (await Training.open(plan('float32')))!;
    const [first, data] = [start('float32'), dataOf('float32')];
    const rates = Array.from({ length: 20 }, (_, i) => 0.01 * 0.97 ** i);
    const inChunksOf = async (size: number) => {
      let state = training.begin(first);
      const told: number[] = [];
      for (let from = 0; from < 20; from += size) {
        const ran = await training.run(state, data, { rates: rates.slice(from, from + size), decay: 0.01 });
        ({ state } = ran);
        told.push(...ran.told);
      }
      return { state, told };
    };
    const whole = await inChunksOf(20);
    expect(whole.told).toHaveLength(20);
    expect(whole.told[19]!).toBeLessThan(whole.told[0]!);
    for (const size of [1, 7, 20]) expect(await inChunksOf(size)).toEqual(whole);
    await training.close();
  });

  it('takes the steps of Adam with decoupled decay', async () => {
    const training = (await Training.open(plan('float64')))!;
    const [first, data] = [start('float64'), dataOf('float64')];
    const run = (at: Tensors) => training.run(training.begin(at), data, { rates: [0], decay: 0 });
    const slope = async (name: string, q: number) => {
      const lossAt = async (by: number) => {
        const moved = { ...first, [name]: first[name]!.map((value, j) => (j === q ? value + by : value)) };
        return (await run(moved as Tensors)).told[0]!;
      };
      return ((await lossAt(1e-5)) - (await lossAt(-1e-5))) / 2e-5;
    };
    const { state } = await training.run(training.begin(first), data, { rates: [0.1], decay: 0.5 });
    for (const name of ['W', 'b', 'v'])
      for (const q of [0, 3]) {
        const g = await slope(name, q);
        // After one step the moments are (1 − β)·g and (1 − β)·g², so that the step is the rate, towards where the loss falls.
        const expected = first[name]![q]! * (1 - 0.05) - 0.1 * Math.sign(g);
        expect(state.parameters[name]![q]).toBeCloseTo(expected, 4);
        expect(state.first[name]![q]).toBeCloseTo(0.1 * g, 8);
        expect(state.second[name]![q]).toBeCloseTo(0.001 * g * g, 8);
      }
    await training.close();
  });

  it('sees the rows of each step alone', async () => {
    const training = (await Training.open(plan('float64', { of: ['x', 'y'], rows: 4 })))!;
    const [first, data] = [start('float64'), dataOf('float64')];
    const told = async (rows: readonly number[]) =>
      (await training.run(training.begin(first), data, { rates: [0.1], decay: 0, batches: [rows] })).told[0]!;
    const rows = [0, 5, 2, 11];
    const errors = Float64Array.from({ length: n }, (_, i) => {
      const { W, b, v } = first as Record<string, Float64Array>;
      const hidden = [0, 1, 2, 3].map((h) =>
        Math.tanh([0, 1, 2].reduce((s, j) => s + data.x![i * 3 + j]! * W![j * 4 + h]!, b![h]!)),
      );
      return (hidden.reduce((s, value, h) => s + value * v![h]!, 0) - data.y![i]!) ** 2;
    });
    expect(await told(rows)).toBeCloseTo(rows.reduce((s, i) => s + errors[i]!, 0) / 4, 10);
    expect(await told([1, 1, 1, 1])).toBeCloseTo(errors[1]!, 10);
    const wrong = training.run(training.begin(first), data, { rates: [0.1], decay: 0, batches: [[1, 2]] });
    await expect(wrong).rejects.toThrow(/each of 1 steps takes 4 rows/);
    await training.close();
  });
});
