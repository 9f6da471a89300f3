import type { RadialKernelName } from '../linalg/radial/radial-kernels.js';
import { type OnnxSession, openSession } from '../onnx/runtime.js';
import { float64 } from '../onnx/tensor.js';
import type { ScreenModel } from '../surrogate/contract.js';
import type { Moments } from '../surrogate/process/plain-moments.js';
import { type ScreenPrecision, screenGraph, screenInputs } from './screen-graph.js';

/** Posterior moments of many rows, computed by ONNX Runtime. */
export interface Screen {
  readonly precision: ScreenPrecision;
  /**
   * Moments at rows; a variance may come out below 0 by rounding.
   *
   * @param rows - coordinates, row-major [m × d]; working memory is some 4·n·m numbers, 2048 rows are a good number
   */
  moments(rows: Float64Array, m: number): Promise<Moments>;
}

const sessions = new Map<string, Promise<OnnxSession | null>>();

/** The model's posterior through ONNX Runtime; null where that cannot be loaded. Sessions live as long as the process. */
export async function openScreen(model: ScreenModel, precision: ScreenPrecision): Promise<Screen | null> {
  const session = await sessionFor(model.radial, precision);
  if (session === null) return null;
  const { feeds, meanOffset, priorVariance, varianceScale } = screenInputs(model, precision);
  return {
    precision,
    moments: async (rows, m) => {
      const outputs = await session.run({ ...feeds, candidates: float64(rows, [m, model.d]) });
      return {
        mean: Float64Array.from(outputs.mean!.data as Float32Array, (value) => value + meanOffset),
        variance: Float64Array.from(outputs.explained!.data as Float32Array, (value) => {
          return varianceScale * (priorVariance - value);
        }),
      };
    },
  };
}

function sessionFor(radial: RadialKernelName, precision: ScreenPrecision): Promise<OnnxSession | null> {
  const key = `${radial} ${precision}`;
  const session = sessions.get(key) ?? openSession(screenGraph(radial, precision));
  sessions.set(key, session);
  return session;
}
