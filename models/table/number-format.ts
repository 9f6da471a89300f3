import { remarked } from '../domain/parameters/remark.js';

/** A part of the code of a number format; there may be one each for positive and negative numbers, and zero. */
interface Section {
  /** Numbers that it is for, where it says so. */
  condition: ((value: number) => boolean) | null;
  isColoured: boolean;
  /** The code with a 0 for each digit, and `\0` for each literal. */
  shape: string;
  /** Literals, in order. */
  readonly literals: string[];
}

/** Codes of the formats with numbers of their own whose numbers are not what they show. */
const builtIn: Readonly<Record<number, string>> = { 9: '0%', 10: '0.00%', 18: 'h:mm', 19: 'h:mm:ss' };
const builtInTimes: Readonly<Record<number, string>> = {
  20: 'h:mm',
  21: 'h:mm:ss',
  45: 'mm:ss',
  46: '[h]:mm:ss',
  47: 'mm:ss.0',
};

/** The code of a format that a workbook need not spell out; null where numbers are shown as they are. */
export function builtInFormat(id: number): string | null {
  return builtIn[id] ?? builtInTimes[id] ?? null;
}

/**
 * What stands for a cell whose format shows another number than the cell holds: a percentage (0.985 as `98.5%`), a time of
 * day or a duration, and, with a remark, what is scaled by thousands, has digits in its format, loses its sign or is
 * replaced by a text. Null where the number is shown as it is, to some digits, with a currency, a unit or a power of ten.
 *
 * @param code - of the format, as ECMA-376 part 1, 18.8.31 has it
 */
export function shownOtherwise(value: number, code: string): string | null {
  const sections = sectionsOf(code);
  const clock = sections
    .map(({ shape }) => shape.replace(/s[.,]0+/gi, 's'))
    .find((shape) => /^[^0]*[ymdhs][^0]*$/i.test(shape));
  if (clock !== undefined) return /[yd]/i.test(clock) || !/[hs]|\[m/i.test(clock) ? null : timeText(value);
  const { section, hasSign } = sectionFor(value, sections);
  if (!section.shape.includes('0')) return literalText(value, section);
  const percents = section.shape.split('%').length - 1;
  const thousands = [...section.shape.matchAll(/(?<=[0.]),+(?=[^0,]|$)/g)].reduce(
    (sum, [commas]) => sum + commas.length,
    0,
  );
  const before = section.shape.slice(0, section.shape.indexOf('0'));
  const [first, ...others] = textsAround(section, before);
  const last = others.at(-1)!;
  const decimals = section.shape.match(/(?<=\.)0*/)?.[0].length ?? 0;
  const number = ((Math.abs(value) * 100 ** percents) / 1000 ** thousands).toFixed(Math.min(decimals, 20));
  const minus = value < 0 && !hasSign && !/[-\u2212(]/.test(first!) ? '-' : '';
  const isBare = section.literals.every((text) => text.trim() === '');
  if (percents > 0 && isBare && thousands === 0) return `${value < 0 ? '-' : ''}${number}${'%'.repeat(percents)}`;
  const shown = `${minus}${first}${number}${'%'.repeat(percents)}${last}`;
  const losesSign = value < 0 && hasSign && !section.isColoured && !/[-\u2212(]/.test(section.literals.join(''));
  const isLonger = /\d$/.test(first!) || /^(?:\d|\s*(?:[x\u00D7\u00B7*]\s*10|e[+-]?\d))/i.test(last);
  const isSplit =
    /0\0+0/.test(section.shape.replace(/[,/]/g, '')) && others.slice(0, -1).some((text) => /^[.,]$/.test(text));
  if (percents > 0 || (value !== 0 && (thousands > 0 || isLonger || isSplit)) || losesSign)
    return notAsHeld(isSplit ? `${section.literals.join('')} among its digits` : shown, value);
  return null;
}

function notAsHeld(shown: string, value: number): string {
  return remarked(shown.trim(), `the cell shows this, but holds ${value}; format the column as a number`);
}

/** The literals before, among and after the digits of a section: the first and the last of them may be empty. */
function textsAround({ shape, literals }: Section, before: string): string[] {
  const nBefore = before.split('\0').length - 1;
  const after = shape.slice(shape.lastIndexOf('0') + 1).split('\0').length - 1;
  const middle = literals.slice(nBefore, literals.length - after);
  return [literals.slice(0, nBefore).join(''), ...middle, literals.slice(literals.length - after).join('')];
}

/** What stands for a number of which only a text is shown. */
function literalText(value: number, { literals }: Section): string | null {
  const text = literals.join('').trim();
  if (value === 0 && !/[\p{L}\p{N}<>\u2264\u2265]/u.test(text)) return null;
  return notAsHeld(text, value);
}

function sectionFor(value: number, sections: readonly Section[]): { section: Section; hasSign: boolean } {
  const [positive, negative, zero] = sections;
  if (sections.some(({ condition }) => condition !== null)) {
    const section =
      sections.find(({ condition }) => condition?.(value)) ?? sections.find(({ condition }) => condition === null);
    return { section: section ?? positive!, hasSign: false };
  }
  if (value < 0 && negative !== undefined) return { section: negative, hasSign: true };
  return { section: value === 0 && zero !== undefined ? zero : positive!, hasSign: false };
}

/** A share of a day as hours, minutes and seconds. */
function timeText(value: number): string {
  const seconds = Math.round(Math.abs(value) * 86_400);
  const two = (count: number) => String(count).padStart(2, '0');
  const text = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return value < 0 ? `-${text}` : text;
}

/** Signs of a code: a text in quotes, an escaped sign, a space as wide as one, one that fills, brackets, or a single sign. */
const tokens = /"([^"]*)"?|\\(.)|_.|\*.|\[([^\]]*)\]|General|E[+-](?=[0#?])|[\s\S]/gi;

function sectionsOf(code: string): readonly Section[] {
  const fresh = (): Section => ({ condition: null, isColoured: false, shape: '', literals: [] });
  const sections = [fresh()];
  for (const [token, quoted, escaped, bracketed] of code.matchAll(tokens)) {
    const section = sections.at(-1)!;
    const literal = (text: string) => {
      if (text === '') return;
      section.shape += '\0';
      section.literals.push(text);
    };
    if (token === ';') sections.push(fresh());
    else if (quoted !== undefined) literal(quoted);
    else if (escaped !== undefined) literal(escaped);
    else if (bracketed !== undefined) bracket(section, bracketed, literal);
    else if (/^[0#?@]$|^general$/i.test(token)) section.shape += '0';
    else if (/^(?:[.,/%ymdhs]|e[+-])$/i.test(token)) section.shape += token;
    else if (/^[_*]./.test(token)) continue;
    else literal(token);
  }
  return sections;
}

function bracket(section: Section, text: string, literal: (text: string) => void): void {
  const condition = /^([<>]=?|<>|=)\s*([+-]?[\d.]+)$/.exec(text);
  if (condition !== null) section.condition = conditions[condition[1]!]!(Number(condition[2]));
  else if (text.startsWith('$')) literal(text.slice(1).split('-')[0]!);
  else if (/^[hms]+$/i.test(text)) section.shape += `[${text}]`;
  else if (/^(?:black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*\d+)$/i.test(text)) section.isColoured = true;
}

const conditions: Readonly<Record<string, (bound: number) => (value: number) => boolean>> = {
  '<': (bound) => (value) => value < bound,
  '>': (bound) => (value) => value > bound,
  '<=': (bound) => (value) => value <= bound,
  '>=': (bound) => (value) => value >= bound,
  '<>': (bound) => (value) => value !== bound,
  '=': (bound) => (value) => value === bound,
};
