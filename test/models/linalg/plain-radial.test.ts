import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../models/linalg/kernel.js';
import { createPlainKernel } from '../../../models/linalg/plain-kernel.js';
import { type RadialNumber, radialByNumber } from '../../../models/linalg/radial/radial-kernels.js';
import { createWasmKernel } from '../../../models/linalg/wasm-kernel.js';
import { Generator } from '../../../models/random/generator.js';

const kernels = [createWasmKernel()!, createPlainKernel()] as const;
const [rows, columns, depth, stride] = [13, 16, 5, 20];
const [S, A, B] = [rows * stride, 2 * rows * stride, 2 * rows * stride + 68];
const [V, G] = [B + depth * stride, B + depth * stride + rows * stride];
const size = G + depth;

/** Memory filled with the same numbers, wide enough that some correlations underflow. */
function filled(kernel: Kernel): Float64Array {
  const random = new Generator(3);
  const memory = kernel.memory(size)!.subarray(0, size);
  for (let at = 0; at < size; at++) memory[at] = 4 * random.uniform() ** 4;
  memory[A] = 900;
  memory[A + depth] = memory[B]!;
  return memory;
}

describe('radial correlations in WebAssembly and TypeScript', () => {
  it.each([0, 1, 2] as const)('give the same bits, by the formulas (%d)', (kind: RadialNumber) => {
    for (const triangular of [false, true]) {
      const [wasm, plain] = kernels.map((kernel) => {
        const memory = filled(kernel);
        const before = Float64Array.from(memory);
        kernel.correlate(kind, { C: 0, S, A, B, stride, rows, columns, depth, triangular });
        return { before, after: Float64Array.from(memory) };
      });
      expect(wasm).toEqual(plain);
      const { before, after } = plain!;
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          const at = i * stride + j;
          if (triangular && j >= ((i + 4) & ~3)) {
            expect(after[at]).toBe(before[at]);
            continue;
          }
          let squared = before[at]!;
          for (let t = 0; t < depth; t++) squared += (before[A + i * depth + t]! - before[B + t * stride + j]!) ** 2;
          const { value, slope } = radialByNumber[kind](squared);
          expect(after[at]).toBe(value);
          expect(after[S + at]).toBe(slope);
        }
    }
  });

  it('sum weighted squared differences to the same bits', () => {
    const [wasm, plain] = kernels.map((kernel) => {
      const memory = filled(kernel);
      memory.fill(1, G);
      const before = Float64Array.from(memory);
      kernel.gather({ G, V, A, B, stride, rows, depth });
      return { before, sums: Float64Array.from(memory.subarray(G)) };
    });
    expect(wasm).toEqual(plain);
    const { before, sums } = plain!;
    for (let t = 0; t < depth; t++) {
      let sum = 1;
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < ((i + 4) & ~3); j++)
          sum += before[V + i * stride + j]! * (before[A + i * depth + t]! - before[B + t * stride + j]!) ** 2;
      expect(Math.abs(sums[t]! / sum - 1)).toBeLessThan(1e-13);
    }
  });
});
