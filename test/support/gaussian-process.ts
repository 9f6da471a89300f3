import type { DesignKernel } from '../../models/kernel/contract.js';
import { icmLayout } from '../../models/surrogate/process/icm-hyperparameters.js';
import { IcmPosterior } from '../../models/surrogate/process/icm-posterior.js';
import { numericDesigns } from './encoded.js';

/** A process of one level as the reference files give it. */
export interface GivenProcess {
  readonly X: number[][];
  readonly y: number[];
  readonly lengthscale: number[];
  readonly noise: number;
  readonly mean: number;
}

/** The process with that kernel at the given hyperparameters; with `sign` −1 its losses are −y. */
export function givenProcess(c: GivenProcess, kernel: DesignKernel, sign: 1 | -1 = 1) {
  const designs = numericDesigns(c.X);
  const layout = icmLayout({ kernel, levels: 1, constantVariance: 0 });
  const theta = Float64Array.from([...c.lengthscale.map(Math.log), 0, Math.log(c.noise)]);
  const y = Float64Array.from(c.y, (value) => sign * (value - c.mean));
  const rows = { designs, levels: new Int32Array(c.X.length), noise: null };
  const fitted = new IcmPosterior({ ...rows, layout, theta, y, scales: [{ mean: sign * c.mean, sd: 1, unit: 1 }] });
  return { fitted, layout, theta, rows, y };
}
