import { cleanText } from '../../models/domain/clean-text.js';
import { AdapterError } from '../../models/domain/errors.js';
import { parsedJson } from '../../models/domain/parsed-json.js';

/** Bytes of one reply that are read where the settings say nothing else. */
export const replyLimit = 4 * 2 ** 20;

/** A reply with more bytes than are read: it will not get shorter. */
export class TooLongError extends AdapterError {}

/** Pieces of a reply as they come. */
export type Pieces = AsyncIterable<Uint8Array> | null;

/**
 * All bytes of a reply, but never more than `limit` of them: the rest is not even waited for.
 *
 * @param pieces - ends early where its signal is aborted, which is how time is bounded
 * @throws {TooLongError} if there is more; whatever the stream throws
 */
export async function readBounded(pieces: Pieces, limit: number, what: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of pieces ?? []) {
    length += part.length;
    if (length > limit) throw new TooLongError(`${what} has more than ${limit} bytes, which are not read`);
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}

/** A reply as a document, or what is wrong with it. */
export type Read = { readonly document: unknown } | { readonly refusal: string };

/** Reads a reply that has to be one JSON document in UTF-8. @param what - for words: `the reply to POST /jobs` */
export function readJsonReply(bytes: Uint8Array, what: string): Read {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { refusal: `${what} is not UTF-8` };
  }
  if (text.trim() === '') return { refusal: `${what} is empty; one JSON document is wanted` };
  if (/^\s*</.test(text)) return { refusal: `${what} is HTML or XML, not JSON: ${cleanText(text.trim(), 100)}` };
  try {
    return { document: parsedJson(text) };
  } catch (error) {
    const hint = /\b(NaN|-?Infinity)\b/.test(text) ? '; NaN and Infinity are not JSON' : '';
    return { refusal: `${what} is not one JSON document (${cleanText((error as Error).message, 200)})${hint}` };
  }
}
