import { solveLowerInPlace } from '../linalg/cholesky.js';
import type { RadialKernelName } from '../linalg/radial/radial-kernels.js';
import { GraphBuilder, type Value } from '../onnx/graph-builder.js';
import { elementTypes, float32, float64, type TensorData } from '../onnx/tensor.js';
import type { ScreenModel } from '../surrogate/contract.js';

/** Type of the numbers in the two costly products; distances are always taken in double precision. */
export type ScreenPrecision = 'float32' | 'float64';

/** What coordinates are multiplied with besides 1/ℓ, so that the distance is the argument of the exponential. */
const distanceScale: Readonly<Record<RadialKernelName, number>> = {
  matern32: Math.sqrt(3),
  matern52: Math.sqrt(5),
  rbf: Math.SQRT1_2,
};

/**
 * The posterior of a Gaussian process as a graph. All that depends on the fit is an input, so one session serves every
 * fit with this kernel, whatever its n and d.
 *
 * With z the scaled and shifted coordinates: r² = ‖z‖² + ‖z'‖² − 2·z·z', in double precision, since in single precision
 * the difference of large numbers is too coarse for near neighbours. Then one product with L⁻ᵀ in place of a triangular
 * solution. Outputs: `mean` without its constant, [rows]; `explained`, ‖L⁻¹k‖², [rows].
 */
export function screenGraph(radial: RadialKernelName, precision: ScreenPrecision): Uint8Array {
  const graph = new GraphBuilder('screen');
  const candidates = graph.input('candidates', 'float64', ['rows', 'd']);
  const scale = graph.input('scale', 'float64', ['d']);
  const shift = graph.input('shift', 'float64', ['d']);
  const inputs = graph.input('inputs', 'float64', ['d', 'n']);
  const squares = graph.input('squares', 'float64', ['n']);
  const alpha = graph.input('alpha', precision, ['n', 1]);
  const inverseFactor = graph.input('inverseFactor', precision, ['n', 'n']);
  const constant = graph.input('constant', precision, ['n']);
  const squareSum = (value: Value, keep: 0 | 1) =>
    graph.node('ReduceSumSquare', [value], { axes: { ints: [1] }, keepdims: { int: keep } });
  const z = graph.node('Sub', [graph.node('Mul', [candidates, scale]), shift]);
  const products = graph.node('Gemm', [z, inputs, squares], { alpha: { float: -2 } });
  const distances = graph.node('Add', [products, squareSum(z, 1)]);
  const cast = graph.node('Cast', [distances], { to: { int: elementTypes[precision] } });
  const k = correlation(graph, radial, graph.node('Relu', [cast]), precision);
  const mean = graph.node('MatMul', [k, alpha]);
  graph.output('mean', graph.node('Squeeze', [mean, graph.constant(axis(1))]), precision, ['rows']);
  graph.output('explained', squareSum(graph.node('Gemm', [k, inverseFactor, constant]), 0), precision, ['rows']);
  return graph.model();
}

/** The radial kernel of scaled squared distances. */
function correlation(graph: GraphBuilder, radial: RadialKernelName, squared: Value, precision: ScreenPrecision): Value {
  const number = (value: number) =>
    graph.constant(precision === 'float32' ? float32([value], []) : float64([value], []));
  if (radial === 'rbf') return graph.node('Exp', [graph.node('Neg', [squared])]);
  const s = graph.node('Sqrt', [squared]);
  const linear = graph.node('Add', [s, number(1)]);
  const factor =
    radial === 'matern32' ? linear : graph.node('Add', [linear, graph.node('Mul', [squared, number(1 / 3)])]);
  return graph.node('Mul', [factor, graph.node('Exp', [graph.node('Neg', [s])])]);
}

function axis(at: number): TensorData {
  return { type: 'int64', shape: [1], data: BigInt64Array.of(BigInt(at)) };
}

/** The inputs of the graph that depend on the fit, and what is left to do with its outputs. */
export interface ScreenInputs {
  readonly feeds: Readonly<Record<string, TensorData>>;
  /** To be added to the output `mean`. */
  readonly meanOffset: number;
  /** The variance is `varianceScale`·(`priorVariance` − the output `explained`). */
  readonly priorVariance: number;
  readonly varianceScale: number;
}

/** A fit as the graph wants it: variances are drawn into the factors, coordinates centred on the training rows. */
export function screenInputs(model: ScreenModel, precision: ScreenPrecision): ScreenInputs {
  const { d, n, signalVariance, constantVariance } = model;
  const scale = model.inverseLengthscales.map((inverse) => inverse * distanceScale[model.radial]);
  const shift = new Float64Array(d);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) shift[j] = shift[j]! + (model.inputs[i * d + j]! * scale[j]!) / n;
  const inputs = new Float64Array(d * n);
  const squares = new Float64Array(n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) {
      const z = model.inputs[i * d + j]! * scale[j]! - shift[j]!;
      inputs[j * n + i] = z;
      squares[i] = squares[i]! + z * z;
    }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  solveLowerInPlace(model.factor, inverse, n);
  const transposed = new Float64Array(n * n);
  const constant = new Float64Array(n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      transposed[j * n + i] = inverse[i * n + j]! * signalVariance;
      constant[i] = constant[i]! + inverse[i * n + j]! * constantVariance;
    }
  const numbers = precision === 'float32' ? float32 : float64;
  return {
    feeds: {
      scale: float64(scale, [d]),
      shift: float64(shift, [d]),
      inputs: float64(inputs, [d, n]),
      squares: float64(squares, [n]),
      alpha: numbers(
        model.alpha.map((value) => value * signalVariance),
        [n, 1],
      ),
      inverseFactor: numbers(transposed, [n, n]),
      constant: numbers(constant, [n]),
    },
    meanOffset: model.mean + constantVariance * model.alpha.reduce((sum, value) => sum + value, 0),
    priorVariance: signalVariance + constantVariance,
    varianceScale: model.sd * model.sd,
  };
}
