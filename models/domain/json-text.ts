import { cleanText } from './clean-text.js';

/** Keys named at most in one go. */
const mostNamed = 20;

/** One name with several values: a document, but not one that says one thing. */
export class RepeatedKeyError extends SyntaxError {}

/**
 * The value of a JSON text, where that is one document that says one thing: `JSON.parse` takes the last of several values
 * of a key without a word. A byte order mark before it, as programs of Windows write it, is passed over.
 *
 * @throws {SyntaxError} in words if it is none; RepeatedKeyError names the keys
 */
export function readJson(text: string): unknown {
  const own = withoutMark(text);
  const value = parsed(own);
  const repeated = repeatedKeys(own);
  if (repeated.length > 0) throw new RepeatedKeyError(`${repeated.join(', ')}: given more than once`);
  return value;
}

/** The text without the byte order mark before it. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const count = documentsIn(text);
    throw count === null || count < 2 ? error : new SyntaxError(`${count} JSON documents, one after another`);
  }
}

/** How many JSON documents a text consists of, one after another; null where it is something else. */
function documentsIn(text: string): number | null {
  let count = 0;
  for (let at = afterSpace(text, 0); at < text.length; count++) {
    const end = endOfDocument(text, at);
    try {
      JSON.parse(text.slice(at, end));
    } catch {
      return null;
    }
    at = afterSpace(text, end);
  }
  return count;
}

/** Where the document that begins at a place ends, if it is one. */
function endOfDocument(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === '"') at = endOfString(text, at);
    else if (sign === '{' || sign === '[') depth++;
    else if (sign === '}' || sign === ']') depth--;
    else if (!isSpace(text[at + 1] ?? ' ')) continue;
    if (depth <= 0) return at + 1;
  }
  return text.length;
}

/**
 * Places of keys that stand more than once in one object, as `values.gap`; at most some. What counts is the name, not how
 * it is spelt.
 *
 * @param text - a JSON document
 */
function repeatedKeys(text: string): readonly string[] {
  interface Level {
    /** Keys of an object so far; null in a list. */
    readonly keys: Set<string> | null;
    /** Name or index of the entry that is being read. */
    at: string | number;
  }
  const levels: Level[] = [];
  const found = new Set<string>();
  for (let at = 0; at < text.length && found.size < mostNamed; at++) {
    const sign = text[at]!;
    const level = levels.at(-1);
    if (sign === '{') levels.push({ keys: new Set(), at: '' });
    else if (sign === '[') levels.push({ keys: null, at: 0 });
    else if (sign === '}' || sign === ']') levels.pop();
    else if (sign === ',' && typeof level?.at === 'number') level.at++;
    else if (sign === '"') {
      const end = endOfString(text, at);
      const isKey = level !== undefined && level.keys !== null && text[afterSpace(text, end + 1)] === ':';
      if (isKey) {
        level.at = JSON.parse(text.slice(at, end + 1)) as string;
        if (level.keys!.has(level.at)) found.add(cleanText(levels.map((one) => one.at).join('.'), 200));
        level.keys!.add(level.at);
      }
      at = end;
    }
  }
  return [...found];
}

/** Where the quotation mark stands that ends a text. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length - 1;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text[at]!)) at++;
  return at;
}

function isSpace(sign: string): boolean {
  return sign === ' ' || sign === '\n' || sign === '\r' || sign === '\t';
}
