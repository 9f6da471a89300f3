import { moments, type OutputTransform } from './output-transform.js';

/** t = (loss − mean)/sd: nothing is learned. */
export const standardise: OutputTransform = {
  name: 'standardise',
  parameter: { mean: 0, sd: 1, lower: 0, upper: 0, start: 0 },
  of: (losses) => {
    const { mean, sd } = moments(losses);
    return {
      values: losses.map((loss) => (loss - mean) / sd),
      logJacobian: 0,
      byParameter: {
        values: new Float64Array(losses.length),
        logSlopes: new Float64Array(losses.length),
        logJacobian: 0,
      },
      toLatent: (loss) => (loss - mean) / sd,
      toLoss: (t) => t * sd + mean,
      slope: () => 1 / sd,
    };
  },
};
