import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Sha256 of a file, which is read piece by piece. @throws a file-system error */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
