import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { factoriseBlocked, inverseBlocked, solveBlocked } from '../../models/linalg/blocked.js';
import type { Kernel } from '../../models/linalg/kernel.js';
import { createPlainKernel } from '../../models/linalg/plain-kernel.js';
import { createWasmKernel } from '../../models/linalg/wasm-kernel.js';
import { Generator } from '../../models/random/generator.js';
import type { BenchResult } from './contract.js';

const sizes = [50, 100, 200, 500, 1000];

/** Right sides of the solution that is timed. */
const sides = 64;

/** Every case is repeated for at least so long; the fastest run counts. */
const leastMs = 200;

/** Milliseconds of the fastest run of each implementation, by the wall clock. */
interface Timing {
  readonly operation: string;
  readonly n: number;
  /** Null where WebAssembly or its vector instructions are missing. */
  readonly wasmMs: number | null;
  readonly typescriptMs: number;
  readonly mlMatrixMs: number;
}

/** What one implementation does of the three operations on a matrix prepared for it. */
type Operations = Readonly<Record<'factor' | 'solve' | 'inverse', () => void>>;

/**
 * Cholesky factor, solution for 64 right sides and inverse from the factor: the kernel in WebAssembly beside the same
 * in TypeScript and ml-matrix.
 */
export async function benchLinalg(log: (line: string) => void): Promise<BenchResult> {
  const wasm = createWasmKernel();
  const plain = createPlainKernel();
  const figures: Timing[] = [];
  for (const n of sizes) {
    log(`linalg: n = ${n}`);
    const K = covariance(n);
    const ours = wasm === null ? null : operations(wasm, K, n);
    const twin = operations(plain, K, n);
    const other = mlMatrix(K, n);
    for (const operation of ['factor', 'solve', 'inverse'] as const)
      figures.push({
        operation,
        n,
        wasmMs: ours === null ? null : fastest(ours[operation]),
        typescriptMs: fastest(twin[operation]),
        mlMatrixMs: fastest(other[operation]),
      });
  }
  return { figures, lines: figures.map(describe) };
}

/** Matérn-like covariance of points drawn at random on a line, with noise. */
function covariance(n: number): Float64Array {
  const random = new Generator(n);
  const x = Float64Array.from({ length: n }, () => random.uniform());
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return Math.exp(-5 * Math.abs(x[i]! - x[j]!)) + (i === j ? 1e-2 : 0);
  });
}

function operations(kernel: Kernel, K: Float64Array, n: number): Operations {
  const L = new Float64Array(n * n);
  const factor = () => void factoriseBlocked(kernel, K, L, n, 0);
  factor();
  const B = new Float64Array(n * sides).fill(1);
  return {
    factor,
    solve: () => void solveBlocked(kernel, L, n, Float64Array.from(B), sides),
    inverse: () => void inverseBlocked(kernel, L, n),
  };
}

/** ml-matrix has no solution with the factor alone: it solves with the whole matrix, which is twice the work. */
function mlMatrix(K: Float64Array, n: number): Operations {
  const matrix = Matrix.from1DArray(n, n, K);
  const factor = new CholeskyDecomposition(matrix);
  const B = Matrix.ones(n, sides);
  return {
    factor: () => void new CholeskyDecomposition(matrix),
    solve: () => void factor.solve(B),
    inverse: () => void factor.solve(Matrix.eye(n)),
  };
}

function fastest(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + leastMs;
  do {
    const before = performance.now();
    run();
    best = Math.min(best, performance.now() - before);
  } while (performance.now() < end);
  return best;
}

function describe({ operation, n, wasmMs, typescriptMs, mlMatrixMs }: Timing): string {
  const ratio = (ms: number) => (wasmMs === null ? '' : ` (${(ms / wasmMs).toFixed(1)} ×)`);
  return (
    `${operation}, n = ${n}: WebAssembly ${wasmMs === null ? 'missing' : `${wasmMs.toPrecision(3)} ms`}, ` +
    `TypeScript ${typescriptMs.toPrecision(3)} ms${ratio(typescriptMs)}, ` +
    `ml-matrix ${mlMatrixMs.toPrecision(3)} ms${ratio(mlMatrixMs)}`
  );
}
