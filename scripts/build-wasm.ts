import { execFile } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { writeFileAtomically } from './home.js';

const options = [
  '-O3',
  '--enable',
  'simd',
  '--noAssert',
  '--runtime',
  'stub',
  '--use',
  'abort=',
  '--initialMemory',
  '1',
];

/** The program of the AssemblyScript compiler; null where it is not installed. */
export function findCompiler(): string | null {
  try {
    return createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
  } catch {
    return null;
  }
}

/**
 * The file that holds the numerical kernel as bytes, made from its AssemblyScript source.
 *
 * @param root - folder of package.json
 * @param compiler - as found by `findCompiler`
 * @throws if the source has errors; the compiler's words are in the message
 */
export async function kernelBytesFile(root: string, compiler: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'athanor-wasm-'));
  try {
    const out = path.join(folder, 'kernel.wasm');
    const source = 'models/linalg/assembly/kernel.ts';
    // From the root, so that no path of this machine gets into the module.
    await promisify(execFile)(process.execPath, [compiler, source, ...options, '-o', out], { cwd: root });
    const lines = (await readFile(out)).toString('base64').match(/.{1,100}/g) ?? [];
    return [
      '/** The kernel in WebAssembly, base64; `npm run build:wasm` makes this file from assembly/kernel.ts. */',
      'export const kernelBytes =',
      `${lines.map((line) => `  '${line}'`).join(' +\n')};`,
      '',
    ].join('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const compiler = findCompiler();
  if (compiler === null) {
    process.stderr.write('assemblyscript is not installed: npm install\n');
    return 1;
  }
  const root = path.join(fileURLToPath(import.meta.url), '../../..');
  await writeFileAtomically(path.join(root, 'models/linalg/kernel-bytes.ts'), await kernelBytesFile(root, compiler));
  return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(await realpath(process.argv[1])).href)
  process.exitCode = await main();
