import type { Fault } from '../domain/fault.js';
import { firstBadLine, markedUtf16, shortened, unmarkedUtf16 } from './decode.js';
import { asWindows1252 } from './one-byte.js';

/**
 * The text in the bytes of a file that is no table (YAML, JSON): UTF-8, or UTF-16 as tables may be in it. Nothing in it is
 * changed, but for the byte order mark, which is left out. Bytes that are neither are a fault with their line: no letter
 * is guessed, or replaced by another.
 *
 * @param bytes - of the whole file
 */
export function decodeDocument(bytes: Uint8Array): string | Fault {
  if (bytes[0] === 0xff && bytes[1] === 0xfe && bytes[2] === 0 && bytes[3] === 0)
    return { path: '', message: 'encoded as UTF-32', remedy: 'save it as UTF-8' };
  const kind = kinds.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte));
  if (kind !== undefined)
    return {
      path: '',
      message: `${kind.what}, not a text`,
      remedy: 'a text file (YAML or JSON), as an editor writes it',
    };
  const utf16 = markedUtf16(bytes) ?? (bytes.includes(0) ? unmarkedUtf16(bytes) : null);
  try {
    return new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    if (utf16 !== null) return { path: '', message: 'not whole as UTF-16', remedy: 'save it as UTF-8' };
    return notUtf8(bytes);
  }
}

/** How files begin that are sometimes named in place of a text. */
const kinds = [
  { magic: [0x50, 0x4b, 3, 4], what: 'a spreadsheet (.xlsx, .ods) or another ZIP archive' },
  { magic: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], what: 'an old spreadsheet or document (.xls, .doc)' },
  { magic: [0x1f, 0x8b], what: 'packed by gzip' },
  { magic: [0x25, 0x50, 0x44, 0x46, 0x2d], what: 'a PDF' },
] as const;

/** Control characters but for tabs and line ends: no text has them. */
const control = /[^\P{Cc}\t\n\r]/u;

function notUtf8(bytes: Uint8Array): Fault {
  const line = firstBadLine(bytes);
  const text = asWindows1252(bytes);
  if (control.test(text)) return { path: '', message: 'not UTF-8', remedy: 'save it as UTF-8', line };
  const shown = shortened(text.split(/\r\n?|\n/)[line - 1]!.trim());
  return {
    path: '',
    message: `not UTF-8 (as Windows-1252 it would be: ${shown})`,
    remedy: 'save it as UTF-8; if it is in Windows-1252, as is likely: iconv -f WINDOWS-1252 -t UTF-8',
    line,
  };
}
