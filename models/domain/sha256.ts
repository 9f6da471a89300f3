import { createHash } from 'node:crypto';

/** Sha256 of bytes, or of a text in UTF-8, in 64 hexadecimal digits. */
export function sha256Of(given: Uint8Array | string): string {
  return createHash('sha256').update(given).digest('hex');
}
