import type { EncodedDesigns, Encoding } from '../encode/encoded-designs.js';
import type { DesignKernel, TrainingKernel } from './contract.js';

/** k(x, x') = x_c·x'_c of one numeric column c: a line through the origin. No hyperparameters. */
export function linearColumn({ numeric }: Encoding, column: number): DesignKernel {
  const at = (designs: EncodedDesigns, row: number) => designs.numeric[row * numeric + column]!;
  /** A value for each row, put where the derivative by the column stands. */
  const byColumn = (n: number, value: (row: number) => number) => {
    const gradient = new Float64Array(n * numeric);
    for (let i = 0; i < n; i++) gradient[i * numeric + column] = value(i);
    return gradient;
  };
  return {
    hyperparameters: [],
    cross: (_theta, a, b) => {
      const result = new Float64Array(a.n * b.n);
      for (let i = 0; i < a.n; i++) for (let k = 0; k < b.n; k++) result[i * b.n + k] = at(a, i) * at(b, k);
      return result;
    },
    training: (designs): TrainingKernel => ({
      evaluate: (_theta, K) => {
        const { n } = designs;
        for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) K[i * n + j] = at(designs, i) * at(designs, j);
      },
      pullback: () => undefined,
    }),
    local: (_theta, designs, candidate) => ({
      value: Float64Array.from({ length: designs.n }, (_, i) => at(designs, i) * at(candidate, 0)),
      gradient: byColumn(designs.n, (row) => at(designs, row)),
    }),
    own: (_theta, designs) => ({
      value: Float64Array.from({ length: designs.n }, (_, i) => at(designs, i) ** 2),
      gradient: byColumn(designs.n, (row) => 2 * at(designs, row)),
    }),
  };
}
