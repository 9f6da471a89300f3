import { cleanText } from '../../models/domain/clean-text.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import { Find } from './find.js';
import type { Verdict } from './kind.js';
import { secret } from './values.js';

/** Characters of a message at most: more than that nobody reads, and a terminal is flooded. */
const longestMessage = 100_000;

/**
 * What was thrown, if it is a refusal as it should be: an error of the project's own, in words for people, each fault with
 * what is wrong and what is allowed.
 *
 * @param codes - that may stand for it here
 * @param ours - whether all of it was said by the project; modules may name what they like
 * @throws {Find} if it is anything else
 */
export function refused(error: unknown, codes: readonly string[] = ['INVALID_INPUT'], ours = true): Verdict {
  if (error instanceof Find || !(error instanceof AthanorError)) throw error;
  if (!codes.includes(error.code)) throw new Find(`a refusal of code ${error.code}`, error.message);
  checkWords(error.message, ours);
  if (error instanceof InvalidInputError) {
    if (error.faults.length === 0) throw new Find('a refusal without faults', error.message);
    for (const { message, remedy, line } of error.faults) {
      if (message.trim() === '' || remedy.trim() === '') throw new Find('a fault without words', error.message);
      if (line !== undefined && !(Number.isInteger(line) && line >= 1))
        throw new Find('a line that is none', `${line}`);
    }
  }
  return 'refused';
}

/** @throws {Find} if a text for people holds what none should */
export function checkWords(text: string, ours = true): void {
  if (text.length > longestMessage)
    throw new Find('a message too long to read', `${text.length}: ${text.slice(0, 200)}`);
  const stack = /^\s+at .+(?:\.js|\.ts|node:)\S*:\d+/m.exec(text);
  if (stack !== null) throw new Find('a stack trace in a message', stack[0]);
  const internal = /\b(?:TypeError|RangeError|ReferenceError|SyntaxError|ZodError|\[object Object\])/.exec(text);
  if (ours && internal !== null) throw new Find('an internal word in a message', text.slice(0, 500));
  if (text.includes(secret)) throw new Find('a secret in a message', 'the value of a variable of the environment');
}

/** @throws {Find} if a text has signs that must not reach a terminal */
export function checkClean(text: string): void {
  if (cleanText(text) !== text) throw new Find('control characters in a text', JSON.stringify(text.slice(0, 500)));
}
