import type { RawOutput } from '../../lab-adapters/contract.js';

/** The bytes of a raw output that an adapter gave as bytes. */
export function bytesOf(output: RawOutput | undefined): Uint8Array {
  if (output instanceof Uint8Array) return output;
  throw new Error(`bytes were expected, and ${output === undefined ? 'nothing' : 'a stream'} is there`);
}

/** The bytes of any raw output. */
export async function contentOf(output: RawOutput | undefined): Promise<Buffer> {
  if (output === undefined || output instanceof Uint8Array) return Buffer.from(bytesOf(output));
  const pieces: Uint8Array[] = [];
  for await (const piece of output.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}
