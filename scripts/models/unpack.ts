import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AthanorError } from '../../models/domain/errors.js';
import { archiveError, entryPlace, isWanted, UnpackedCount } from './entry-place.js';
import { type ModelLimits, modelLimits } from './limits.js';

/** Archives that are read. */
export type ArchiveKind = 'zip' | 'tar';

/** What kind of archive a file is by its first bytes; null where it is none. */
export async function archiveKind(file: string): Promise<ArchiveKind | null> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head.length >= 4 && head.readUInt32BE(0) === 0x504b0304) return 'zip';
    // Gzip, or a tar that is not packed.
    if (head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b) return 'tar';
    return head.subarray(257, 262).toString('latin1') === 'ustar' ? 'tar' : null;
  } finally {
    await handle.close();
  }
}

/**
 * Unpacks what may belong to a model from an archive (.zip, .whl, .tar, .tar.gz); all else is passed over, links too.
 *
 * @param folder - an existing empty folder
 * @throws {AthanorError} INVALID_INPUT if it is no archive, is damaged, has an entry that leads out of the folder, or more than is taken
 */
export async function unpackArchive(file: string, folder: string, limits: ModelLimits = modelLimits): Promise<void> {
  const kind = await archiveKind(file);
  if (kind === null) throw archiveError(file, 'it is no .zip, .whl, .tar or .tar.gz');
  const count = new UnpackedCount(file, (await stat(file)).size, limits);
  try {
    if (kind === 'zip') await unpackZip(file, folder, count);
    else await unpackTar(file, folder, count);
  } catch (cause) {
    if (cause instanceof AthanorError) throw cause;
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw archiveError(file, 'it has two entries of the same name');
    if (syscall !== undefined) throw cause;
    throw archiveError(file, `it cannot be read (${(cause as Error).message})`);
  }
}

async function unpackZip(file: string, folder: string, count: UnpackedCount): Promise<void> {
  const { openPromise } = await import('yauzl');
  // Names and sizes are looked at here, and those of links are the same as of files.
  const zip = await openPromise(file, { decodeStrings: true, strictFileNames: true, validateEntrySizes: true });
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName, uncompressedSize } = entry;
      const place = entryPlace(file, folder, fileName);
      count.entry(fileName, uncompressedSize);
      const isLink = ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
      if (fileName.endsWith('/') || isLink || !isWanted(fileName)) continue;
      if (entry.isEncrypted()) throw archiveError(file, `its entry '${fileName}' is encrypted`);
      await writeEntry(await zip.openReadStreamPromise(entry), place, fileName, count);
    }
  } finally {
    zip.close();
  }
}

async function unpackTar(file: string, folder: string, count: UnpackedCount): Promise<void> {
  const { Parser } = await import('tar');
  let failed: unknown;
  const work: Promise<void>[] = [];
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const take = async () => {
        const place = entryPlace(file, folder, entry.path);
        count.entry(entry.path, entry.size);
        const isFile = ['File', 'OldFile', 'ContiguousFile'].includes(entry.type);
        const pieces = entry as unknown as AsyncIterable<Uint8Array>;
        if (isFile && isWanted(entry.path)) return writeEntry(pieces, place, entry.path, count);
        let size = 0;
        for await (const { length } of pieces) {
          size += length;
          count.bytes(entry.path, length, size);
        }
      };
      work.push(
        take().catch((error: unknown) => {
          failed ??= error;
          parser.abort(error as Error);
        }),
      );
    },
  });
  await new Promise<void>((resolve, reject) => {
    const source = createReadStream(file);
    const stop = (error: unknown) => {
      source.destroy();
      reject(error as Error);
    };
    parser.on('error', (error) => stop(failed ?? error));
    parser.on('end', () => resolve());
    source.on('error', stop);
    source.pipe(parser as unknown as NodeJS.WritableStream);
  });
  await Promise.all(work);
  if (failed !== undefined) throw failed;
}

async function writeEntry(
  pieces: AsyncIterable<Uint8Array>,
  place: string,
  name: string,
  count: UnpackedCount,
): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
  const counted = async function* () {
    let size = 0;
    for await (const piece of pieces) {
      size += piece.length;
      count.bytes(name, piece.length, size);
      yield piece;
    }
  };
  // An entry of the same name twice is none that can be trusted.
  await pipeline(counted, createWriteStream(place, { flags: 'wx', mode: 0o600 }));
}
