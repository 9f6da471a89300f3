import { cleanText } from '../models/domain/clean-text.js';
import type { Cause } from '../models/domain/trial.js';

const longest = 160;
/** Characters that are not seen, or stand for what was taken out. */
const unseen = /[\p{Cc}\p{Cf}\uFFFD]+/gu;
/** What programs print before they say what is wrong. */
const preambles = /^(?:Traceback \(most recent call last\):|stderr ends:|[-=*#~_\s]*)$/;
/** A line of a stack, and the code under it. */
const stackLine = /^\s+(?:at |File "|\^|[~^]+)/;

/** A program's text as one clean line of its own words: no control characters, no runs of spaces, at most `most` long. */
export function cleanLine(text: string, most = longest): string {
  const line = cleanText(text).replace(unseen, ' ').replace(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${[...line].slice(0, most - 1).join('')}…`;
}

/**
 * Why a trial failed, in one short line: what the program itself said first where it said anything, else what was seen of
 * it. Of a Python traceback it is the last line that says what is wrong.
 */
export function failureLine({ code, message }: Cause): string {
  const [seen, said] = message.split(/; stderr ends: /, 2);
  const own = said === undefined ? null : firstWords(said);
  const words = own ?? cleanLine(seen!.split('\n').find((line) => cleanLine(line) !== '') ?? '');
  return cleanLine(words === '' ? code : `${code}: ${words}`);
}

function firstWords(said: string): string | null {
  const lines = cleanText(said).split('\n');
  const traceback = lines.findIndex((line) => line.startsWith('Traceback (most recent call last):'));
  const after = traceback < 0 ? lines : lines.slice(traceback + 1).filter((line) => !/^\s/.test(line));
  const found = after.find((line) => cleanLine(line) !== '' && !preambles.test(line) && !stackLine.test(line));
  return found === undefined ? null : cleanLine(found);
}
