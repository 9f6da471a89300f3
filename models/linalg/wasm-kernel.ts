import type { Kernel } from './kernel.js';
import { kernelBytes } from './kernel-bytes.js';

/** Above so many bytes the working memory is given back after use: memory of WebAssembly grows and never shrinks. */
const keptBytes = 2 ** 26;

const pageBytes = 2 ** 16;

/** Bytes at the start that hold the module's own numbers, and more; a multiple of what the vector unit loads. */
const ownBytes = 2 ** 11;

/** Byte address of a place in the working memory. */
const at = (place: number) => ownBytes + place * 8;

/** What is used of WebAssembly, which the language's library for servers does not declare. */
interface WasmModules {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** What ../linalg/assembly/kernel.ts exports; places and strides as there. */
interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly subtract: (
    ...numbers: readonly [C: number, A: number, B: number, stride: number, m: number, n: number, k: number]
  ) => void;
  readonly factorise: (D: number, stride: number, size: number) => number;
  readonly solve: (X: number, D: number, stride: number, rows: number, size: number) => void;
  readonly correlate: (kind: number, ...numbers: readonly number[]) => void;
  readonly gather: (...numbers: readonly number[]) => void;
}

/**
 * The kernel in WebAssembly with vector instructions, compiled at once from the bytes in the program; reads no file.
 *
 * Its arithmetic is plain IEEE 754 doubles without fused operations, so it gives the same bits on every machine.
 *
 * @returns null where WebAssembly or its vector instructions are missing
 */
export function createWasmKernel(): Kernel | null {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WasmModules };
  if (WebAssembly === undefined) return null;
  const { Instance } = WebAssembly;
  let module: object;
  try {
    module = new WebAssembly.Module(Uint8Array.from(atob(kernelBytes), (sign) => sign.charCodeAt(0)));
  } catch {
    return null;
  }
  let wasm = new Instance(module).exports as WasmExports;
  return {
    memory(count) {
      const missing = Math.ceil((at(count) - wasm.memory.buffer.byteLength) / pageBytes);
      if (missing > 0) {
        try {
          wasm.memory.grow(missing);
        } catch {
          return null;
        }
      }
      return new Float64Array(wasm.memory.buffer, ownBytes);
    },
    release() {
      if (wasm.memory.buffer.byteLength > keptBytes) wasm = new Instance(module).exports as WasmExports;
    },
    subtract: (C, A, B, stride, rows, columns, depth) =>
      wasm.subtract(at(C), at(A), at(B), stride, rows, columns, depth),
    factorise: (D, stride, size) => wasm.factorise(at(D), stride, size),
    solve: (X, D, stride, rows, size) => wasm.solve(at(X), at(D), stride, rows, size),
    correlate: (kind, { C, S, A, B, stride, rows, columns, depth, triangular }) =>
      wasm.correlate(kind, at(C), at(S), at(A), at(B), stride, rows, columns, depth, triangular ? 1 : 0),
    gather: ({ G, V, A, B, stride, rows, depth }) => wasm.gather(at(G), at(V), at(A), at(B), stride, rows, depth),
  };
}
