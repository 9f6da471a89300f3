import type { Campaign, Objective } from '../models/domain/campaign.js';
import { type Design, designKey } from '../models/domain/design.js';
import { allDigits, rounded } from '../models/domain/parameters/digits.js';
import type { Proposal } from '../models/domain/proposal.js';
import type { StopReason } from '../models/domain/record.js';
import { goalsOf, isReached, primaryObjective } from '../models/domain/standing.js';
import { asWritten } from '../models/domain/written.js';

/** Digits of a number that people are told. */
const toldDigits = 6;

/** How the designs and values of a campaign are told to people: in every text, page and message. */
export interface Wording {
  /** What a design is called: its row in the pool, where rows have names of their own; else its values. */
  design(design: Design, rowId: string | null): string;
  /** A value of a parameter in a design. */
  parameter(design: Design, name: string): string;
  /** A value of the objective, without and with its unit. */
  number(value: number): string;
  value(value: number): string;
}

/** A trial that is to be told of. */
interface Told {
  readonly proposal: Pick<Proposal, 'design'>;
  readonly observation: { readonly values: Readonly<Record<string, number>> } | null;
}

const made = new WeakMap<readonly Told[], { readonly campaign: Campaign; readonly wording: Wording }>();

/**
 * The wording of a campaign: numbers with the digits that matter, and with more where two of these trials would read alike
 * though they are not.
 */
export function wordingOf(campaign: Campaign, trials: readonly Told[]): Wording {
  const known = made.get(trials);
  if (known?.campaign === campaign) return known.wording;
  const wording = makeWording(campaign, trials);
  made.set(trials, { campaign, wording });
  return wording;
}

function makeWording({ spec, space }: Campaign, trials: readonly Told[]): Wording {
  const designs = trials.map(({ proposal }) => proposal.design);
  const written = asWritten(space, designs);
  const byKey = new Map(designs.map((design, i) => [designKey(design), written[i]!]));
  const short = (design: Design) => byKey.get(designKey(design)) ?? asWritten(space, [design])[0]!;
  const { name, unit } = primaryObjective(spec);
  const values = trials.flatMap(({ observation }) => observation?.values[name] ?? []);
  const apart = toldApart(values);
  const number = (value: number) => apart.get(value) ?? formatNumber(value);
  return {
    design: (design, rowId) => {
      if (rowId !== null && hasNamedRows(spec)) return rowId;
      return Object.entries(short(design))
        .map(([key, value]) => `${key}=${value}`)
        .join(' ');
    },
    parameter: (design, key) => String(short(design)[key]),
    number,
    value: (value) => (unit === undefined ? number(value) : `${number(value)} ${unit}`),
  };
}

/** What ended a campaign, as a cell of a table says it. */
export const stopWords: Readonly<Record<StopReason, string>> = {
  budgetCost: 'cost budget',
  budgetTrials: 'trial budget',
  wallClock: 'wall clock',
  targetReached: 'target reached',
  noImprovement: 'no improvement',
  regretBound: 'sure of the best',
  exhausted: 'every design tried',
  failures: 'failures',
  drained: 'a person (drained)',
  aborted: 'cut short',
};

/** Whether the rows of the pool have names of their own, not just numbers. */
export function hasNamedRows({ space: { pool } }: Campaign['spec']): boolean {
  return pool === undefined || pool.id !== undefined;
}

/** The numbers in words, each with as many digits as tell it from the others. */
function toldApart(values: readonly number[]): ReadonlyMap<number, string> {
  const texts = new Map<number, string>();
  const tell = (group: readonly number[], digits: number): void => {
    const alike = new Map<string, number[]>();
    for (const value of group) {
      const text = withDigits(value, digits);
      texts.set(value, text);
      const same = alike.get(text);
      if (same === undefined) alike.set(text, [value]);
      else same.push(value);
    }
    for (const same of alike.values()) if (same.length > 1 && digits < allDigits) tell(same, digits + 1);
  };
  tell([...new Set(values)], toldDigits);
  return texts;
}

/** A number as people read it: up to six digits that matter; whole ones whole. */
export function formatNumber(value: number): string {
  return withDigits(value, toldDigits);
}

function withDigits(value: number, digits: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return value.toExponential(digits - 3);
  const before = Math.floor(Math.log10(size)) + 1;
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(Math.min(allDigits, Math.max(digits, before)))));
}

/** A standard deviation as people read it: three digits. */
export function formatSd(value: number): string {
  return formatNumber(Number(value.toPrecision(3)));
}

/** That a value is the mean of several measurements, after it; nothing of a single one. */
export function meanWords(measurements: number | undefined): string {
  return measurements === undefined ? '' : ` (mean of ${measurements})`;
}

/** What is expected, with no more digits than its standard deviation makes sense of: `85.2 ± 3.21`. */
export function formatExpected(mean: number, sd: number): string {
  if (sd === 0) return formatNumber(mean);
  if (!(sd > 0)) return `${formatNumber(mean)} ± ${formatSd(sd)}`;
  return `${withDigits(rounded(mean, 2 - Math.floor(Math.log10(sd))), allDigits)} ± ${formatSd(sd)}`;
}

/**
 * How near a value is to the wanted one, in words: `0.2 from its target, reached (± 0.5)`; null of an objective without a target.
 *
 * @param value - in the objective's own unit
 */
export function targetText(
  { direction, value: wanted = 0, tolerance }: Pick<Objective, 'direction' | 'value' | 'tolerance'>,
  value: number,
): string | null {
  if (direction !== 'target') return null;
  const distance = Math.abs(value - wanted);
  if (distance === 0) return 'on its target, reached';
  const from = `${formatNumber(Number(distance.toPrecision(6)))} from its target`;
  if (tolerance === undefined) return from;
  const within = `± ${formatNumber(tolerance)}`;
  return isReached({ value: wanted, tolerance }, value)
    ? `${from}, reached (${within})`
    : `${from}, not within ${within} yet`;
}

/** What is wanted of the outcomes of a campaign, in words. */
export function wantedText(spec: Campaign['spec']): string {
  const wanted = spec.objectives.map(({ name, direction, value, tolerance }) => {
    if (direction !== 'target') return `${direction} ${name}`;
    return `bring ${name} to ${formatNumber(value!)}${tolerance === undefined ? '' : ` ± ${formatNumber(tolerance)}`}`;
  });
  const kept = goalsOf(spec).bounds.flatMap(({ name, min, max }) => [
    ...(min === undefined ? [] : [`${name} ≥ ${formatNumber(min)}`]),
    ...(max === undefined ? [] : [`${name} ≤ ${formatNumber(max)}`]),
  ]);
  return `${wanted.join(', ')}${kept.length === 0 ? '' : ` where ${kept.join(' and ')}`}`;
}
