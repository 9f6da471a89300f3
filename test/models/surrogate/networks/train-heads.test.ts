import { describe, expect, it } from 'vitest';
import { Tape } from '../../../../models/onnx/expression.js';
import { GraphBuilder } from '../../../../models/onnx/graph-builder.js';
import { openSession } from '../../../../models/onnx/runtime.js';
import { sizeOf } from '../../../../models/onnx/shaping.js';
import { float64 } from '../../../../models/onnx/tensor.js';
import { Generator } from '../../../../models/random/generator.js';
import { Heads, initialWeights } from '../../../../models/surrogate/networks/heads.js';
import { headPlan, trainHeads } from '../../../../models/surrogate/networks/train-heads.js';
import { hasOnnxRuntime } from '../../../support/screen-models.js';

const present = await hasOnnxRuntime();
const shape = { heads: 3, inputs: 2, hidden: 5 };
const n = 40;
const random = new Generator(6);
const rows = Float64Array.from({ length: 2 * n }, () => random.normal());
const y = Float64Array.from({ length: n }, (_, i) => Math.sin(2 * rows[2 * i]!) + 0.5 * rows[2 * i + 1]!);
const leftOut = [0, 1, 2].map((k) => Array.from({ length: n }, (_, i) => i % 3 === k));

describe.runIf(present)('networks that are trained', () => {
  it('have gradients of central differences to 1e-6 of their largest, where predicted variances weigh no rows', async () => {
    expect(await worstError(6)).toBeLessThan(1e-6);
  });

  it('learn, the same bits for a seed, and foretell what they left out', async () => {
    const weights = await trainHeads(shape, { n, rows, y, leftOut }, 1);
    expect(await trainHeads(shape, { n, rows, y, leftOut }, 1)).toEqual(weights);
    expect(await trainHeads(shape, { n, rows, y, leftOut }, 2)).not.toEqual(weights);
    const means = new Heads(shape, weights).means(rows, n);
    means.forEach((mean, k) => {
      const errors = [...y].flatMap((value, i) => (leftOut[k]![i] ? [(value - mean[i]!) ** 2] : []));
      const spread = [...y].flatMap((value, i) => (leftOut[k]![i] ? [value ** 2] : []));
      expect(errors.reduce((a, b) => a + b)).toBeLessThan(0.3 * spread.reduce((a, b) => a + b));
    });
  });

  it('end with an error where numbers are not finite', async () => {
    const wrong = { n, rows: rows.map((value) => value * 1e300), y, leftOut };
    await expect(trainHeads(shape, wrong, 1)).rejects.toThrow(/not finite/);
  });

  it('say the same in this language as in their graph', async () => {
    const plan = headPlan(shape, n, 'float64');
    const graph = new GraphBuilder('means');
    const tape = new Tape(graph, 'float64');
    const weights = initialWeights(shape, new Generator(9));
    const named = Object.fromEntries(
      Object.entries(weights).map(([name, values]) => {
        return [name, tape.constant(Float64Array.from(values), plan.parameters[name]!)];
      }),
    );
    const judged = Float64Array.from({ length: 3 * n }, (_, at) => (at % n === 7 ? 1 : 0));
    const seen = {
      x: tape.constant(rows, [n, 2]),
      y: tape.constant(y),
      inBag: tape.constant(judged, [3, n]),
      judged: tape.constant(judged, [3, n]),
    };
    const { told } = plan.loss(named, seen);
    graph.output('told', told.value, 'float64', told.shape);
    const session = (await openSession(graph.model()))!;
    const squares = (await session.run({})).told!.data as Float64Array;
    new Heads(shape, weights).means(rows, n).forEach((mean, k) => {
      expect(squares[k]).toBeCloseTo((mean[7]! - y[7]!) ** 2, 12);
    });
    await session.release();
  });
});

/** Largest difference of gradients from central differences where rows are weighed by no predicted variance. */
async function worstError(rowCount: number): Promise<number> {
  const { parameters, loss } = headPlan(shape, rowCount, 'float64', 0);
  const graph = new GraphBuilder('checked');
  const tape = new Tape(graph, 'float64');
  const draw = new Generator(11);
  const points = Object.fromEntries(
    Object.entries(parameters).map(([name, size]) => [
      name,
      Float64Array.from({ length: sizeOf(size) }, () => 0.5 * draw.normal()),
    ]),
  );
  const named = Object.fromEntries(Object.entries(parameters).map(([name, size]) => [name, tape.input(name, size)]));
  const even = tape.constant(new Float64Array(3 * rowCount).fill(1 / rowCount), [3, rowCount]);
  const seen = {
    x: tape.constant(rows.subarray(0, 2 * rowCount), [rowCount, 2]),
    y: tape.constant(y.subarray(0, rowCount)),
    inBag: even,
    judged: even,
  };
  const { objective } = loss(named, seen);
  graph.output('loss', objective.value, 'float64', []);
  tape.gradients(objective, Object.values(named)).forEach(({ value, shape: size }, p) => {
    graph.output(`g${p}`, value, 'float64', size);
  });
  const session = (await openSession(graph.model()))!;
  const run = (at: Record<string, Float64Array>) =>
    session.run(
      Object.fromEntries(
        Object.entries(at).map(([name, values]) => [
          name,
          float64(values, parameters[name as keyof typeof parameters]),
        ]),
      ),
    );
  const found = await run(points);
  let worst = 0;
  for (const [p, name] of Object.keys(points).entries()) {
    const gradient = found[`g${p}`]!.data as Float64Array;
    const largest = Math.max(...gradient.map(Math.abs));
    for (const q of [0, Math.floor(gradient.length / 2), gradient.length - 1]) {
      const lossAt = async (by: number) => {
        const moved = { ...points, [name]: points[name]!.map((value, j) => (j === q ? value + by : value)) };
        return Number((await run(moved)).loss!.data[0]);
      };
      const difference = ((await lossAt(1e-4)) - (await lossAt(-1e-4))) / 2e-4;
      worst = Math.max(worst, Math.abs(gradient[q]! - difference) / largest);
    }
  }
  await session.release();
  return worst;
}
