import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { version } from '../version.js';

const hashBytes = 16;

/**
 * Numbers that a model gave of molecules, kept in a file of the home, a record each: half of the SMILES' sha256, how many numbers
 * (0 for a molecule that it cannot take), float32 numbers, and the first bytes of a sha256 over all that. They are appended as they
 * are made, so that a process that is killed loses those of its last batch; what is torn or wrong is made anew.
 */
export class CodeCache {
  private readonly known = new Map<string, Float32Array | null>();
  /** Where the whole records end, while something torn follows. */
  private tornAt: number | null = null;

  private constructor(private readonly file: string) {}

  /** That of a model's output in a home, and of the version of Athanor, which reads molecules for it. @param identity - of the model */
  static async open(home: string, { identity, output }: { identity: string; output: string }): Promise<CodeCache> {
    const name = createHash('sha256')
      .update(JSON.stringify([identity, output, version()]))
      .digest('hex');
    const cache = new CodeCache(path.join(home, 'encodings', `${name}.codes`));
    cache.take(await readFile(cache.file).catch(() => Buffer.alloc(0)));
    return cache;
  }

  /** The numbers of a molecule; null where the model cannot take it, undefined where nothing is kept. */
  get(smiles: string): Float32Array | null | undefined {
    return this.known.get(keyOf(smiles));
  }

  /** Keeps numbers of molecules. Where the file cannot be written they are kept for this process alone. */
  async add(smiles: readonly string[], codes: readonly (ArrayLike<number> | null)[]): Promise<void> {
    const records = smiles.map((one, i) => {
      const code = codes[i] ?? null;
      this.known.set(keyOf(one), code === null ? null : Float32Array.from(code));
      return recordOf(one, code);
    });
    await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 }).catch(() => undefined);
    if (this.tornAt !== null) await truncate(this.file, this.tornAt).catch(() => undefined);
    this.tornAt = null;
    await appendFile(this.file, Buffer.concat(records), { mode: 0o600 }).catch(() => undefined);
  }

  private take(bytes: Buffer): void {
    let at = 0;
    while (at + hashBytes + 8 <= bytes.length) {
      const count = bytes.readUInt32LE(at + hashBytes);
      const end = at + hashBytes + 4 + 4 * count;
      if (end + 4 > bytes.length || !checkOf(bytes.subarray(at, end)).equals(bytes.subarray(end, end + 4))) break;
      const from = at + hashBytes + 4;
      const code = Float32Array.from({ length: count }, (_, t) => bytes.readFloatLE(from + 4 * t));
      this.known.set(bytes.subarray(at, at + hashBytes).toString('hex'), count === 0 ? null : code);
      at = end + 4;
    }
    if (at < bytes.length) this.tornAt = at;
  }
}

function keyOf(smiles: string): string {
  return hashOf(smiles).toString('hex');
}

function hashOf(smiles: string): Buffer {
  return createHash('sha256').update(smiles).digest().subarray(0, hashBytes);
}

function checkOf(record: Uint8Array): Buffer {
  return createHash('sha256').update(record).digest().subarray(0, 4);
}

function recordOf(smiles: string, code: ArrayLike<number> | null): Buffer {
  const count = code?.length ?? 0;
  const record = Buffer.alloc(hashBytes + 4 + 4 * count);
  hashOf(smiles).copy(record);
  record.writeUInt32LE(count, hashBytes);
  for (let t = 0; t < count; t++) record.writeFloatLE(code![t]!, hashBytes + 4 + 4 * t);
  return Buffer.concat([record, checkOf(record)]);
}
