import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { plainJson } from '../../models/domain/plain-json.js';
import { type Redact, redacted } from '../../models/domain/redaction.js';
import { makeFolder } from '../make-folder.js';

/** A file of lines of JSON that is written as things happen, so that it is there whatever becomes of the process. */
export interface Transcript {
  readonly file: string;
  add(line: object): void;
  close(): void;
}

/**
 * Begins a transcript; secrets are taken out of all its texts, and of bytes it keeps their length and hash.
 *
 * @param file - overwritten by nobody: it must not be there
 * @param plain - makes JSON of what an adapter of somebody else's may have said; that cleans texts
 * @throws {Error} of the file system, which names the path
 */
export async function openTranscript(
  file: string,
  redact: Redact,
  plain: (line: unknown) => unknown = plainJson,
): Promise<Transcript> {
  await makeFolder(path.dirname(file), 0o700);
  const descriptor = openSync(file, 'wx', 0o600);
  return {
    file,
    add: (line) => {
      writeSync(descriptor, `${JSON.stringify(redacted(plain(shown(line)), redact))}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

/** The same without bytes. */
function shown(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return { bytes: value.length, sha256: createHash('sha256').update(value).digest('hex') };
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}
