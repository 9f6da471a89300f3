import type { Generator } from '../../random/generator.js';

/** Sizes of networks that are trained side by side, each with two hidden layers. */
export interface HeadShape {
  readonly heads: number;
  readonly inputs: number;
  readonly hidden: number;
}

/** Parameters by name with their shapes: weights and offsets of the three layers; the outputs are mean and log variance. */
export function headParameters({ heads: K, inputs: D, hidden: H }: HeadShape) {
  return { W1: [D, K * H], b1: [K, 1, H], W2: [K, H, H], b2: [K, 1, H], W3: [K, H, 2], b3: [K, 1, 2] } as const;
}

/** Names of the parameters, in the order in which they are kept. */
export const parameterNames = ['W1', 'b1', 'W2', 'b2', 'W3', 'b3'] as const;

/** Values of the parameters, row-major. */
export type HeadWeights = Readonly<Record<(typeof parameterNames)[number], Float32Array>>;

/** Weights before training: normal with variance 1 over the number of inputs of a layer, the last ten times smaller; offsets 0. */
export function initialWeights(shape: HeadShape, random: Generator): HeadWeights {
  const { inputs, hidden } = shape;
  const sds = {
    W1: 1 / Math.sqrt(inputs),
    W2: 1 / Math.sqrt(hidden),
    W3: 0.1 / Math.sqrt(hidden),
    b1: 0,
    b2: 0,
    b3: 0,
  };
  const sizes = Object.entries(headParameters(shape)).map(([name, dims]) => [name, dims.reduce((a, b) => a * b, 1)]);
  return Object.fromEntries(
    (sizes as [keyof typeof sds, number][]).map(([name, size]) => {
      const stream = random.split(name);
      return [name, Float32Array.from({ length: size }, () => sds[name] * stream.normal())];
    }),
  ) as unknown as HeadWeights;
}

/** Trained networks, as functions of the columns that they see. */
export class Heads {
  constructor(
    readonly shape: HeadShape,
    readonly weights: HeadWeights,
  ) {}

  /** Mean that each network foretells, [heads][n]. @param rows - row-major [n × inputs] */
  means(rows: Float64Array, n: number): Float64Array[] {
    const { heads, inputs, hidden } = this.shape;
    const result = Array.from({ length: heads }, () => new Float64Array(n));
    const [first, second] = [new Float64Array(hidden), new Float64Array(hidden)];
    for (let i = 0; i < n; i++) {
      const row = rows.subarray(i * inputs, (i + 1) * inputs);
      for (let k = 0; k < heads; k++) result[k]![i] = this.forward(k, row, first, second);
    }
    return result;
  }

  /** Derivatives of each network's mean by its columns at one row, [heads][inputs]. */
  slopes(row: Float64Array): Float64Array[] {
    const { heads, inputs, hidden: H } = this.shape;
    const { W1, W2, W3 } = this.weights;
    const [first, second] = [new Float64Array(H), new Float64Array(H)];
    const [one, two] = [new Float64Array(H), new Float64Array(H)];
    return Array.from({ length: heads }, (_, k) => {
      this.forward(k, row, first, second, one, two);
      const inner = new Float64Array(H);
      for (let a = 0; a < H; a++) {
        let sum = 0;
        for (let b = 0; b < H; b++) sum += W2[(k * H + a) * H + b]! * two[b]! * W3[(k * H + b) * 2]!;
        inner[a] = sum * one[a]!;
      }
      return Float64Array.from({ length: inputs }, (__, j) => {
        let sum = 0;
        for (let a = 0; a < H; a++) sum += W1[j * heads * H + k * H + a]! * inner[a]!;
        return sum;
      });
    });
  }

  /** Mean of network k at a row. @param one - where the slopes of the hidden units are put, where wanted; and `two` */
  private forward(
    k: number,
    row: Float64Array,
    first: Float64Array,
    second: Float64Array,
    one?: Float64Array,
    two?: Float64Array,
  ): number {
    const { heads, inputs, hidden: H } = this.shape;
    const { W1, b1, W2, b2, W3, b3 } = this.weights;
    for (let a = 0; a < H; a++) first[a] = b1[k * H + a]!;
    for (let j = 0; j < inputs; j++) {
      const value = row[j]!;
      const at = (j * heads + k) * H;
      for (let a = 0; a < H; a++) first[a] = first[a]! + value * W1[at + a]!;
    }
    activate(first, one);
    for (let b = 0; b < H; b++) second[b] = b2[k * H + b]!;
    for (let a = 0; a < H; a++) {
      const value = first[a]!;
      const at = (k * H + a) * H;
      for (let b = 0; b < H; b++) second[b] = second[b]! + value * W2[at + b]!;
    }
    activate(second, two);
    let mean = b3[k * 2]!;
    for (let b = 0; b < H; b++) mean += second[b]! * W3[(k * H + b) * 2]!;
    return mean;
  }
}

/** x·σ(x) in place, and its derivative. */
function activate(values: Float64Array, slopes?: Float64Array): void {
  for (let a = 0; a < values.length; a++) {
    const x = values[a]!;
    const sigmoid = 1 / (1 + Math.exp(-x));
    values[a] = x * sigmoid;
    if (slopes !== undefined) slopes[a] = sigmoid * (1 + x * (1 - sigmoid));
  }
}
