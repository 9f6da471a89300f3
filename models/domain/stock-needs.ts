import type { LabSpec } from './lab.js';

/** Amounts of stock by its name, in the units of the lab. */
export type Amounts = Readonly<Record<string, number>>;
/** What jobs use up, by their keys. */
export type Draws = Readonly<Record<string, Amounts>>;

/** Of each stock the sum. */
export function addedAmounts(...all: readonly Amounts[]): Amounts {
  const sum: Record<string, number> = {};
  for (const [stock, amount] of all.flatMap((amounts) => Object.entries(amounts)))
    sum[stock] = (sum[stock] ?? 0) + amount;
  return sum;
}

/**
 * What a step uses up at least: what it does itself, and of each stock what the instrument uses that uses least of it, of those that may be
 * given to it. That much is kept for a step of which nobody knows yet where it will run; where it is given another, it draws the rest then.
 *
 * @param on - names of these instruments
 */
export function leastUsed(lab: Pick<LabSpec, 'instruments'>, on: readonly string[], uses: Amounts): Amounts {
  const own = on.map((name) => lab.instruments[name]?.uses ?? {});
  const stocks = [...new Set(own.flatMap((each) => Object.keys(each)))];
  const least = stocks.map((stock) => [stock, Math.min(...own.map((each) => each[stock] ?? 0))] as const);
  return addedAmounts(uses, Object.fromEntries(least.filter(([, amount]) => amount > 0)));
}

/**
 * Draws what jobs use up, all of it or nothing. What was kept for one of them becomes what is given now.
 *
 * @param kept - what was drawn before for jobs that have not begun
 * @returns what is left then; or the first stock that does not suffice, with what is wanted beyond what was kept
 */
export function drawn(
  left: Amounts,
  kept: Draws,
  draws: Draws,
): { readonly left: Amounts } | { readonly short: { readonly stock: string; readonly amount: number } } {
  const before = Object.keys(draws).map((key) => kept[key] ?? {});
  const negated = before.map((each) =>
    Object.fromEntries(Object.entries(each).map(([stock, amount]) => [stock, -amount])),
  );
  const change = addedAmounts(...Object.values(draws), ...negated);
  for (const [stock, amount] of Object.entries(change))
    if (amount > 0 && amount > (left[stock] ?? 0)) return { short: { stock, amount } };
  const after = Object.entries(change).map(([stock, amount]) => [stock, (left[stock] ?? 0) - amount]);
  return { left: { ...left, ...Object.fromEntries(after) } };
}
