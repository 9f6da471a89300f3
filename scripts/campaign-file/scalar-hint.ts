import { numberIn, whyNoNumber } from '../../models/domain/parameters/numbers.js';

/**
 * What is wrong with a value that holds what is wanted in another spelling: a number in quotes or with a decimal comma, a
 * text that needs quotes. Empty where there is nothing to say.
 *
 * @param wanted - the type that is wanted, as schemas name it
 */
export function scalarHint(wanted: string, given: unknown): string {
  if (wanted === 'string' && (typeof given === 'number' || typeof given === 'boolean'))
    return `'${given}' in quotes is one`;
  if (typeof given !== 'string') return '';
  const text = given.trim();
  if (wanted === 'boolean') return /^(?:true|false)$/i.test(text) ? `${text.toLowerCase()} without quotes` : '';
  return wanted === 'number' || wanted === 'int' ? numberHint(text) : '';
}

/** Why a text of a campaign file is no number, and how to write the one it holds; empty where there is nothing to say. */
export function numberHint(text: string): string {
  const read = numberIn(text);
  if (typeof read === 'number') return text.includes('\u2212') ? `${read}, with a hyphen` : `${text} without quotes`;
  // Three digits after the comma may be thousands.
  const comma = /^([+-]?\d*),(\d+)$/.exec(text);
  if (comma !== null && comma[2]!.length !== 3)
    return `with a decimal point: ${comma[1] === '' ? '0' : comma[1]}.${comma[2]}`;
  const why = whyNoNumber(text);
  return why === '' ? '' : `'${text}' is ${why}`;
}
