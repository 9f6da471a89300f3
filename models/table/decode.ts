import type { Fault } from '../domain/fault.js';
import { asWindows1252, type OneByteEncoding, toldByNames } from './one-byte.js';

/** How the signs of a file were kept as bytes. */
export type Encoding = 'UTF-8' | 'UTF-16' | OneByteEncoding;

/** The text of a file: line ends are `\n`, signs composed (NFC), no break of a space and no sign without width is left. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
  /** What people should know of how it was read. */
  readonly note: string | null;
}

/** What keeps a text from being read as UTF-8, and how it is saved so. */
const saveAsUtf8 =
  "save it as UTF-8: in Excel as 'CSV UTF-8', in LibreOffice with 'Edit filter settings', else iconv -t UTF-8";

/**
 * The text in the bytes of a file, by its byte order mark, else as UTF-8, else as UTF-16 where every other byte shows it.
 * Windows-1252 is taken where each of its signs could hardly be another (umlauts and the like within words, °C, µL), and
 * another of a byte a sign where names that are expected tell it (see `toldByNames`); a note says so. All else is refused
 * with its line, as one encoding of a byte a sign looks like another.
 *
 * @param bytes - of the whole file
 * @param names - that may be expected in it; looked at only where the bytes are in doubt
 */
export function decodeText(bytes: Uint8Array, names: Iterable<string> = []): DecodedText | Fault {
  const marked = fromMark(bytes);
  if (marked !== null) return marked;
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    const label = unmarkedUtf16(bytes);
    if (label !== null) return strictly(bytes, label, 'UTF-16');
    const remedy = `a table is text: ${saveAsUtf8}`;
    return { path: '', message: 'a byte of value 0, as no text has it', remedy, line: lineAt(bytes, nul) };
  }
  try {
    return plain(new TextDecoder('utf-8', { fatal: true }).decode(bytes), 'UTF-8');
  } catch {
    return fromOneByteSigns(bytes, names);
  }
}

function fromMark(bytes: Uint8Array): DecodedText | Fault | null {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0)
    return { path: '', message: 'encoded as UTF-32', remedy: saveAsUtf8 };
  const label = markedUtf16(bytes);
  return label === null ? null : strictly(bytes, label, 'UTF-16');
}

/** UTF-16 with its byte order mark, as decoders call it; null for all else. */
export function markedUtf16([a, b]: Uint8Array): string | null {
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  return a === 0xfe && b === 0xff ? 'utf-16be' : null;
}

/** UTF-16 without its mark: half of the bytes are 0, all of them at the odd, or all at the even places. */
export function unmarkedUtf16(bytes: Uint8Array): string | null {
  if (bytes.length % 2 !== 0) return null;
  const zeros = [0, 0];
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros[i % 2]! += 1;
  const most = bytes.length / 4;
  if (zeros[0] === 0 && zeros[1]! > most) return 'utf-16le';
  return zeros[1] === 0 && zeros[0]! > most ? 'utf-16be' : null;
}

function strictly(bytes: Uint8Array, label: string, encoding: Encoding): DecodedText | Fault {
  try {
    return plain(new TextDecoder(label, { fatal: true }).decode(bytes), encoding);
  } catch {
    return { path: '', message: `not whole as ${encoding}`, remedy: saveAsUtf8 };
  }
}

/** Letters and signs that other encodings would not put where they stand. */
const unmistakable =
  /(?<=[A-Za-z])[äöü](?=[a-zß])|(?<=[A-Za-z][a-zäöü])ß|(?<=[a-z]{2})é|°(?=[CF]\b)|µ(?=[lLmMgAsV]\b)/g;
const beyondAscii = /[^\p{ASCII}]/u;

function fromOneByteSigns(bytes: Uint8Array, names: Iterable<string>): DecodedText | Fault {
  const text = asWindows1252(bytes);
  const line = firstBadLine(bytes);
  const shownIn = (whole: string) => shortened(whole.split(/\r\n?|\n/)[line - 1]!);
  const shown = shownIn(text);
  if (!beyondAscii.test(text.replace(unmistakable, ''))) {
    const note = `not UTF-8; read as Windows-1252, as in line ${line}: ${shown}`;
    const decoded = plain(text, 'Windows-1252');
    return 'text' in decoded ? { ...decoded, note } : decoded;
  }
  const told = toldByNames(bytes, names);
  if (told !== null) {
    const note = `not UTF-8; read as ${told.encoding}, in which it has the name '${told.name}', as in line ${line}: ${shownIn(told.text)}`;
    const decoded = plain(told.text, told.encoding);
    return 'text' in decoded ? { ...decoded, note } : decoded;
  }
  return { path: '', message: `not UTF-8 (as Windows-1252 it would be: ${shown})`, remedy: saveAsUtf8, line };
}

/** Line, from 1, of the first that is no UTF-8. */
export function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const oldMac = !bytes.includes(10);
  const end = oldMac ? 13 : 10;
  for (let from = 0, line = 1; ; line++) {
    const at = bytes.indexOf(end, from);
    try {
      decoder.decode(bytes.subarray(from, at < 0 ? bytes.length : at));
    } catch {
      return line;
    }
    if (at < 0) return line;
    from = at + 1;
  }
}

function lineAt(bytes: Uint8Array, place: number): number {
  let line = 1;
  for (let at = bytes.indexOf(10); at >= 0 && at < place; at = bytes.indexOf(10, at + 1)) line += 1;
  return line;
}

/** Signs without width: spaces, joiners of words, marks of direction, hyphens that show only at the end of a line. */
const withoutWidth = /[\u00AD\u200B\u200E\u200F\u2060\uFEFF]/g;
/** Spaces that do not break, and those of other widths. */
const otherSpaces = /[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/;

/** The text with one way to write what looks the same: line breaks, spaces, composed letters; nothing without width. */
export function composed(raw: string): string {
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw;
  if (!beyondAscii.test(text)) return text;
  return text.replace(withoutWidth, '').replace(otherSpaces, ' ').normalize('NFC');
}

/** The first sign that no text should hold, as a fault with its line in the text; null where there is none. */
export function unreadableSign(text: string): Fault | null {
  const lost = text.indexOf('\uFFFD');
  const at = lost >= 0 ? lost : text.search(control);
  if (at < 0) return null;
  const line = text.slice(0, at).split('\n').length;
  if (lost < 0) {
    const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
    return { path: '', message: `the control character U+${code}`, remedy: 'take it out', line };
  }
  const message = `U+FFFD in ${shortened(text.split('\n')[line - 1]!)}: a letter was lost when the file was saved`;
  return { path: '', message, remedy: 'go back to the file before that, and save it as UTF-8', line };
}

function plain(raw: string, encoding: Encoding): DecodedText | Fault {
  // DOS put a sign of its own at the end of a text.
  const text = composed(raw.endsWith('\u001A') ? raw.slice(0, -1) : raw);
  return unreadableSign(text) ?? { text, encoding, note: null };
}

/** A line as messages show it. */
export function shortened(line: string): string {
  return line.length > 60 ? `${line.slice(0, 60)}...` : line;
}
