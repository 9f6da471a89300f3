import { inflateSync } from 'fflate';

/** Why an archive cannot be read, in words for people. */
export class ArchiveFault extends Error {}

/** What an archive may hold at most. */
export interface ArchiveBounds {
  /** Bytes of all files that are wanted, unpacked. */
  readonly bytes: number;
  readonly files: number;
}

const [endSign, entrySign, localSign] = [0x06054b50, 0x02014b50, 0x04034b50];

/**
 * The files of a zip archive (APPNOTE 6.3.10, without its 64-bit and encrypted forms) whose names are wanted, each checked
 * against its size and sum: what was damaged on its way, or unpacks to more than it says, is refused before it is used.
 *
 * @throws {ArchiveFault} in words
 */
export function filesIn(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
  bounds: ArchiveBounds,
): Record<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  if (count > bounds.files) throw new ArchiveFault(`${count} files in it; at most ${bounds.files}`);
  const files: Record<string, Uint8Array> = {};
  let left = bounds.bytes;
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== entrySign) throw new ArchiveFault('its list of files is damaged');
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    if (wanted(name)) {
      if (Object.hasOwn(files, name)) throw new ArchiveFault(`'${name}' stands in it twice`);
      left -= view.getUint32(at + 24, true);
      if (left < 0) throw new ArchiveFault(`more than ${bounds.bytes} bytes when unpacked`);
      files[name] = unpacked(bytes, view, at, name);
    }
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

/** Where the end of the list of files begins; a comment of up to 65,535 bytes may follow it. */
function endOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 65_535); at--)
    if (view.getUint32(at, true) === endSign) return at;
  throw new ArchiveFault('its end is missing');
}

function unpacked(bytes: Uint8Array, view: DataView, entry: number, name: string): Uint8Array {
  const damaged = new ArchiveFault(`'${name.slice(0, 100)}' in it is damaged`);
  const [flags, method] = [view.getUint16(entry + 8, true), view.getUint16(entry + 10, true)];
  const [sum, packedSize, size, local] = [16, 20, 24, 42].map((field) => view.getUint32(entry + field, true)) as [
    number,
    number,
    number,
    number,
  ];
  if ((flags & 1) !== 0) throw new ArchiveFault('encrypted');
  if (local + 30 > bytes.length || view.getUint32(local, true) !== localSign) throw damaged;
  const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const packed = bytes.subarray(from, from + packedSize);
  if (packed.length !== packedSize || (method !== 0 && method !== 8)) throw damaged;
  const data = method === 0 ? packed : inflated(packed, size);
  if (data === null || data.length !== size || sumOf(data) !== sum) throw damaged;
  return data;
}

/** What unpacks to more than it says is cut at that, and then has another sum. */
function inflated(packed: Uint8Array, size: number): Uint8Array | null {
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch {
    return null;
  }
}

/** CRC-32 of each byte (polynomial 0xEDB88320). */
const sums = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  return sum;
});

/** CRC-32 of all bytes, as archives keep it. */
export function sumOf(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) sum = sums[(sum ^ bytes[i]!) & 255]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
