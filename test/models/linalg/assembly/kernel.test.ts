import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kernelBytes } from '../../../../models/linalg/kernel-bytes.js';
import { findCompiler, kernelBytesFile } from '../../../../scripts/build-wasm.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const compiler = findCompiler();

describe('the kernel in WebAssembly', () => {
  it('is small and asks for nothing from outside', () => {
    const bytes = Buffer.from(kernelBytes, 'base64');
    expect(bytes.length).toBeLessThan(5120);
    const { WebAssembly } = globalThis as unknown as {
      WebAssembly: { Module: { new (bytes: Uint8Array): object; imports(module: object): unknown[] } };
    };
    expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
  });

  it.skipIf(compiler === null)(
    `comes byte for byte from its source${compiler === null ? ' (skipped: assemblyscript is not installed)' : ''}`,
    async () => {
      const shipped = readFileSync(path.join(root, 'models/linalg/kernel-bytes.ts'), 'utf8');
      expect(shipped).toBe(await kernelBytesFile(root, compiler!));
    },
  );
});
