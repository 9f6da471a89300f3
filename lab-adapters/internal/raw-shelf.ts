import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError, DamagedError } from '../../models/domain/errors.js';
import { leftWords } from '../../models/domain/raw-limits.js';
import type { RawFile, RawOutput } from '../contract.js';

/** So many bytes are given back in memory; a longer one is read when it is wanted. */
const inMemory = 2 ** 20;

/** A raw output as a ledger names it. Versions before named it alone. */
export const shelvedSchema = z.union([
  z.string(),
  z.strictObject({ name: z.string(), mediaType: z.string().optional() }),
]);
/** A raw output as a ledger names it. */
export type Shelved = z.infer<typeof shelvedSchema>;

/** What became of raw outputs that were to be kept. */
export interface ShelvedOutputs {
  readonly kept: Shelved[];
  /** In words, those that are larger than what is kept, or gone. */
  readonly left: readonly string[];
}

/** Its name. */
export function nameOf(one: Shelved): string {
  return typeof one === 'string' ? one : one.name;
}

/**
 * Copies raw outputs to files, a piece at a time, each whole or not at all, so that they are there whatever the device does with
 * its own afterwards.
 *
 * @param pathOf - of the file at a place
 * @param limit - bytes of one; a larger one stays where it is
 * @returns those that are kept, and in words those that are too large, or not to be had
 * @throws {AdapterError} if one was changed while it was copied, or cannot be read now
 */
export async function shelve(
  outputs: Readonly<Record<string, RawOutput>>,
  pathOf: (place: number) => string,
  limit: number,
): Promise<ShelvedOutputs> {
  const kept: Shelved[] = [];
  const left: string[] = [];
  for (const [name, output] of Object.entries(outputs)) {
    const { size, at, mediaType } = output instanceof Uint8Array ? { size: output.length } : (output as RawFile);
    const words = (bytes: number | null) => left.push(leftWords(name, { size: bytes, limit, at, of: 'file' }));
    if (size !== undefined && size > limit) {
      words(size);
      continue;
    }
    let copied: number | null;
    try {
      copied = await copyWhole(piecesOf(output), pathOf(kept.length), limit);
    } catch (error) {
      if (!(error instanceof ReadingError)) throw error;
      if (error.cause instanceof AdapterError) throw error.cause;
      left.push(`${name}: cannot be read: ${cleanText((error.cause as Error).message, 500)}`);
      continue;
    }
    if (copied === null) words(null);
    else if (size !== undefined && copied !== size)
      throw new AdapterError(`${at ?? name} was changed while it was read: ${copied} bytes where ${size} were there`);
    else kept.push(mediaType === undefined ? name : { name, mediaType });
  }
  return { kept, left };
}

/** Reading went wrong, and not writing. */
class ReadingError extends Error {}

async function* piecesOf(output: RawOutput): AsyncGenerator<Uint8Array> {
  if (output instanceof Uint8Array) yield output;
  else
    try {
      yield* output.open();
    } catch (cause) {
      throw new ReadingError('reading', { cause });
    }
}

/** Replaces a file by what a stream has. @returns how many bytes that was; null where it has more than the limit */
async function copyWhole(stream: AsyncIterable<Uint8Array>, path: string, limit: number): Promise<number | null> {
  const part = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(part, 'w', 0o600);
    let size = 0;
    try {
      for await (const piece of stream) {
        size += piece.length;
        if (size > limit) return null;
        await file.writeFile(piece);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
    return size;
  } finally {
    await rm(part, { force: true });
  }
}

/** A raw output that was shelved; of one that is gone that is told when it is read. */
export async function shelved(one: Shelved, path: string): Promise<RawOutput> {
  const mediaType = typeof one === 'string' ? undefined : one.mediaType;
  const found = await stat(path).catch(() => null);
  const bytes =
    found !== null && found.size <= inMemory && mediaType === undefined ? await readFile(path).catch(() => null) : null;
  if (bytes !== null) return new Uint8Array(bytes);
  if (found !== null) return fileAt(path, { size: found.size, ...(mediaType === undefined ? {} : { mediaType }) });
  const gone = new DamagedError(`${path} is gone, a raw output of a job`);
  return {
    // biome-ignore lint/correctness/useYield: there is nothing to give
    open: async function* () {
      throw gone;
    },
    at: path,
  };
}

/** A file on the disk as a raw output. @param about - what is known of it; it has to have that size when it is read */
export function fileAt(path: string, about: Pick<RawFile, 'size' | 'mediaType'>): RawFile {
  return { open: () => createReadStream(path), at: path, ...about };
}
