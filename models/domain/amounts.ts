import { numberIn } from './parameters/numbers.js';

/** Amounts by component. */
export type Amounts = ReadonlyMap<string, number>;

/** What the text of a composition looks like, for messages. */
export const amountsShape = "amounts by component, such as 'Fe:0.2 Ni:0.8'";

/** What the amounts add up to. */
export function sumOf(amounts: Amounts): number {
  return [...amounts.values()].reduce((sum, amount) => sum + amount, 0);
}

/** Amounts from a text such as `Fe:0.2 Ni:0.8`, or what is wrong with it. */
export function readAmounts(text: string): Amounts | string {
  const amounts = new Map<string, number>();
  for (const [name, given] of amountTexts(text)) {
    if (name === '' || name.includes(':'))
      return `${name}${given}` === '' ? 'empty' : `'${name}:${given}' names no component`;
    const amount = numberIn(given);
    if (typeof amount === 'string') return given === '' ? `no amount of ${name}` : `'${given}' is no amount of ${name}`;
    if (amount < 0) return `${given} of ${name} is negative`;
    if (amounts.has(name)) return `${name} is given twice`;
    amounts.set(name, amount);
  }
  return sumOf(amounts) > 0 ? amounts : 'nothing in it';
}

/** Names and amounts of a text as they stand, whatever they are. */
export function amountTexts(text: string): readonly (readonly [name: string, amount: string])[] {
  const entries = text.trim().split(/\s+/);
  return entries.map((entry) => {
    const at = entry.lastIndexOf(':');
    return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  });
}

/** The text of amounts: components in the given order, those of 0 left out. */
export function textOf(components: readonly string[], amounts: Amounts): string {
  return components
    .filter((name) => (amounts.get(name) ?? 0) > 0)
    .map((name) => `${name}:${amounts.get(name)}`)
    .join(' ');
}
