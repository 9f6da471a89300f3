import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { version } from '../version.js';

const hashBytes = 16;

/** Values whose codes are asked of a share, or given to it, together. */
const sharedAtOnce = 512;

/** What codes are of: an output of a model. */
interface CodesOf {
  readonly identity: string;
  readonly output: string;
}

/** Where codes are kept for other homes, too. None of its calls fails: where it cannot be reached it has nothing, and keeps nothing. */
export interface CodeShare {
  /** The records that are kept of inputs, in any order. @param inputs - hashes of values */
  find(of: CodesOf, inputs: readonly Buffer[]): Promise<readonly Buffer[]>;
  /** Those of inputs of which nothing is kept. */
  lacking(of: CodesOf, inputs: readonly Buffer[]): Promise<readonly Buffer[]>;
  /** Keeps records, which begin with the hashes of their values. */
  add(of: CodesOf, records: readonly Buffer[]): Promise<void>;
}

/**
 * Numbers that a model gave of molecules, kept in a file of the home, a record each: half of the SMILES' sha256, how many numbers
 * (0 for a molecule that it cannot take), float32 numbers, and the first bytes of a sha256 over all that. They are appended as they
 * are made, so that a process that is killed loses those of its last batch; what is torn or wrong is made anew. Where there is a share,
 * other homes give what they have, and are given.
 */
export class CodeCache {
  private readonly known = new Map<string, Float32Array | null>();
  /** Where the whole records end, while something torn follows. */
  private tornAt: number | null = null;

  private constructor(
    private readonly file: string,
    private readonly of: CodesOf,
    private readonly share: CodeShare | null,
  ) {}

  /** That of a model's output in a home, and of the version of Athanor, which reads molecules for it. @param of.identity - of the model */
  static async open(home: string, of: CodesOf, share: CodeShare | null = null): Promise<CodeCache> {
    const { identity, output } = of;
    const name = createHash('sha256')
      .update(JSON.stringify([identity, output, version()]))
      .digest('hex');
    const cache = new CodeCache(path.join(home, 'encodings', `${name}.codes`), { identity, output }, share);
    const bytes = await readFile(cache.file).catch(() => Buffer.alloc(0));
    const end = cache.take(bytes);
    if (end < bytes.length) cache.tornAt = end;
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
      return recordOf(hashOf(one), code);
    });
    await this.append(records);
  }

  /** Takes from the share what it has of molecules that are not known here. */
  async recall(smiles: readonly string[]): Promise<void> {
    const missing = smiles.filter((one) => this.get(one) === undefined).map(hashOf);
    for (const inputs of batches(this.share === null ? [] : missing)) {
      const found = await this.share!.find(this.of, inputs);
      // Each for itself, as one that is damaged hides none.
      await this.append(found.filter((record) => this.take(record) === record.length));
    }
  }

  /** Gives the share what it lacks of molecules that are known here. */
  async offer(smiles: readonly string[]): Promise<void> {
    const own = smiles.filter((one) => this.get(one) !== undefined).map(hashOf);
    for (const inputs of batches(this.share === null ? [] : own)) {
      const lacking = await this.share!.lacking(this.of, inputs);
      const records = lacking.map((input) => recordOf(input, this.known.get(input.toString('hex'))!));
      if (records.length > 0) await this.share!.add(this.of, records);
    }
  }

  private async append(records: readonly Buffer[]): Promise<void> {
    if (records.length === 0) return;
    await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 }).catch(() => undefined);
    if (this.tornAt !== null) await truncate(this.file, this.tornAt).catch(() => undefined);
    this.tornAt = null;
    await appendFile(this.file, Buffer.concat(records), { mode: 0o600 }).catch(() => undefined);
  }

  /** Knows what whole records say. @returns where they end */
  private take(bytes: Buffer): number {
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
    return at;
  }
}

/** The hash of the value that a record is of. */
export function inputOf(record: Buffer): Buffer {
  return record.subarray(0, hashBytes);
}

function batches(inputs: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const count = Math.ceil(inputs.length / sharedAtOnce);
  return Array.from({ length: count }, (_, i) => inputs.slice(i * sharedAtOnce, (i + 1) * sharedAtOnce));
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

function recordOf(input: Buffer, code: ArrayLike<number> | null): Buffer {
  const count = code?.length ?? 0;
  const record = Buffer.alloc(hashBytes + 4 + 4 * count);
  input.copy(record);
  record.writeUInt32LE(count, hashBytes);
  for (let t = 0; t < count; t++) record.writeFloatLE(code![t]!, hashBytes + 4 + 4 * t);
  return Buffer.concat([record, checkOf(record)]);
}
