// @ts-expect-error: it comes without types; what is used of it is written below.
import { Parser } from 'saxen';

interface Saxen {
  // biome-ignore lint/suspicious/noExplicitAny: each hook has arguments of its own.
  on(hook: 'openTag' | 'closeTag' | 'text' | 'cdata' | 'error', callback: (...given: any[]) => void): void;
  parse(xml: string): void;
}

/** What is called for the parts of an XML text; names come without the prefix of their namespace. */
export interface XmlReader {
  open(name: string, attribute: (name: string) => string | undefined): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** Reads an XML text from begin to end; an empty one holds nothing. @throws {Error} if it is not well formed */
export function readXml(xml: string, reader: XmlReader): void {
  if (xml === '') return;
  const parser: Saxen = new Parser();
  const plain = (name: string) => name.slice(name.indexOf(':') + 1);
  parser.on('openTag', (name: string, attributes: () => Record<string, string>, decode: (text: string) => string) => {
    reader.open(plain(name), (wanted) => {
      const own = attributes();
      const key = wanted in own ? wanted : Object.keys(own).find((one) => plain(one) === wanted);
      return key === undefined ? undefined : decode(own[key]!);
    });
  });
  if (reader.close !== undefined) parser.on('closeTag', (name: string) => reader.close!(plain(name)));
  if (reader.text !== undefined) {
    parser.on('text', (text: string, decode: (text: string) => string) => reader.text!(decode(text)));
    parser.on('cdata', (text: string) => reader.text!(text));
  }
  parser.on('error', (error: Error) => {
    throw error;
  });
  parser.parse(xml);
}
