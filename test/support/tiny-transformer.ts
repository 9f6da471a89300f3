import { GraphBuilder, type Value } from '../../models/onnx/graph-builder.js';
import { float32, int64, type TensorData } from '../../models/onnx/tensor.js';
import { Generator } from '../../models/random/generator.js';

/** A transformer of tokens with random weights, as exporters write them. */
export interface TinyTransformer {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly vocabulary: number;
  /** Layers share one set of weights, as in ALBERT. */
  readonly shared?: boolean;
  /** Normalised before attention and feed-forward instead of behind them. */
  readonly normalFirst?: boolean;
  /** Feed-forward by `Gemm` of turned matrices, tanh GELU from its parts, shapes computed at run time, masks by `Where`. */
  readonly exported?: boolean;
  /** Embeddings are divided by roots of a table, which has no roots where its numbers are drawn anew. */
  readonly rooted?: boolean;
}

/**
 * Its bytes: inputs `input_ids` and `attention_mask` int64 [b, t]; outputs `pool0`, `pool1`, …: the masked mean after so many layers;
 * and `last_hidden_state`.
 */
export function tinyTransformer(shape: TinyTransformer, seed: number): Uint8Array {
  const { layers, width: D, heads, vocabulary, shared = false } = shape;
  const random = new Generator(seed, 'tiny encoder');
  const graph = new GraphBuilder('tiny');
  const written = new Map<string, Value>();
  const weight = (name: string, size: readonly number[], base = 0): Value => {
    const stream = random.split(name);
    const [rows = 1] = size;
    const count = size.reduce((a, b) => a * b, 1);
    const sd = size.length === 1 ? 0.1 : 1 / Math.sqrt(rows);
    const value =
      written.get(name) ??
      graph.constant(
        float32(
          Float32Array.from({ length: count }, () => base + sd * stream.normal()),
          size,
        ),
      );
    written.set(name, value);
    return value;
  };
  const ints = (...values: number[]) => graph.constant(int64(values));
  const number = (value: number) => graph.constant(float32([value], []));
  const ids = graph.input('input_ids', 'int64', ['b', 't']);
  const given = graph.input('attention_mask', 'int64', ['b', 't']);
  const mask = graph.node('Cast', [given], { to: { int: 1 } });
  const away = graph.node('Sub', [number(1), graph.node('Unsqueeze', [mask, ints(1, 2)])]);
  const bias = graph.node('Mul', [away, number(-10_000)]);
  const rows = graph.node('Unsqueeze', [mask, ints(2)]);
  const counts = graph.node('ReduceSum', [rows, ints(1)], { keepdims: { int: 0 } });
  const last = { axis: { int: -1 }, epsilon: { float: 1e-6 } };
  const normal = (x: Value, name: string) =>
    graph.node('LayerNormalization', [x, weight(`${name}.gain`, [D], 1), weight(`${name}.shift`, [D])], last);
  const dense = (x: Value, name: string, from: number, to: number) =>
    graph.node('Add', [graph.node('MatMul', [x, weight(`${name}.w`, [from, to])]), weight(`${name}.b`, [to])]);
  const split = (x: Value): Value => {
    if (shape.exported !== true) return ints(0, 0, heads, D / heads);
    const sizes = graph.node('Shape', [x]);
    const axis = (i: number) =>
      graph.node('Unsqueeze', [graph.node('Gather', [sizes, graph.constant(int64([i], []))]), ints(0)]);
    return graph.node('Concat', [axis(0), axis(1), ints(heads), ints(-1)], { axis: { int: 0 } });
  };
  const headsOf = (x: Value, order: number[]) =>
    graph.node('Transpose', [graph.node('Reshape', [x, split(x)])], { perm: { ints: order } });
  const masked = (scores: Value) =>
    shape.exported === true
      ? graph.node('Where', [
          graph.node('Cast', [graph.node('Unsqueeze', [mask, ints(1, 2)])], { to: { int: 9 } }),
          scores,
          number(-3e38),
        ])
      : graph.node('Add', [scores, bias]);
  const attention = (x: Value, own: string) => {
    const q = headsOf(dense(x, `${own}.q`, D, D), [0, 2, 1, 3]);
    const k = headsOf(dense(x, `${own}.k`, D, D), [0, 2, 3, 1]);
    const v = headsOf(dense(x, `${own}.v`, D, D), [0, 2, 1, 3]);
    const scores = graph.node('Div', [graph.node('MatMul', [q, k]), number(Math.sqrt(D / heads))]);
    const shares = graph.node('Softmax', [masked(scores)], { axis: { int: -1 } });
    const mixed = graph.node('Transpose', [graph.node('MatMul', [shares, v])], { perm: { ints: [0, 2, 1, 3] } });
    return dense(graph.node('Reshape', [mixed, ints(0, 0, D)]), `${own}.o`, D, D);
  };
  const erf = (x: Value) => {
    const half = graph.node('Mul', [x, number(0.5)]);
    return graph.node('Mul', [
      half,
      graph.node('Add', [graph.node('Erf', [graph.node('Div', [x, number(Math.SQRT2)])]), number(1)]),
    ]);
  };
  const byTanh = (x: Value) => {
    const cubic = graph.node('Add', [x, graph.node('Mul', [graph.node('Pow', [x, number(3)]), number(0.044715)])]);
    const bent = graph.node('Tanh', [graph.node('Mul', [cubic, number(Math.sqrt(2 / Math.PI))])]);
    return graph.node('Mul', [graph.node('Mul', [x, number(0.5)]), graph.node('Add', [bent, number(1)])]);
  };
  const forward = (x: Value, own: string) => {
    if (shape.exported !== true) return dense(erf(dense(x, `${own}.f1`, D, 2 * D)), `${own}.f2`, 2 * D, D);
    const flat = graph.node('Reshape', [x, ints(-1, D)]);
    const gemm = (y: Value, name: string, from: number, to: number) =>
      graph.node('Gemm', [y, weight(`${name}.w`, [to, from]), weight(`${name}.b`, [to])], { transB: { int: 1 } });
    const made = gemm(byTanh(gemm(flat, `${own}.f1`, D, 2 * D)), `${own}.f2`, 2 * D, D);
    return graph.node('Reshape', [made, graph.node('Shape', [x])]);
  };
  const pooled = (x: Value) =>
    graph.node('Div', [
      graph.node('ReduceSum', [graph.node('Mul', [x, rows]), ints(1)], { keepdims: { int: 0 } }),
      counts,
    ]);
  const table = weight('embedding', [vocabulary, D]);
  const squares = Float32Array.from({ length: D }, (_, j) => (j === 0 ? 100 : 0.1));
  const roots = () => graph.node('Sqrt', [graph.constant(float32(squares, [D]))]);
  const found = graph.node('Gather', [table, ids]);
  let x = normal(shape.rooted === true ? graph.node('Div', [found, roots()]) : found, 'normal');
  graph.output('pool0', pooled(x), 'float32', ['b', D]);
  for (let layer = 1; layer <= layers; layer++) {
    const own = shared ? 'layer' : `layer${layer}`;
    if (shape.normalFirst === true) {
      x = graph.node('Add', [x, attention(normal(x, `${own}.n1`), own)]);
      x = graph.node('Add', [x, forward(normal(x, `${own}.n2`), own)]);
    } else {
      x = normal(graph.node('Add', [x, attention(x, own)]), `${own}.n1`);
      x = normal(graph.node('Add', [x, forward(x, own)]), `${own}.n2`);
    }
    graph.output(`pool${layer}`, pooled(x), 'float32', ['b', D]);
  }
  graph.output('last_hidden_state', x, 'float32', ['b', 't', D]);
  return graph.model();
}

/** What such a model is given for texts, each filled up to so many tokens. */
export function tinyFeeds(ids: readonly (readonly number[])[], tokens: number): Record<string, TensorData> {
  const all = (of: (row: readonly number[], t: number) => number) =>
    int64(
      ids.flatMap((row) => Array.from({ length: tokens }, (_, t) => of(row, t))),
      [ids.length, tokens],
    );
  return { input_ids: all((row, t) => row[t] ?? 0), attention_mask: all((row, t) => (t < row.length ? 1 : 0)) };
}

/** Texts of tokens from 1 on, at random. */
export function tinyTexts(
  count: number,
  { vocabulary }: Pick<TinyTransformer, 'vocabulary'>,
  seed: number,
): number[][] {
  const random = new Generator(seed, 'tiny texts');
  const below = (most: number) => Math.floor(random.uniform() * most);
  return Array.from({ length: count }, () => Array.from({ length: 3 + below(6) }, () => 1 + below(vocabulary - 1)));
}
