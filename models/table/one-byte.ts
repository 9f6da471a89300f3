/** Encodings of a byte a sign in which programs save tables, with what decoders call them; the likeliest first. */
const usual = {
  'Windows-1252': 'windows-1252',
  'Windows-1250': 'windows-1250',
  'Windows-1251': 'windows-1251',
  'Windows-1253': 'windows-1253',
  'Windows-1254': 'windows-1254',
  'Windows-1257': 'windows-1257',
  'Mac Roman': 'macintosh',
} as const;

/** One of the encodings above. */
export type OneByteEncoding = keyof typeof usual;

/** What Windows-1252 has at the bytes 0x80 to 0x9F; a space where it has nothing. */
const ofWindows = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** The text as Windows-1252; where that has no sign for a byte, the control character of its number. */
export function asWindows1252(bytes: Uint8Array): string {
  // Some versions of Node take this name for Latin-1, which has control characters there.
  const text = new TextDecoder('windows-1252').decode(bytes);
  return text.replace(/[\u0080-\u009F]/g, (sign) => {
    const meant = ofWindows[sign.charCodeAt(0) - 0x80]!;
    return meant === ' ' ? sign : meant;
  });
}

/** A text whose encoding was told by what stands in it. */
export interface ToldText {
  readonly text: string;
  readonly encoding: OneByteEncoding;
  /** The first of the names that told it, as it stands there. */
  readonly name: string;
}

const beyondAscii = /[^\p{ASCII}]/u;
/** What no text has: controls, and the sign of a byte that an encoding lacks. */
const noSign = /[\u0080-\u009F\uFFFD]/;
/** What stands between the cells of a table, and the texts of a JSON document. */
const between = /[\n\r,;\t|"[\]{}]+/;

/**
 * The text in bytes of a byte a sign, where names that may be expected in it tell the encoding: in the one taken more of
 * them stand there as whole cells than in any that would make another text of the bytes. Null where none tells.
 *
 * @param names - as the campaign has them; compared but for case, form of Unicode and spaces
 */
export function toldByNames(bytes: Uint8Array, names: Iterable<string>): ToldText | null {
  const wanted = new Set<string>();
  for (const name of names) if (beyondAscii.test(name)) wanted.add(plainName(name));
  if (wanted.size === 0) return null;
  let best: ToldText[] = [];
  let most = 1;
  for (const encoding of Object.keys(usual) as OneByteEncoding[]) {
    const text = decoded(bytes, encoding);
    if (noSign.test(text)) continue;
    const found = new Map<string, string>();
    for (const cell of text.split(between))
      if (beyondAscii.test(cell) && wanted.has(plainName(cell))) found.set(plainName(cell), cell.trim());
    if (found.size < most) continue;
    if (found.size > most) best = [];
    most = found.size;
    best.push({ text, encoding, name: [...found.values()][0]! });
  }
  const [first] = best;
  return first !== undefined && best.every(({ text }) => text === first.text) ? first : null;
}

function decoded(bytes: Uint8Array, encoding: OneByteEncoding): string {
  return encoding === 'Windows-1252' ? asWindows1252(bytes) : new TextDecoder(usual[encoding]).decode(bytes);
}

/** What names that look alike have in common. */
function plainName(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();
}
