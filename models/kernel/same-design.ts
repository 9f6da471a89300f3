import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { DesignKernel, TrainingKernel } from './contract.js';

/** k(x, x') = [x = x']: what is a design's own, of which no other design tells. No hyperparameters. */
export const sameDesign: DesignKernel = {
  hyperparameters: [],
  cross: (_theta, a, b) => {
    const result = new Float64Array(a.n * b.n);
    for (let i = 0; i < a.n; i++) for (let j = 0; j < b.n; j++) result[i * b.n + j] = isSame(a, i, b, j) ? 1 : 0;
    return result;
  },
  training: (designs): TrainingKernel => ({
    evaluate: (_theta, K) => {
      const { n } = designs;
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) K[i * n + j] = isSame(designs, i, designs, j) ? 1 : 0;
    },
    pullback: () => undefined,
  }),
  local: (_theta, designs, candidate) => ({
    value: Float64Array.from({ length: designs.n }, (_, i) => (isSame(designs, i, candidate, 0) ? 1 : 0)),
    gradient: new Float64Array(designs.n * designs.encoding.numeric),
  }),
};

function isSame(a: EncodedDesigns, i: number, b: EncodedDesigns, k: number): boolean {
  return (
    isEqual(a.numeric, b.numeric, a.encoding.numeric, i, k) &&
    isEqual(a.categories, b.categories, a.encoding.categories, i, k) &&
    isEqual(a.substances, b.substances, a.encoding.substances, i, k) &&
    isEqual(a.vectors, b.vectors, a.n === 0 ? 0 : a.vectors.length / a.n, i, k)
  );
}

/** Whether row i of x and row k of y, of that width, hold the same numbers. */
function isEqual(x: ArrayLike<number>, y: ArrayLike<number>, width: number, i: number, k: number): boolean {
  for (let t = 0; t < width; t++) if (x[i * width + t] !== y[k * width + t]) return false;
  return true;
}
