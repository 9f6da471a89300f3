import type { ExpressionFault } from './tree.js';

/** A word of an expression. */
export interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  /** What it says, without quotes. */
  readonly text: string;
  /** Its first character in the expression, from 1. */
  readonly at: number;
}

const kinds: readonly (readonly [kind: Token['kind'] | null, pattern: RegExp])[] = [
  [null, /\s+/uy],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/uy],
  // An amount is named as `blend.A`.
  ['name', /[\p{L}_][\p{L}\p{M}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{M}\p{N}_]*)*/uy],
  ['name', /`[^`]+`/uy],
  ['text', /'[^']*'|"[^"]*"/uy],
  ['sign', /\|\||&&|==|!=|<=|>=|[-+*/^<>!?:(),]/uy],
];

/** What people write for the signs that there are. */
const others: Readonly<Record<string, string>> = {
  '=': "'==' asks whether two are equal",
  '&': "'&&' means both",
  '|': "'||' means at least one of two",
  '≤': "write '<='",
  '≥': "write '>='",
  '≠': "write '!='",
  '·': "write '*'",
  '×': "write '*'",
  '÷': "write '/'",
  '−': "write '-', the hyphen of the keyboard",
  '%': 'divide by 100',
  '`': 'a name between two of them',
  "'": 'a text between two of them',
  '"': 'a text between two of them',
};

/** The words of an expression, the last one its end; or the first sign that is none. */
export function tokensOf(text: string): readonly Token[] | ExpressionFault {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = nextIn(text, at);
    if (found === null) {
      const sign = String.fromCodePoint(text.codePointAt(at)!);
      const remedy = others[sign] ?? 'a name with such signs goes in backquotes: `flow-rate`';
      return { at: at + 1, message: `'${sign}' means nothing here`, remedy };
    }
    if (found.kind !== null) {
      const quoted = /^[`'"]/.test(found.text);
      tokens.push({ kind: found.kind, text: quoted ? found.text.slice(1, -1) : found.text, at: at + 1 });
    }
    at += found.text.length;
  }
  return [...tokens, { kind: 'end', text: '', at: text.length + 1 }];
}

function nextIn(text: string, at: number): { readonly kind: Token['kind'] | null; readonly text: string } | null {
  for (const [kind, pattern] of kinds) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return { kind, text: match[0] };
  }
  return null;
}
