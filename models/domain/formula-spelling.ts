/** The sign between the parts of a formula, once its spelling is made plain. */
export const joint = '·';

/** Middle dots of every kind that stand between the parts of a formula. */
const middleDots = /[·•∙⋅‧・･●⸱ꞏ᛫*∗×]/gu;
const subscripts = /[₀-₉]/gu;
const vulgar: Readonly<Record<string, string>> = { '½': '0.5', '¼': '0.25', '¾': '0.75' };

/** Water, heavy water, or either in brackets, up to the end of a part. */
const water = String.raw`(?:\d+\/\d+|\d*\.?\d+|[nx])?\s*(?:[([{]\s*(?:H2O|D2O|OH2)\s*[)\]}]\d*|H2O|D2O|OH2)\s*(?=$|\.|·)`;
const beforeWater = new RegExp(String.raw`(?<!·\s*\d*)\s*\.\s*(?=${water})`, 'u');

/** Oxidation state after an element: `Fe(III)`, `Fe(II,III)`, `Pd(0)`. */
const roman = '(?:VIII|VII|VI|IV|IX|III|II|I|V|X)';
const state = new RegExp(String.raw`([A-Z][a-z]?)\((${roman}(?:\s*[,/]\s*${roman})*|0)\)(?=(.?))`, 'gu');

/** Elements that a metal is bound to in a salt: after one of them, a number with a dot before another part is unclear. */
const anions = 'O|F|Cl|Br|I|S|Se|Te|N|P|C|H';

/**
 * A whole number, a dot and a whole number of up to two digits between what may be two parts: after an anion or a group that ends in one,
 * and before something other than one. `O4.3MgSO4` is one such place; `O6.5F0.5` and `Ti0.5O3` are none.
 */
const unclear = new RegExp(
  String.raw`(?:(?:${anions})(?![a-z])|(?:${anions})\d*[)\]}])[1-9]\d*\.[1-9]\d?(?=[([{]|NH|(?!(?:F|Cl|Br|I|S|Se|Te|N|O|P)(?![a-z]))[A-Z])`,
  'u',
);

/**
 * The text of a formula with one way of writing for each thing: digits, `·` between parts, decimal points within numbers, no
 * oxidation states, no spaces around joints.
 *
 * A plain dot is a joint before water (CuSO4.5H2O, CaSO4.0.5H2O) and where no digit follows or precedes it
 * (MgO.Al2O3); within a number it is a decimal point. Where it may be either, the formula is refused.
 */
export function plainFormula(text: string): string | { readonly fault: string } {
  let plain = text
    .trim()
    .replace(/[\uFF01-\uFF5E]/gu, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0))
    .replace(/[\u2160-\u2169]+/gu, (letter) => letter.normalize('NFKC'))
    .replace(subscripts, (digit) => String(digit.charCodeAt(0) - 0x2080))
    .replace(/[½¼¾]/gu, (part) => vulgar[part]!)
    .replace(middleDots, joint)
    .replace(/(?<=\w)\.$/u, '');
  const doubtful = [...plain.matchAll(state)].find(
    ([, , numeral, next]) => /^[IV0]$/.test(numeral!) && /\d/.test(next!),
  );
  if (doubtful !== undefined)
    return {
      fault: `'${doubtful[0]}' may be an oxidation state or an amount: leave it out, or write without brackets`,
    };
  plain = plain.replace(state, '$1');
  while (beforeWater.test(plain)) plain = plain.replace(beforeWater, joint);
  const found = unclear.exec(plain);
  if (found !== null)
    return { fault: `the dot in '${found[0]}' may join two parts or be a decimal point: write '·' between parts` };
  return plain
    .replace(/\s*·\s*/gu, joint)
    .replace(/(?<!\d)\.(?!\d)|(?<=\d)\.(?=[A-Z([{])/gu, joint)
    .replace(/(^|·)(\d+)\/(\d+)/gu, (_, before, a, b) => `${before}${Number(a) / Number(b)}`)
    .replace(/(^|·)(\d+\.?\d*|\.\d+)\s+(?=[A-Z([{])/gu, '$1$2');
}
