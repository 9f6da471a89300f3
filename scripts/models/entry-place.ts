import path from 'node:path';
import { AthanorError } from '../../models/domain/errors.js';
import type { ModelLimits } from './limits.js';

/** An archive that is not taken: what is wrong with it. */
export function archiveError(archive: string, message: string): AthanorError {
  return new AthanorError('INVALID_INPUT', `${path.basename(archive)} is not taken: ${message}`);
}

/** What may belong to a model, by its name; all else of an archive is passed over. */
const wanted = /\.(?:onnx|json|txt|md)$|(?:^|\/)(?:licen[cs]e[^/]*|copying|notice|metadata)$/i;

/** Whether an entry of an archive is unpacked. */
export function isWanted(name: string): boolean {
  return wanted.test(name);
}

/**
 * Where an entry of an archive is put.
 *
 * @throws {AthanorError} INVALID_INPUT if its name leads out of the folder
 */
export function entryPlace(archive: string, folder: string, name: string): string {
  const parts = name.split('/');
  const isAway = name.startsWith('/') || name.includes('\\') || name.includes('\0') || /^[A-Za-z]:/.test(name);
  if (isAway || parts.some((part) => part === '..'))
    throw archiveError(archive, `its entry '${name}' leads out of the folder`);
  return path.join(folder, ...parts.filter((part) => part !== '' && part !== '.'));
}

/** Counts what an archive gives, and stops it where that is more than is taken. */
export class UnpackedCount {
  private entries = 0;
  private total = 0;

  constructor(
    private readonly archive: string,
    private readonly packedBytes: number,
    private readonly limits: ModelLimits,
  ) {}

  /** A further entry. @param size - as the archive says; what it gives is counted by `bytes` */
  entry(name: string, size: number): void {
    this.entries += 1;
    if (this.entries > this.limits.entries) throw this.refused(`it has more than ${this.limits.entries} entries`);
    this.file(name, size);
  }

  /** More bytes of an entry of which there are now so many. */
  bytes(name: string, count: number, ofEntry: number): void {
    this.total += count;
    this.file(name, ofEntry);
    const { totalBytes, growth } = this.limits;
    if (this.total > totalBytes) throw this.refused(`it unpacks to more than ${totalBytes} bytes`);
    // Small ones may be mostly empty.
    if (this.total > 2 ** 24 && this.total > growth * this.packedBytes)
      throw this.refused(`it unpacks to more than ${growth} times its size`);
  }

  private file(name: string, size: number): void {
    const { fileBytes } = this.limits;
    if (size > fileBytes) throw this.refused(`its entry '${name}' has more than ${fileBytes} bytes`);
  }

  private refused(message: string): AthanorError {
    return archiveError(this.archive, message);
  }
}
