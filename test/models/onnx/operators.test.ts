import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as active from '../../../models/onnx/activations.js';
import { type Expression, Tape } from '../../../models/onnx/expression.js';
import { GraphBuilder } from '../../../models/onnx/graph-builder.js';
import * as op from '../../../models/onnx/operators.js';
import { openSession } from '../../../models/onnx/runtime.js';
import * as selecting from '../../../models/onnx/selecting.js';
import * as shaping from '../../../models/onnx/shaping.js';
import { float64, int64 } from '../../../models/onnx/tensor.js';
import { Generator } from '../../../models/random/generator.js';
import { hasOnnxRuntime } from '../../support/screen-models.js';

const present = await hasOnnxRuntime();
type Shape = readonly number[];
const sizeOf = (shape: Shape) => shaping.sizeOf(shape);

/** Largest difference of the gradients from central differences, of the gradients' largest entry. */
async function worstError(shapes: readonly Shape[], build: (...xs: Expression[]) => Expression, seed = 1, least = -1) {
  const graph = new GraphBuilder('checked');
  const tape = new Tape(graph, 'float64');
  const inputs = shapes.map((shape, i) => tape.input(`x${i}`, shape));
  const made = build(...inputs);
  const draw = new Generator(seed);
  const numbers = (shape: Shape) =>
    Float64Array.from({ length: sizeOf(shape) }, () => least + draw.uniform() * (1 - least));
  // A number that every entry has another share in.
  const loss = shaping.sum(op.mul(made, tape.constant(numbers(made.shape), made.shape)));
  graph.output('loss', loss.value, 'float64', []);
  tape.gradients(loss, inputs).forEach((gradient, i) => {
    expect(gradient.shape).toEqual(shapes[i]);
    graph.output(`g${i}`, gradient.value, 'float64', shapes[i]!);
  });
  const session = (await openSession(graph.model()))!;
  const points = shapes.map(numbers);
  const run = (at: readonly Float64Array[]) =>
    session.run(Object.fromEntries(at.map((values, i) => [`x${i}`, float64(values, shapes[i]!)])));
  const found = await run(points);
  let worst = 0;
  for (const [i, values] of points.entries()) {
    const gradient = found[`g${i}`]!.data as Float64Array;
    const largest = Math.max(1e-3, ...gradient.map(Math.abs));
    for (const q of values.keys()) {
      const lossAt = async (by: number) => {
        const moved = points.map((one, k) => (k === i ? one.map((value, j) => (j === q ? value + by : value)) : one));
        return Number((await run(moved)).loss!.data[0]);
      };
      const difference = ((await lossAt(1e-5)) - (await lossAt(-1e-5))) / 2e-5;
      worst = Math.max(worst, Math.abs(gradient[q]! - difference) / largest);
    }
  }
  await session.release();
  return worst;
}

// biome-ignore lint/suspicious/noExplicitAny: each takes as many as it has shapes
type Build = (...xs: any[]) => Expression;

const two: Shape = [2, 3];
/** Every operator once, and again with broadcasting. */
const cases: readonly (readonly [string, readonly Shape[], Build, number?])[] = [
  ['add', [two, two], op.add],
  [
    'add, broadcast',
    [
      [2, 1, 3],
      [4, 1],
    ],
    op.add,
  ],
  ['sub, broadcast', [[3], [2, 3]], op.sub],
  ['mul', [two, two], op.mul],
  ['mul, broadcast', [two, []], op.mul],
  ['mul of one with itself', [two], (x) => op.mul(x, x)],
  ['div, broadcast', [two, [2, 1]], op.div, 0.5],
  ['neg', [two], op.neg],
  ['exp', [two], op.exp],
  ['sqrt', [two], op.sqrt, 0.2],
  ['tanh', [two], op.tanh],
  ['sigmoid', [two], op.sigmoid],
  ['silu', [two], op.silu],
  ['erf', [[40]], (x) => active.erf(op.scale(x, 4))],
  ['gelu', [[2, 9]], (x) => active.gelu(op.scale(x, 4))],
  ['gelu, tanh form', [two], (x) => active.gelu(x, 'tanh')],
  ['relu', [two], active.relu],
  ['pow', [two], (x) => active.pow(x, 3)],
  ['pow, not whole', [two], (x) => active.pow(x, -0.5), 0.5],
  [
    'gather, rows twice',
    [[4, 3]],
    (x) => selecting.gather(x, x.tape.graph.constant(int64([2, 0, 2, 2, 1, 0], [2, 3])), [2, 3]),
  ],
  ['slice', [[2, 5, 3]], (x) => selecting.slice(x, 1, 1, 4)],
  [
    'concat',
    [
      [2, 1, 3],
      [2, 4, 3],
    ],
    (x, y) => selecting.concat([x, y, x], 1),
  ],
  ['where, broadcast', [[3], [2, 1]], (x, y) => selecting.where(x.tape.constant([1, 0, 0, 0, 1, 0], two), x, y)],
  ['softmax', [[2, 2, 4]], op.softmax],
  ['layerNorm', [[2, 3, 5], [5], [5]], (x, gain, shift) => op.layerNorm(x, gain, shift, 1e-5)],
  ['mean over axes', [[2, 3, 4]], (x) => op.mean(x, [0, 2])],
  ['sum, kept', [[2, 3, 4]], (x) => shaping.sum(x, [1], true)],
  ['reshape', [two], (x) => shaping.reshape(x, [3, 2])],
  ['transpose', [[2, 3, 4]], (x) => shaping.transpose(x, [2, 0, 1])],
  ['transpose of the last two', [[2, 3, 4]], (x) => shaping.transpose(x)],
  ['expand', [[3, 1]], (x) => shaping.expand(x, [2, 3, 4])],
  [
    'matmul',
    [
      [2, 3],
      [3, 4],
    ],
    op.matmul,
  ],
  [
    'matmul, many times one',
    [
      [5, 2, 3],
      [3, 4],
    ],
    op.matmul,
  ],
  [
    'matmul, one times many',
    [
      [2, 3],
      [5, 3, 4],
    ],
    op.matmul,
  ],
  [
    'matmul, many times many',
    [
      [2, 5, 2, 3],
      [5, 3, 4],
    ],
    op.matmul,
  ],
];

describe.runIf(present)('operators', () => {
  for (const [name, shapes, build, least] of cases)
    it(`${name} has the gradient of its central differences`, async () => {
      expect(await worstError(shapes, build, 3, least)).toBeLessThan(1e-7);
    });

  it('have the gradients of central differences in any composition', async () => {
    const unary = fc.constantFrom(
      op.tanh,
      op.sigmoid,
      (x: Expression) => active.gelu(x),
      op.softmax,
      op.silu,
      shaping.transpose,
    );
    const binary = fc.constantFrom(op.add, op.mul, op.sub, op.matmul);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(unary, binary), { minLength: 1, maxLength: 4 }), async (chain) => {
        const build = (x?: Expression, y?: Expression) => chain.reduce((at, [f, join]) => join(f(at), y!), x!);
        expect(
          await worstError(
            [
              [3, 3],
              [3, 3],
            ],
            build,
            5,
          ),
        ).toBeLessThan(1e-6);
      }),
      { numRuns: 12, seed: 7 },
    );
  });

  it('let no gradient through what is stopped, and give zeros where nothing depends', async () => {
    const graph = new GraphBuilder('stopped');
    const tape = new Tape(graph, 'float64');
    const [x, y] = [tape.input('x', [2]), tape.input('y', [3])];
    const loss = shaping.sum(op.mul(op.stopped(op.exp(x)), x));
    const [byX, byY] = tape.gradients(loss, [x, y]) as [Expression, Expression];
    graph.output('byX', byX.value, 'float64', [2]);
    graph.output('byY', byY.value, 'float64', [3]);
    const session = (await openSession(graph.model()))!;
    const found = await session.run({ x: float64([0.5, -1], [2]), y: float64([1, 2, 3], [3]) });
    expect([...found.byX!.data]).toEqual([Math.exp(0.5), Math.exp(-1)].map((value) => expect.closeTo(value, 14)));
    expect([...found.byY!.data]).toEqual([0, 0, 0]);
  });
});

describe.runIf(present)('erf and gelu', () => {
  /** By `math` of Python 3.11: erf(x), and x·erfc(−x/√2)/2. */
  const known = [
    [-6, -1, -5.919525870226207e-9],
    [-1.5, -0.9661051464753108, -0.10021080190328713],
    [-0.3, -0.32862675945912745, -0.1146265733433142],
    [0, 0, 0],
    [0.5, 0.5204998778130465, 0.34573123063700656],
    [2.5, 0.9995930479825551, 2.4844758366855597],
  ] as const;

  it.each(['float64', 'float32'] as const)('have their known values in %s', async (type) => {
    const graph = new GraphBuilder('erf');
    const x = new Tape(graph, type).constant(known.map(([at]) => at));
    graph.output('erf', active.erf(x).value, type, [known.length]);
    graph.output('gelu', active.gelu(x).value, type, [known.length]);
    const session = (await openSession(graph.model()))!;
    const found = await session.run({});
    known.forEach(([at, erf, gelu], i) => {
      expect(Number(found.erf!.data[i]), `erf ${at}`).toBeCloseTo(erf, type === 'float64' ? 14 : 6);
      expect(Number(found.gelu!.data[i]), `gelu ${at}`).toBeCloseTo(gelu, type === 'float64' ? 14 : 6);
    });
    await session.release();
  });
});

describe('shapes that do not fit', () => {
  const tape = new Tape(new GraphBuilder('wrong'), 'float32');
  const x = tape.input('x', [2, 3]);
  it.each([
    ['Add', () => op.add(x, tape.constant([1, 2]))],
    ['MatMul', () => op.matmul(x, x)],
    ['MatMul', () => op.matmul(x, tape.scalar(2))],
    ['reshaped', () => shaping.reshape(x, [4])],
    ['Expand', () => shaping.expand(x, [2, 4])],
    ['order of the axes', () => shaping.transpose(x, [0, 0])],
    ['Gather', () => selecting.gather(tape.scalar(1), tape.integers([0]), [1])],
    ['Slice', () => selecting.slice(x, 1, 2, 4)],
    ['Slice', () => selecting.slice(x, 2, 0, 1)],
    ['Concat', () => selecting.concat([x, tape.constant([1, 2], [2, 1])], 0)],
    ['Concat', () => selecting.concat([], 0)],
    ['Where', () => selecting.where(tape.constant([1, 0]), x, x)],
    ['LayerNormalization', () => op.layerNorm(x, tape.constant([1, 2, 3, 4], [4, 1, 1]), tape.scalar(0), 1e-5)],
    ['one number', () => tape.gradients(x, [x])],
  ])('are refused where they are written: %s', (words, build) => {
    expect(build).toThrow(new RegExp(words));
  });
});
