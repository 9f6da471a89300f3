import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { InvalidInputError } from '../models/domain/errors.js';
import type { Fault } from '../models/domain/fault.js';
import { decodeDocument } from '../models/table/decode-document.js';

/** No campaign file, list of first trials or description is longer, bytes. */
export const documentLimit = 4 * 2 ** 20;

/** No record is longer, bytes: longer texts the engine cannot hold. */
export const recordLimit = 512 * 2 ** 20 - 2 ** 10;

/**
 * The text of a file that a person named: never waits for a FIFO, and ends where a device does not.
 *
 * @param limit - bytes
 * @throws {InvalidInputError} if its bytes are no text
 * @throws {Error} in words: what stands there, or why it cannot be read
 */
export async function readBounded(path: string, limit: number = documentLimit): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new Error(`it is ${kindOf(found)}, not a file`);
    if (found.size > limit) throw new Error(`it has ${found.size} bytes; at most ${limit} are read`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(found.size), 0, found.size, 0);
    const text = decodeDocument(buffer.subarray(0, bytesRead));
    if (typeof text !== 'string') throw new InvalidInputError(path, [text]);
    return text;
  } finally {
    await file.close();
  }
}

/** What `readBounded` threw, as faults; `remedy` is for a file that cannot be read at all. */
export function readingFaults(cause: Error, remedy: string): readonly Fault[] {
  if (cause instanceof InvalidInputError) return cause.faults;
  return [{ path: '', message: `cannot be read: ${cause.message}`, remedy }];
}

type Found = Awaited<ReturnType<Awaited<ReturnType<typeof open>>['stat']>>;

function kindOf(found: Found): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a FIFO';
  return found.isSocket() ? 'a socket' : 'a device';
}
