/** Stands between a text and the remark on it; nobody sees it, and no table has it. */
const sign = '\u2063';

/** The text of a cell that is not to be taken as it stands, with the reason: `=B2*2 (a formula without a stored result)`. */
export function remarked(text: string, reason: string): string {
  return `${text}${sign} (${reason})`;
}

/** The text of a cell without a remark on it. */
export function unremarked(text: string): string {
  const at = text.indexOf(sign);
  return at < 0 ? text : text.slice(0, at);
}

/** What spreadsheets show in place of a result. */
const errors = /^(?:#(?:DIV\/0!|N\/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3})$/i;

/** Why a cell cannot be taken even for a text, in words; empty where it can. */
export function whyNoText(text: string): string {
  const at = text.indexOf(sign);
  if (at >= 0) return text.slice(at + sign.length + 2, -1);
  return errors.test(text) ? 'an error of a formula, no value' : '';
}
