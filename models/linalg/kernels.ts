import type { Kernel } from './kernel.js';
import { createPlainKernel } from './plain-kernel.js';
import { createWasmKernel } from './wasm-kernel.js';

/** Below so many rows WebAssembly is no faster, and need not be started. */
const wasmFrom = 8;

let plain: Kernel | undefined;
let wasm: Kernel | null | undefined;

/** The kernel in TypeScript, made when first asked for. */
export function plainKernel(): Kernel {
  plain ??= createPlainKernel();
  return plain;
}

/**
 * The fastest kernel for matrices of n rows, made when first asked for. Which one it is makes no difference to results.
 */
export function kernelFor(n: number): Kernel {
  if (n < wasmFrom) return plainKernel();
  if (wasm === undefined) wasm = createWasmKernel();
  return wasm ?? plainKernel();
}

/** Working memory with the kernel whose it is. */
export interface OpenMemory {
  readonly kernel: Kernel;
  readonly M: Float64Array;
}

/** Working memory of at least so many numbers for matrices of n rows, of the fastest kernel that has as much. */
export function openMemory(n: number, count: number): OpenMemory {
  const fast = kernelFor(n);
  const memory = fast.memory(count);
  if (memory !== null) return { kernel: fast, M: memory };
  const kernel = plainKernel();
  return { kernel, M: kernel.memory(count)! };
}
